"""Whatever any version ever wrote is read by every later one."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from shared.errors import FutureSchemaError, InvalidInputError
from shared.filing.kinds import KINDS as FILED
from shared.store import families, filing, incoming, quarantined, records
from shared.wire import events, match, profile, publication, subscription
from shared.wire.events import PublicationSeen, decode_event, encode_event

FOLDER = Path(__file__).parent / "samples"
SAMPLES = sorted(FOLDER.glob("*.json"))

EVENTS: tuple[type[Any], ...] = (events.PublicationSeen, events.ProfileSaved, events.PublicationMatched)
DOCUMENTS: tuple[type[msgspec.Struct], ...] = (
    publication.Publication,
    profile.Profile,
    match.Match,
    subscription.Destination,
    subscription.Subscription,
    records.PublicationVersion,
    records.MatchRecord,
    records.Alert,
    records.Delivery,
    records.Attempt,
    incoming.IngestRun,
    incoming.SourceState,
    quarantined.QuarantineItem,
    families.FamilyKey,
    filing.FiledRecord,
    *(kind.document for kind in FILED),
)
KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in (*EVENTS, *DOCUMENTS)}


def decode(path: Path) -> msgspec.Struct:
    kind = KINDS[path.name.split(".")[0]]
    decoded: msgspec.Struct = (
        decode_event(path.read_bytes(), kind) if kind in EVENTS else msgspec.json.decode(path.read_bytes(), type=kind)
    )
    return decoded


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_stored_sample_is_read_with_all_it_says(path: Path) -> None:
    written = json.loads(path.read_bytes())
    understood = json.loads(msgspec.json.encode(decode(path)))
    assert holds(understood, written)


@pytest.mark.parametrize("name", sorted(KINDS))
def test_the_present_version_of_every_shape_has_a_sample_that_sets_every_field(name: str) -> None:
    kind = KINDS[name]
    version = events.CURRENT_VERSION if kind in EVENTS else 1
    written = json.loads((FOLDER / f"{name}.v{version}.json").read_bytes())
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    assert set(written) == set(fields)
    unset = {key for key, field in fields.items() if written[key] == field.default} - {"v"} - SAME
    assert unset == set()


@pytest.mark.parametrize("kind", EVENTS)
def test_an_event_of_a_newer_version_is_parked(kind: type[PublicationSeen]) -> None:
    with pytest.raises(FutureSchemaError, match="升级"):
        decode_event(b'{"v": 2, "something": "new"}', kind)


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"{}", b'{"v": 1}', b'{"v": "x"}', b"\xff"])
def test_what_is_no_event_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidInputError) as caught:
        decode_event(raw, PublicationSeen)
    assert not isinstance(caught.value, FutureSchemaError)


def test_an_event_comes_back_as_it_was_written() -> None:
    for kind in EVENTS:
        event = decode(FOLDER / f"{kind.__name__}.v1.json")
        assert decode_event(encode_event(event), kind) == event  # type: ignore[arg-type]


def test_a_field_that_a_later_version_added_is_ignored() -> None:
    raw = json.loads((FOLDER / "PublicationSeen.v1.json").read_bytes())
    raw["publication"]["colour"] = raw["colour"] = "red"
    assert decode_event(json.dumps(raw).encode(), PublicationSeen) == decode(FOLDER / "PublicationSeen.v1.json")


SAME = {"event", "lang"}
"""Fields whose sample says what their default says."""


def holds(understood: object, written: object) -> bool:
    """Whether everything written is understood; a later version may know more."""
    if isinstance(written, dict) and isinstance(understood, dict):
        return all(key in understood and holds(understood[key], value) for key, value in written.items())
    if isinstance(written, list) and isinstance(understood, list):
        return len(understood) == len(written) and all(map(holds, understood, written))
    return bool(understood == written)
