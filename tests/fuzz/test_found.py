"""What the fuzzer found, made small: each stays mended."""

import csv
import io
import zipfile
from pathlib import Path

import xlsxwriter

from services.ingest.formats.csv_rows import replayable
from services.ingest.formats.tables.cells import as_csv
from services.ingest.reader import Reading
from services.ingest.records import Parsed, Rejected
from tests.fuzz.judge import judge
from tests.fuzz.seeds import GOLDENS
from tests.integration.ingest.bad_inputs import XML, corrupted, packed


def problems(content: bytes, folder: Path) -> tuple[list[str], set[str]]:
    """Return what must not be, and the reasons that were given."""
    path = folder / "found"
    path.write_bytes(content)
    verdict = judge(path, folder)
    return verdict.problems, verdict.codes


def test_an_entry_with_an_endless_name_that_cannot_be_read_makes_no_endless_sentence(tmp_path: Path) -> None:
    assert problems(corrupted(packed({"x" * 5000 + ".xml": XML.encode() * 9})), tmp_path) == ([], {"torn-zip"})


def test_a_workbook_whose_packed_rows_are_spoilt_is_torn(tmp_path: Path) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for row in range(200):
            sheet.write_row(row, 0, [f"公开(公告)号{row}", "标题", row])
    with zipfile.ZipFile(out) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
    spoilt = bytearray(out.getvalue())
    at = info.header_offset + 30 + len(info.filename) + info.compress_size // 2
    spoilt[at : at + 16] = b"\xff" * 16
    assert problems(bytes(spoilt), tmp_path) == ([], {"torn-workbook"})


def test_a_row_of_a_page_that_lost_characters_is_refused_again_when_it_is_read_alone(tmp_path: Path) -> None:
    content = (GOLDENS / "cnipr_trs" / "export.xls").read_bytes()
    at = content.index(b"CN", content.index(b"</tr>"))
    spoilt = content[:at] + b"\xff" + content[at:]
    found, codes = problems(spoilt, tmp_path)
    assert found == []
    assert "bad-encoding" in codes


def test_a_feed_whose_declared_encoding_holds_a_nul_is_refused_item_by_item(tmp_path: Path) -> None:
    feed = (GOLDENS / "feed" / "items.xml").read_bytes()
    spoilt = feed.replace(b'encoding="UTF-8"', b'encoding="UTF-8\0"')
    assert spoilt != feed
    found, codes = problems(spoilt, tmp_path)
    assert found == []
    assert "bad-xml" in codes


def test_a_row_under_a_name_over_a_hundred_lines_can_be_mended_and_read_alone(tmp_path: Path) -> None:
    content = (GOLDENS / "cnipr_trs" / "export.xls").read_bytes()
    name = "申请日".encode("gb18030")
    path = tmp_path / "export.xls"
    path.write_bytes(content.replace(name + b"</th>", name + b"<p>.</p>" * 100 + b"</th>", 1))
    (refused,) = [item for item in Reading.of_path(path, tmp_path) if isinstance(item, Rejected)]
    assert isinstance(refused.raw, bytes)
    path.write_bytes(replayable(refused.raw.replace(b"CN208700004A", b"CN208700004U"), refused.context))
    assert [type(item) for item in Reading.of_path(path, tmp_path)] == [Parsed]


def test_a_header_with_line_breaks_in_its_cells_comes_back_from_one_row_of_csv() -> None:
    cells = ["序号", "申请人地址\n", "a\rb", "\r\n", '"', "x,y", ""]
    assert list(csv.reader(io.StringIO(as_csv(cells), newline=""))) == [cells]
