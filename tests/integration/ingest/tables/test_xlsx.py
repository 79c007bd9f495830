"""Xlsx files, as programs write them and as nobody should."""

import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
import python_calamine
import xlsxwriter

from services.ingest.formats.tables.cells import NumberText, cell_text
from services.ingest.formats.tables.model import BrokenTableError
from services.ingest.formats.tables.xlsx import xlsx_tables
from services.ingest.reader import Reading

_TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="a/b"/></Types>'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def rows(path: Path, spool: Path) -> list[list[list[str] | None]]:
    return [[row.cells for row in table.rows] for table in xlsx_tables(path, spool)]


def package(path: Path, sheet: str, strings: str = "", *, prefix: str = "") -> Path:
    """Write a workbook of one sheet out of its XML."""
    p = prefix
    name = f":{p[:-1]}" if p else ""
    parts = {
        "[Content_Types].xml": _TYPES,
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="S" r:id="a"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships><Relationship Id="a" Type="{_OFFICE}/worksheet" Target="/xl/s.xml"/></Relationships>',
        "xl/s.xml": f'<{p}worksheet xmlns{name}="{_MAIN}"><{p}sheetData>{sheet}</{p}sheetData></{p}worksheet>',
        "xl/sharedStrings.xml": f'<{p}sst xmlns{name}="{_MAIN}">{strings}</{p}sst>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, text in parts.items():
            archive.writestr(part, text)
    return path


def mixed(path: Path, *, constant_memory: bool) -> Path:
    book = xlsxwriter.Workbook(path, {"constant_memory": constant_memory})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet("第一")
    sheet.write_row(0, 0, ["标题", "a & b <c>", "数", "日期"])
    sheet.write_row(1, 0, ["一种泵", " 两端有空格 ", 518057, ""])
    sheet.write_datetime(1, 3, datetime(2019, 7, 12), day)  # noqa: DTZ001
    sheet.write_row(3, 1, [True, 201710854123.4, 0.1])
    sheet.write_formula(3, 4, "=1+1", None, 2)
    sheet.write_formula(3, 5, '="公" & "式"', None, "公式")
    sheet.write_string(4, 0, "最后一行")
    if not constant_memory:
        sheet.write_rich_string(4, 1, "一", bold, "二", "三")
    sheet.conditional_format("A1:B2", {"type": "no_blanks", "format": bold})
    for line in range(100):
        sheet.write_string(5 + line, 0, f"共 {line % 40} 行")
    book.add_worksheet("空的")
    book.add_worksheet("第二").write_row(2, 2, ["C3", 1e15, -2.5])
    book.close()
    return path


@pytest.mark.parametrize("constant_memory", [True, False])
def test_cells_are_those_that_calamine_reads(tmp_path: Path, *, constant_memory: bool) -> None:
    path = mixed(tmp_path / "a.xlsx", constant_memory=constant_memory)
    book = python_calamine.load_workbook(str(path))
    expected = []
    for name in book.sheet_names:
        lines = [list(map(cell_text, one)) for one in book.get_sheet_by_name(name).to_python(skip_empty_area=False)]
        expected.append([one[: max((at for at, text in enumerate(one, 1) if text), default=0)] for one in lines])
    read = [[row.cells or [] for row in sheet.rows if row.cells] for sheet in xlsx_tables(path, tmp_path)]
    assert read == [[line for line in sheet if line] for sheet in expected]
    assert read[0][1] == ["一种泵", " 两端有空格 ", "518057", date(2019, 7, 12).isoformat()]


def test_a_number_is_told_from_a_text(tmp_path: Path) -> None:
    sheet = '<row r="1"><c r="A1"><v>201785000000</v></c><c r="B1" t="inlineStr"><is><t>201785000000</t></is></c></row>'
    ((cells,),) = rows(package(tmp_path / "a.xlsx", sheet), tmp_path)
    assert cells is not None
    assert [type(cell) for cell in cells] == [NumberText, str]


def test_elements_may_have_a_prefix_and_cells_no_place(tmp_path: Path) -> None:
    sheet = '<x:row><x:c t="s"><x:v>1</x:v></x:c><x:c/><x:c t="str"><x:v>b</x:v></x:c></x:row><x:row/><x:row r="9"><x:c r="B9" t="s"><x:v>0</x:v></x:c></x:row>'
    strings = "<x:si><x:t>零</x:t></x:si><x:si><x:r><x:t>一</x:t></x:r><x:r><x:t>又</x:t></x:r><x:rPh><x:t>いち</x:t></x:rPh></x:si>"
    path = package(tmp_path / "a.xlsx", sheet, strings, prefix="x:")
    found = [(row.line, row.cells) for table in xlsx_tables(path, tmp_path) for row in table.rows]
    assert found == [(1, ["一又", "", "b"]), (2, []), (9, ["", "零"])]


def test_escapes_of_xml_and_of_excel_are_resolved(tmp_path: Path) -> None:
    sheet = '<row r="1"><c r="A1" t="inlineStr"><is><t>a_x000D_b &amp; &#x4e00;</t></is></c><c r="B1" t="inlineStr"><is><t>_xD83D__xDE00__xD83D_</t></is></c></row>'
    assert rows(package(tmp_path / "a.xlsx", sheet), tmp_path) == [[["a\rb & 一", "😀\ufffd"]]]


def test_a_cell_in_the_last_corner_costs_nothing(tmp_path: Path) -> None:
    sheet = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>2</v></c><c r="XFD1048576"><v>3</v></c></row>'
    path = package(tmp_path / "a.xlsx", sheet)
    found = [(row.line, row.cells) for table in xlsx_tables(path, tmp_path) for row in table.rows]
    assert found == [(1, ["1"]), (1048576, ["2"])]


def test_a_cell_that_makes_no_sense_spoils_its_row_alone(tmp_path: Path) -> None:
    sheet = "".join(
        f'<row r="{line}"><c r="A{line}" t="s"><v>{value}</v></c></row>' for line, value in enumerate("09x0", 1)
    )
    path = package(tmp_path / "a.xlsx", sheet + '<row r="5"><c r="A5"><v>1</c></row>', "<si><t>有</t></si>")
    found = [(row.cells, row.problem) for table in xlsx_tables(path, tmp_path) for row in table.rows]
    assert found == [(["有"], ""), (["9"], "bad-cells"), (["x"], "bad-cells"), (["有"], ""), (None, "bad-cells")]


def test_merged_cells_count_for_every_row_they_cover(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.merge_range("A1:C1", "总标题")
    sheet.merge_range("B2:B4", "甲公司")
    for line in range(1, 5):
        sheet.write_string(line, 0, f"名称{line}")
    book.close()
    assert rows(path, tmp_path) == [
        [["总标题"], ["名称1", "甲公司"], ["名称2", "甲公司"], ["名称3", "甲公司"], ["名称4"]]
    ]


def test_many_shared_strings_wait_on_disk_and_are_found_in_any_order(tmp_path: Path) -> None:
    count = 70_000
    asked = [*range(0, count, 997), *range(count - 1, 0, -1009), 5, 5]
    sheet = "".join(f'<row r="{at}"><c r="A{at}" t="s"><v>{one}</v></c></row>' for at, one in enumerate(asked, 1))
    strings = "".join(f"<si><t>字符串{'长' * 50}{one}</t></si>" for one in range(count))
    ((*found,),) = rows(package(tmp_path / "a.xlsx", sheet, strings), tmp_path)
    assert found == [[f"字符串{'长' * 50}{one}"] for one in asked]


@pytest.mark.parametrize(
    ("sheet", "code"),
    [
        ('<!DOCTYPE x [<!ENTITY e "boom">]><row r="1"/>', "xml-entities"),
        ('<row r="1"><c r="A1" t="inlineStr"><is><t>' + "a" * 5_000_000, "torn-workbook"),
        ("<row/>" * 20_000_000, "zip-bomb"),
    ],
    ids=["entities", "a row without end", "a bomb"],
)
def test_a_file_that_nobody_should_write_is_refused(tmp_path: Path, sheet: str, code: str) -> None:
    path = package(tmp_path / "a.xlsx", sheet)
    with pytest.raises(BrokenTableError) as refused:
        rows(path, tmp_path)
    assert refused.value.code == code


def test_half_a_file_and_one_that_is_encrypted_are_refused_whole(tmp_path: Path) -> None:
    path = mixed(tmp_path / "a.xlsx", constant_memory=False)
    content = bytearray(path.read_bytes())
    for at in range(len(content) - 4):
        if content[at : at + 4] == b"PK\x01\x02":
            content[at + 8] |= 1
    path.write_bytes(content)
    (refused,) = Reading.of_path(path, tmp_path)
    assert getattr(refused, "reason_code", None) == "encrypted-workbook"
