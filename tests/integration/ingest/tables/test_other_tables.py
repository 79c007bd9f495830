"""Xls files, tables of web pages, CSV and TSV."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from services.ingest.formats.tables.cells import NumberText
from services.ingest.formats.tables.headers import tables_of
from services.ingest.formats.tables.model import BrokenTableError, Table
from services.ingest.mapping.guess import one_document
from shared.testing.xls import write_xls


def tables(path: Path, spool: Path) -> Iterable[Table]:
    document = one_document(path, spool)
    with document.open() as stream:
        head = stream.read(64 * 1024)
    return tables_of(document, head)


def rows(path: Path, spool: Path) -> list[list[str] | None]:
    return [row.cells for table in tables(path, spool) for row in table.rows]


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_an_xls_is_read_sheet_by_sheet(tmp_path: Path) -> None:
    sheets: dict[str, list[list[str | float]]] = {
        "封面": [["说明"]],
        "数据": [["标题", "", "数"], ["一种泵", "", 518057.0], ["", "b"]],
    }
    path = write_xls(tmp_path / "a.xls", sheets)
    found = [(table.name, [(row.line, row.cells) for row in table.rows]) for table in tables(path, tmp_path)]
    assert found == [
        ("封面", [(1, ["说明"])]),
        ("数据", [(1, ["标题", "", "数"]), (2, ["一种泵", "", "518057"]), (3, ["", "b"])]),
    ]
    assert isinstance((found[1][1][1][1] or [])[2], NumberText)


def test_a_cell_of_an_xls_that_is_no_number_costs_no_row(tmp_path: Path) -> None:
    path = write_xls(tmp_path / "a.xls", {"一": [["a", float("nan")], [float("inf"), "b"]]})
    assert rows(path, tmp_path) == [["a", "nan"], ["inf", "b"]]


def test_a_sheet_may_be_left_before_its_end(tmp_path: Path) -> None:
    path = write_xls(tmp_path / "a.xls", {"一": [["a"]] * 50, "二": [["b"]]})
    assert [(table.name, (next(table.rows).cells or [""])[0]) for table in tables(path, tmp_path)] == [
        ("一", "a"),
        ("二", "b"),
    ]


def test_an_xls_that_is_torn_is_refused(tmp_path: Path) -> None:
    content = write_xls(tmp_path / "a.xls", {"一": [["a"]]}).read_bytes()
    with pytest.raises(BrokenTableError) as refused:
        rows(written(tmp_path / "b.xls", content[:700]), tmp_path)
    assert refused.value.code == "torn-workbook"


def test_an_xls_that_needs_more_memory_than_there_is_costs_its_own_process_only(tmp_path: Path) -> None:
    # Two cells in opposite corners: the library asks for all cells between them, and ends its process.
    corners: list[list[str | float]] = [["a"], *([[]] * 65_534), [*([""] * 255), "b"]]
    path = write_xls(tmp_path / "a.xls", {"一": corners})
    with pytest.raises(BrokenTableError) as refused:
        rows(path, tmp_path)
    assert refused.value.code == "too-large"


def test_a_web_page_gives_its_cells_their_rows(tmp_path: Path) -> None:
    page = (
        "<html><head><meta http-equiv=Content-Type content='text/html; charset=gb2312'></head><body><table>"
        "<tr><th>标题<th>申请人<th>号</tr><tr><td>一种泵<br>及阀 &amp; 管</td><td rowspan=2>甲<b>公</b>司</td><td>1</td></tr>"
        "<tr><td>镕 & 堃</td><td>2</td></tr><tr><td colspan=2>合计</td><td>3</td></tr></table></body></html>"
    )
    assert rows(written(tmp_path / "a.xls", page.encode("gb18030")), tmp_path) == [
        ["标题", "申请人", "号"],
        ["一种泵\n及阀 & 管", "甲公司", "1"],
        ["镕 & 堃", "甲公司", "2"],
        ["合计", "", "3"],
    ]


@pytest.mark.parametrize(
    ("told", "encoding"),
    [
        ("cp936", "gb18030"),
        ("x-gbk", "gb18030"),
        *((one, "utf-8") for one in ("utf-16", "zlib", "hex", "idna", "none")),
    ],
)
def test_a_web_page_is_read_in_the_encoding_that_it_can_mean(tmp_path: Path, told: str, encoding: str) -> None:
    page = f"<meta charset={told}><table><tr><td>标题<td>𠮷㐀</table>".encode(encoding)
    assert rows(written(tmp_path / "a.xls", page), tmp_path) == [["标题", "𠮷㐀"]]


def test_a_row_of_a_web_page_in_another_encoding_is_told(tmp_path: Path) -> None:
    page = b"<table><tr><td>a</td></tr><tr><td>\xff\xfe</td></tr><tr><td>b</td></tr></table>"
    page = b"<meta charset=utf-8>" + page
    found = [row.problem for table in tables(written(tmp_path / "a.htm", page), tmp_path) for row in table.rows]
    assert found == ["", "bad-encoding", ""]


@pytest.mark.parametrize(
    "rest", [b"<tr><td>" + b"<div>" * 200_000, b"<tr><td>b<!-- ", b"<tr><td>b</td></tr><tr><td a='"]
)
def test_a_web_page_that_is_not_read_to_its_end_says_so(tmp_path: Path, rest: bytes) -> None:
    page = b"<table><tr><td>a</td></tr>" + rest
    found = tables(written(tmp_path / "a.htm", page), tmp_path)
    read: list[list[str] | None] = []
    with pytest.raises(BrokenTableError) as refused:
        read.extend(row.cells for table in found for row in table.rows)
    assert (read[0], refused.value.code) == (["a"], "bad-html")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_text_tables_are_read_in_every_encoding(tmp_path: Path, encoding: str, mark: str) -> None:
    text = f'标题{mark}申请人{mark}号\r\n"一种{mark}泵"{mark}"甲\n公司"{mark}1\r\n'
    first, second = rows(written(tmp_path / "a.txt", text.encode(encoding)), tmp_path)
    assert [cell.strip("\ufeff") for cell in first or ()] == ["标题", "申请人", "号"]
    assert second == [f"一种{mark}泵", "甲\n公司", "1"]


def test_text_that_says_it_is_utf_16_and_is_not_is_refused_from_there(tmp_path: Path) -> None:
    text = "标题\t申请人\t号\r\n一\t二\t三\r\n".encode("utf-16-le")
    path = written(tmp_path / "a.txt", b"\xff\xfe" + text + b"\x00\xd8" * 3)
    with pytest.raises(BrokenTableError) as refused:
        rows(path, tmp_path)
    assert refused.value.code == "bad-encoding"
