"""What is read of a match, and what makes it unreadable."""

import json

import msgspec
import pytest

from services.notifier.reading import read_found
from shared.bus.port import Received
from shared.errors import FutureSchemaError, InvalidInputError
from shared.wire.events import encode_event
from shared.wire.match import Evidence, HitKind, Match
from tests.unit.notifier.making import NOW, publication
from tests.unit.notifier.test_routing import event, received

HIT = Evidence(term="固态电池", field="title", start=2, end=6, kind=HitKind.WORD, score=1.0)
EVENT = msgspec.structs.replace(
    event(publication(), p1=0.4, p2=0.8),
    matches=tuple(
        Match(profile_id=p, publication_number="CN110083831A", score=0.5, rule=1, evidence=(HIT,)) for p in ("p1", "p2")
    ),
)


def raw(**changes: object) -> Received:
    told = json.loads(encode_event(EVENT)) | changes
    return carrying(json.dumps(told, ensure_ascii=False).encode())


def carrying(value: bytes | None) -> Received:
    one = received(EVENT)
    return Received(
        topic=one.topic,
        partition=one.partition,
        offset=one.offset,
        key=one.key,
        value=value,
        headers=one.headers,
        appended_at=one.appended_at,
    )


def test_all_profiles_are_counted_and_only_those_subscribed_to_explained() -> None:
    found = read_found(raw(), {"p2", "p7"})
    assert found.matches.profile_ids == ("p1", "p2")
    assert (found.matches.publication_number, found.matches.matched_at) == ("CN110083831A", NOW)
    (why,) = found.whys
    assert (why.profile_id, why.profile_name, why.rule, why.score, why.evidence) == ("p2", "画像 p2", 1, 0.5, (HIT,))
    assert found.publication == publication()


def test_what_nobody_asked_for_is_not_looked_at() -> None:
    broken = json.loads(encode_event(EVENT))["matches"]
    broken[0]["evidence"] = [{"no": "evidence"}]
    assert read_found(raw(matches=broken), {"p2"}).matches.profile_ids == ("p1", "p2")
    with pytest.raises(InvalidInputError, match="PublicationMatched"):
        read_found(raw(matches=broken), {"p1"})


@pytest.mark.parametrize("value", [b"{", b"", None, b"[]", b'{"v":1}'])
def test_what_is_no_event_is_refused(value: bytes | None) -> None:
    with pytest.raises(InvalidInputError):
        read_found(carrying(value), set())


@pytest.mark.parametrize("changes", [{"v": 99}, {"v": 99, "matches": {"another": "form"}}])
def test_an_event_of_a_later_version_is_told_apart_from_a_broken_one(changes: dict[str, object]) -> None:
    with pytest.raises(FutureSchemaError):
        read_found(raw(**changes), set())


def test_a_match_without_evidence_is_read() -> None:
    bare = [{"profile_id": "p1", "publication_number": "CN1A", "score": 0.5, "rule": 0}]
    assert read_found(raw(matches=bare, profile_names={}), {"p1"}).whys[0].evidence == ()
