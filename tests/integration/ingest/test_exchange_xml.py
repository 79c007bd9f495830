"""Exchange files from the disk to the store: whatever is refused can be read again alone, and what is too large never fills the memory."""

from pathlib import Path

import pytest

from services.ingest.formats import xml_parts
from services.ingest.reader import Reading
from services.ingest.records import Parsed, Rejected
from tests.integration.ingest.made import ingest, open_surroundings

GOLDEN = Path(__file__).parents[2] / "golden" / "ingest"
FAMILY = GOLDEN / "ops_xml" / "family.xml"
FILES = [FAMILY, GOLDEN / "docdb_xml" / "exchange.xml", GOLDEN / "st36_xml" / "weekly.xml"]


def read(path: Path, spool: Path) -> tuple[list[Parsed], list[Rejected]]:
    items = list(Reading.of_path(path, spool))
    return [one for one in items if isinstance(one, Parsed)], [one for one in items if isinstance(one, Rejected)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name)
def test_a_refused_record_is_kept_as_a_file_that_is_refused_for_the_same_reason(path: Path, tmp_path: Path) -> None:
    _, refused = read(path, tmp_path)
    assert refused
    for one in refused:
        alone = tmp_path / "alone"
        assert isinstance(one.raw, bytes)
        alone.write_bytes(one.raw)
        parsed, (again,) = read(alone, tmp_path)
        # What is no patent document at all is known as such only among others.
        expected = {"wrong-root": "unrecognised"}.get(one.reason_code, one.reason_code)
        assert (again.reason_code, parsed) == (expected, [])


def test_a_refused_legal_event_can_be_mended_and_read_alone(tmp_path: Path) -> None:
    whole = FAMILY.read_text("utf-8")
    path = tmp_path / "answer.xml"
    path.write_text(whole.replace("<country>EP</country>", "<country>?</country>"), "utf-8")
    _, refused = read(path, tmp_path)
    (event,) = [one for one in refused if one.reason_code == "bad-number"]
    assert isinstance(event.raw, bytes)
    path.write_bytes(event.raw.replace(b"<country>?</country>", b"<country>EP</country>"))
    (mended,), _ = read(path, tmp_path)
    expected = [one.publication for one in read(FAMILY, tmp_path)[0] if one.publication.event == "lapse"]
    assert [mended.publication] == expected


async def test_events_of_a_family_are_told_with_the_title_of_their_patent_and_wait_for_those_unknown(
    tmp_path: Path,
) -> None:
    async with open_surroundings(tmp_path / "data") as around:
        run = await ingest(around, FAMILY)
        waiting = [item.reason_code for item in await around.store.quarantine.recent()]
        again = await ingest(around, FAMILY)
    assert (run.read, run.accepted, run.rejected) == (8, 5, 3)
    assert sorted(waiting) == ["no-bibliography", "ops-not-found", "unknown-publication"]
    assert (again.accepted, again.unchanged, again.rejected) == (0, 5, 3)


def test_a_document_that_is_too_large_goes_by_way_of_a_file_and_the_next_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *_ = (GOLDEN / "st36_xml" / "weekly.xml").read_bytes().split(b"<?xml ")[1:]
    good = b"<?xml " + first
    large = good.replace(b"<claims", b"<x>" + b"y" * 19_000 + b"</x>\n<claims", 1)
    monkeypatch.setattr(xml_parts, "MAX_BYTES", 8000)
    monkeypatch.setattr(xml_parts, "_BLOCK_BYTES", 5000)
    path = tmp_path / "weekly.xml"
    path.write_bytes(good + large + good)
    parsed, (refused,) = read(path, tmp_path)
    assert isinstance(refused.raw, Path)
    assert (refused.reason_code, refused.raw.read_bytes()) == ("too-large", large)
    lines = good.count(b"\n")
    assert [refused.location, *(one.location for one in parsed)] == [
        f"line {lines + 1}",
        "line 1",
        f"line {2 * lines + 2}",
    ]
