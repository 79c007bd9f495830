"""Exports as workbooks, and what is refused of them."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
import xlsxwriter

from services.ingest.formats import named
from services.ingest.formats.tables.layout import Written
from services.ingest.mapping.files import mapping_of
from services.ingest.reader import Reading
from services.ingest.records import FILE, Parsed, Rejected
from shared.testing.xls import write_xls
from shared.wire.publication import Publication

INCOPAT = ("公开(公告)号", "标题", "摘要", "申请人", "公开(公告)日", "申请号", "IPC主分类", "IPC", "申请人省市代码")
INCOPAT_WIDE = (
    "公开（公告）号",
    "标题 （中文）",
    "摘要 （中文）",
    "申请人",
    "公开（公告）日",
    "申请号",
    "IPC主分类",
    "IPC",
    "申请人省市代码",
)
PATSNAP = (
    "公开(公告)号",
    "标题",
    "标题(译)(简体中文)",
    "[标]当前申请(专利权)人",
    "IPC分类号",
    "法律状态/事件",
    "申请号",
)
PATSNAP_WIDE = (
    "公开（公告）号",
    "标题",
    "标题（译）（简体中文）",
    "当前申请（专利权）人",
    "IPC分类号",
    "简单同族",
    "申请号",
)


def read(path: Path, spool: Path, written: Written | None = None) -> tuple[list[Any], list[Rejected]]:
    reading = Reading.of_path(path, spool)
    if written:
        reading.written = written
    items = list(reading)
    parsed = [item.publication for item in items if isinstance(item, Parsed)]
    return parsed, [item for item in items if isinstance(item, Rejected)]


def workbook(path: Path, **sheets: list[tuple[Any, ...]]) -> Path:
    book = xlsxwriter.Workbook(path)
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for line, row in enumerate(rows):
            sheet.write_row(line, 0, row)
    book.close()
    return path


@pytest.mark.parametrize("header", [INCOPAT, INCOPAT_WIDE])
def test_both_versions_of_incopat_are_read_from_xlsx(tmp_path: Path, header: tuple[str, ...]) -> None:
    row = (
        "CN118000001A",
        "一种隔膜",
        "摘要。",
        "甲公司; 乙大学",
        "2024-05-10",
        "CN202410100001.7",
        "H01M50/449",
        "H01M50/449; H01M10/0525",
        "广东;44",
    )
    (one,), refused = read(workbook(tmp_path / "a.xlsx", S=[header, row]), tmp_path)
    assert refused == []
    assert (one.source, one.title, one.abstract, one.application_number) == (
        "incopat",
        "一种隔膜",
        "摘要。",
        "202410100001.7",
    )
    assert ([a.name for a in one.applicants], one.applicants[0].region) == (["甲公司", "乙大学"], "44")
    assert one.ipc == ("H01M50/449", "H01M10/0525")


@pytest.mark.parametrize("header", [PATSNAP, PATSNAP_WIDE])
def test_both_versions_of_patsnap_are_read_from_xlsx(tmp_path: Path, header: tuple[str, ...]) -> None:
    row = ("US12000002B2", "Sensing", "感知方法", "甲公司 | 乙公司", "G08G1/01 | G06V20/54", "授权", "US18/200002")
    (one,), refused = read(workbook(tmp_path / "a.xlsx", S=[header, row]), tmp_path)
    assert refused == []
    assert (one.source, one.title, one.publication_number) == ("patsnap", "感知方法", "US12000002B2")
    assert ([a.name for a in one.applicants], one.ipc) == (["甲公司", "乙公司"], ("G08G1/01", "G06V20/54"))


def test_an_xls_of_another_export_is_told_by_its_header(tmp_path: Path) -> None:
    rows: list[list[str | float]] = [
        ["", "检索结果"],
        [],
        ["申请号", "公开（公告）号", "名称", "国省代码", "主权项", "公开（公告）日"],
        ["201010554637.7", "CN102110728A", "太阳能电池背膜", "浙江;33", "1.一种背膜。", "2011.06.29"],
    ]
    (one,), refused = read(write_xls(tmp_path / "a.xls", {"S": rows}), tmp_path)
    assert refused == []
    assert (one.source, one.claim, str(one.published_on)) == ("cnipr-trs", "1.一种背膜。", "2011-06-29")


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("2024101000017", "202410100001.7"),
        (2024101000017, "202410100001.7"),
        (202410100001.7, "202410100001.7"),
        (202410100001, None),
        (201785000000, None),
        (2.02e12, None),
        (2024101000018, None),
        ("2.02E+12", None),
    ],
)
def test_an_application_number_that_became_a_number_is_right_or_none(
    tmp_path: Path, number: object, expected: str | None
) -> None:
    header = ("公开(公告)号", "标题", "申请号", "IPC主分类")
    path = workbook(tmp_path / "a.xlsx", S=[header, ("CN118000001A", "一种隔膜", number, "H01M50/449")])
    (one,), refused = read(path, tmp_path)
    assert (one.application_number, refused) == (expected, [])


def test_every_sheet_is_read_and_one_that_nobody_knows_is_refused_by_its_name(tmp_path: Path) -> None:
    header = ("公开(公告)号", "标题", "IPC主分类")
    path = workbook(
        tmp_path / "a.xlsx",
        说明=[("数据来源",), ("某中心",)],
        一=[header, ("CN118000001A", "甲", "A01B1/00")],
        收费=[("年", "月", "金额"), (2024, 1, 300)],
        二=[("总表",), header, ("CN118000002A", "乙", "A01B1/02"), header, ("CN118000003A", "丙", "A01B1/04")],
    )
    parsed, refused = read(path, tmp_path)
    assert [one.publication_number for one in parsed] == ["CN118000001A", "CN118000002A", "CN118000003A"]
    assert [(one.reason_code, one.location, one.kind) for one in refused] == [("unknown-table", "收费", FILE)]
    assert "年、月、金额" in refused[0].reason


def test_a_refused_row_can_be_read_again_alone(tmp_path: Path) -> None:
    header = ("公开(公告)号", "标题", "摘要", "申请号", "IPC主分类")
    row = ("CN118000001U", "一种“膜”, 及\n方法", "摘要; 一", 201785000000, "H01M50/449")
    parsed, (refused,) = read(workbook(tmp_path / "a.xlsx", S=[header, row]), tmp_path)
    assert (parsed, refused.reason_code, refused.location, refused.format) == ([], "kind-mismatch", "row 2", "incopat")
    format_ = named(refused.format)
    assert format_ is not None
    assert isinstance(refused.raw, bytes)
    alone = format_.replayable(refused.raw, refused.context)
    again, (still,) = read(_written(tmp_path / "again", alone), tmp_path)
    assert (again, still.reason_code) == ([], "kind-mismatch")
    (mended,), none = read(_written(tmp_path / "mended", alone.replace(b"1U", b"1A")), tmp_path)
    assert (mended.title, mended.abstract, mended.application_number, none) == (
        "一种“膜”, 及 方法",
        "摘要; 一",
        None,
        [],
    )


def test_a_row_of_a_text_table_keeps_its_bytes(tmp_path: Path) -> None:
    text = "公开(公告)号\t标题\tIPC主分类\tIPC\nCN1\t甲\tA01B1/00\t\nCN118000001A\t乙\n"
    _, (bad, short) = read(_written(tmp_path / "a.tsv", text.encode("gb18030")), tmp_path)
    assert (bad.raw, bad.location, bad.reason_code) == ("CN1\t甲\tA01B1/00\t".encode("gb18030"), "line 2", "bad-number")
    assert (short.reason_code, short.context) == (
        "wrong-cell-count",
        {"header": "公开(公告)号\t标题\tIPC主分类\tIPC", "encoding": "gb18030"},
    )


def test_a_mapping_counts_before_what_the_program_knows(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", S=[INCOPAT, ("CN118000001A", "标题甲", "摘要乙", *[""] * 6)])
    layout = mapping_of('name = "mine"\n[columns]\npublication_number = "公开(公告)号"\ntitle = "摘要"\n')
    (known,), _ = read(path, tmp_path)
    (mine,), _ = read(path, tmp_path, Written((layout,)))
    assert [(one.source, one.title) for one in (known, mine)] == [("incopat", "标题甲"), ("mine", "摘要乙")]


def test_a_mapping_for_other_tables_changes_nothing(tmp_path: Path) -> None:
    header = "name,authorization_notice_id,authorized_announcement_date,patentee,publication_number,event,event_on"
    row = "一种泵,CN110007813A,2019.07.12,甲公司,CN110007813A,转让,2019.08.01"
    path = _written(tmp_path / "a.csv", f"{header}\n{row}\n".encode())
    layout = mapping_of('name = "mine"\n[columns]\npublication_number = "号"\ntitle = "名"\n')
    without, with_it = read(path, tmp_path), read(path, tmp_path, Written((layout,)))
    assert ([one.source for one in without[0]], without) == (["gazette-csv"], with_it)


def test_a_refused_row_of_a_mapping_is_read_again_by_it(tmp_path: Path) -> None:
    layout = mapping_of('name = "mine"\n[columns]\npublication_number = "号"\ntitle = "名"\n[constants]\nkind = "A"\n')
    path = workbook(tmp_path / "a.xlsx", S=[("号", "名"), ("118000001", "")])
    _, (refused,) = read(path, tmp_path, Written((layout,)))
    format_ = named(refused.format)
    assert format_ is not None
    assert isinstance(refused.raw, bytes)
    whole = _written(tmp_path / "again", format_.replayable(refused.raw + b"x", refused.context))
    (one,), _ = read(whole, tmp_path, Written((layout,)))
    assert (one.publication_number, one.title) == ("CN118000001A", "x")


def test_the_golden_of_a_mapping_file_holds(tmp_path: Path) -> None:
    golden = Path(__file__).parents[3] / "golden/ingest/spreadsheet"
    layout = mapping_of((golden / "centre.toml").read_text("utf-8"))
    parsed, refused = read(golden / "centre.csv", tmp_path, Written((layout,), is_only=True))
    expected = msgspec.json.decode((golden / "centre.expected.json").read_bytes(), type=list[Publication])
    assert parsed == expected
    assert refused == []


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
