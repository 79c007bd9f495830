"""The processes that read xls workbooks: kept while all is well, never trusted."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.ingest.formats.tables import xls_process
from services.ingest.formats.tables.model import BrokenTableError
from services.ingest.formats.tables.xls import xls_tables
from shared.testing.cpu import children
from shared.testing.xls import write_xls


@pytest.fixture(autouse=True)
def _none_left() -> Iterator[None]:
    xls_process.end_waiting()
    yield
    xls_process.end_waiting()


def read(path: Path) -> list[list[str] | None]:
    return [row.cells for table in xls_tables(path) for row in table.rows]


@pytest.fixture(name="others")
def _others() -> set[int]:
    return set(children())


def test_workbooks_one_after_the_other_are_read_by_one_process(tmp_path: Path, others: set[int]) -> None:
    seen = set()
    for number in range(3):
        path = write_xls(tmp_path / f"{number} 号.xls", {"一": [["标题", number]], "二": [["b"]]})
        assert read(path) == [["标题", str(number)], ["b"]]
        seen |= set(children()) - others
    assert len(seen) == 1


def test_a_process_that_was_ended_while_it_waited_costs_no_workbook(tmp_path: Path, others: set[int]) -> None:
    path = write_xls(tmp_path / "a.xls", {"一": [["a"]]})
    read(path)
    (waiting,) = set(children()) - others
    os.kill(waiting, signal.SIGKILL)
    assert read(path) == [["a"]]


def test_a_process_goes_on_while_its_service_is_asked_to_stop(tmp_path: Path, others: set[int]) -> None:
    path = write_xls(tmp_path / "a.xls", {"一": [["a"]]})
    read(path)
    waiting = set(children()) - others
    for one in waiting:
        os.kill(one, signal.SIGTERM)
        os.kill(one, signal.SIGINT)
    assert read(path) == [["a"]]
    assert set(children()) - others == waiting


def test_a_process_that_did_not_tell_all_is_not_asked_again(tmp_path: Path, others: set[int]) -> None:
    path = write_xls(tmp_path / "a.xls", {"一": [["a"]] * 9, "二": [["b"]]})
    tables = xls_tables(path)
    assert next(next(tables).rows).cells == ["a"]
    tables.close()  # type: ignore[attr-defined]
    assert set(children()) == others


def test_a_process_that_met_a_torn_workbook_is_not_asked_again(tmp_path: Path, others: set[int]) -> None:
    torn = tmp_path / "torn.xls"
    torn.write_bytes(write_xls(tmp_path / "a.xls", {"一": [["a"]]}).read_bytes()[:700])
    with pytest.raises(BrokenTableError):
        read(torn)
    assert set(children()) == others
    assert read(tmp_path / "a.xls") == [["a"]]


def test_two_workbooks_can_be_read_at_the_same_time(tmp_path: Path) -> None:
    first = xls_tables(write_xls(tmp_path / "a.xls", {"一": [["a"], ["b"]]}))
    rows = next(first).rows
    assert next(rows).cells == ["a"]
    assert read(write_xls(tmp_path / "b.xls", {"一": [["c"]]})) == [["c"]]
    assert [row.cells for row in rows] == [["b"]]
    assert list(first) == []


def test_rows_over_many_frames_keep_their_cells_and_numbers(tmp_path: Path) -> None:
    sheet: list[list[str | float]] = [["号", "文" * (number % 90), number, ""] for number in range(6000)]
    found = read(write_xls(tmp_path / "a.xls", {"一": sheet}))
    assert found == [["号", "文" * (number % 90), str(number)] for number in range(6000)]


def test_a_control_character_in_a_cell_moves_no_cell(tmp_path: Path) -> None:
    path = write_xls(tmp_path / "a.xls", {"一": [["a\x1fb", "c", 2.5], ["d", "\x1f\x1f", "e"]]})
    assert read(path) == [["ab", "c", "2.5"], ["d", "", "e"]]


def test_sheets_without_cells_are_read_on_from(tmp_path: Path) -> None:
    path = write_xls(tmp_path / "a.xls", {"空": [], "二": [["", "b"]], "末": []})
    assert [(table.name, [row.cells for row in table.rows]) for table in xls_tables(path)] == [
        ("空", []),
        ("二", [["", "b"]]),
        ("末", []),
    ]
