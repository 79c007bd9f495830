"""A day of CNIPA: an outer zip, inner zips, an index, images."""

from pathlib import Path

import pytest

from services.ingest.reader import Reading
from services.ingest.records import Rejected
from shared.store.incoming import RunState
from tests.integration.ingest.containers.archives import JPEG, full_text, number, read, zipped
from tests.integration.ingest.made import ingest, open_surroundings


def index(*numbers: int, root: str = "INDEX") -> bytes:
    records = "".join(
        f"<Document><File>/20190712/{n}.XML</File><DocNumber>{number(n)[2:-1]}</DocNumber><Kind>A</Kind></Document>"
        for n in numbers
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><{root} date="20190712">{records}</{root}>'.encode()


def package(*listed: int, present: tuple[int, ...] = (10, 11, 12), index_last: bool = False) -> bytes:
    inner = [
        (f"/20190712-{n}.ZIP", zipped([(f"/20190712/{n}.XML", full_text(n)), (f"/20190712/{n}.JPG", JPEG)]))
        for n in present
    ]
    listing = [("/INDEX.XML", index(*listed))]
    return zipped([*inner, *listing] if index_last else [*listing, *inner])


@pytest.mark.parametrize("where", ["first", "last"])
def test_a_whole_package_is_read_and_nothing_is_refused(where: str, tmp_path: Path) -> None:
    found, rejected = read(package(10, 11, 12, index_last=where == "last"), tmp_path)
    assert rejected == []
    assert found == {f"20190712-{n}.ZIP/20190712/{n}.XML": number(n) for n in (10, 11, 12)}


@pytest.mark.parametrize("where", ["first", "last"])
def test_what_the_index_lists_and_is_not_there_is_named(where: str, tmp_path: Path) -> None:
    found, (rejected,) = read(package(10, 11, 12, 13, 14, index_last=where == "last"), tmp_path)
    assert len(found) == 3
    assert (rejected.reason_code, rejected.location, rejected.kind) == ("missing-entry", "INDEX.XML", "file")
    assert "5 篇" in rejected.reason
    assert rejected.context == {"missing": f"{number(13)};{number(14)}"}


def test_what_the_index_does_not_list_is_read_all_the_same(tmp_path: Path) -> None:
    assert read(package(10), tmp_path)[1] == []
    assert len(read(package(10), tmp_path)[0]) == 3


def test_a_listed_file_that_is_there_but_cannot_be_read_is_refused_once(tmp_path: Path) -> None:
    content = zipped(
        [
            ("INDEX.XML", index(10, 11)),
            ("10.XML", full_text(10)),
            ("11.XML", b"<?xml version='1.0'?><cn-application-body/>"),
        ]
    )
    found, (rejected,) = read(content, tmp_path)
    assert len(found) == 1
    assert rejected.location == "11.XML"


def test_a_document_of_another_name_is_found_by_its_number(tmp_path: Path) -> None:
    content = zipped([("INDEX.XML", index(10)), ("other.xml", full_text(10))])
    assert read(content, tmp_path) == ({"other.xml": number(10)}, [])


def test_an_unpacked_package_is_held_to_its_index_too(tmp_path: Path) -> None:
    folder = tmp_path / "day"
    folder.mkdir()
    (folder / "INDEX.XML").write_bytes(index(10, 11))
    (folder / "10.XML").write_bytes(full_text(10))
    (folder / "10.JPG").write_bytes(JPEG)
    found, (rejected,) = read(folder, tmp_path)
    assert found == {"10.XML": number(10)}
    assert rejected.context == {"missing": number(11)}


def test_an_index_alone_is_refused_as_what_it_is(tmp_path: Path) -> None:
    _, (rejected,) = read(index(10, 11), tmp_path)
    assert (rejected.reason_code, rejected.kind) == ("index-alone", "file")


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "day.zip"
    path.write_bytes(package(10, 11, 12))
    reading = Reading.of_path(path, tmp_path)
    assert not [item for item in reading if isinstance(item, Rejected)]
    assert reading.inventory.left_out == {"image": 3, "index": 1}


async def test_a_package_with_a_gap_is_accounted_for(tmp_path: Path) -> None:
    path = tmp_path / "day.zip"
    path.write_bytes(package(10, 11, 12, 13))
    async with open_surroundings(tmp_path / "data") as around:
        run = await ingest(around, path)
        assert (run.state, run.read, run.accepted, run.rejected) == (RunState.DONE, 4, 3, 1)
        (item,) = await around.store.quarantine.recent()
        async with around.store.quarantine.open(item.id) as kept:
            assert kept.read_bytes() == index(10, 11, 12, 13)
        again = await ingest(around, path)
        assert (again.read, again.unchanged, again.rejected) == (4, 3, 1)
        assert len(await around.store.quarantine.recent()) == 1
