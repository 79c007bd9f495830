"""``zhitui mapping``, and mapping files where they are used."""

import os
from pathlib import Path

import pytest
import xlsxwriter
from typer.testing import CliRunner

from services.cli.app import app
from services.ingest.mapping.folder import MappingFolder
from services.ingest.mapping.guess import guess
from shared.errors import InvalidInputError
from tests.integration.ingest.made import ingest, open_surroundings

ROWS = (
    ("某市知识产权中心授权清单",),
    ("序号", "公告号", "专利名称", "专利权人", "IPC主分类号", "授权公告日", "备注"),
    (
        1,
        "CN118000001B",
        "一种储能系统用隔膜",
        "示例材料有限公司、示例大学",
        "H01M50/449、H01M10/0525",
        "13/05/2024",
        "重点",
    ),
    (2, "CN218000002U", "一种充电桩", "示例充电有限公司", "B60L53/30", "14/05/2024", ""),
    (3, "见附件", "一种支架", "示例支架有限公司", "G01D11/24", "14/05/2024", ""),
)


def run(*arguments: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["mapping", *map(str, arguments)], env={"COLUMNS": "200"})
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    path = tmp_path / "清单.xlsx"
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("说明").write_string(0, 0, "内部使用")
    sheet = book.add_worksheet("授权")
    for line, row in enumerate(ROWS):
        sheet.write_row(line, 0, row)
    book.close()
    return path


def test_a_mapping_is_guessed_that_reads_the_table(listed: Path, tmp_path: Path) -> None:
    status, told, _ = run("guess", listed, "--out", tmp_path / "m.toml")
    assert status == 0
    for line in ('publication_number = "公告号"', 'separator = "、"', 'date_order = "dmy"', 'sheet = "授权"'):
        assert line in told
    assert "备注" not in told
    assert ("CN118000001B" in told, "公开号“见附件”不成立" in told) == (True, True)
    status, _, summed = run("check", tmp_path / "m.toml", listed)
    assert (status, "共 3 条：可以读 2 条，拒绝 1 条" in summed) == (0, True)


def test_a_mapping_file_is_not_written_over(listed: Path, tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text("mine", "utf-8")
    with pytest.raises(InvalidInputError, match="已经存在"):
        run("guess", listed, "--out", tmp_path / "m.toml")
    assert (tmp_path / "m.toml").read_text("utf-8") == "mine"


def test_a_check_tells_which_columns_are_not_there(listed: Path, tmp_path: Path) -> None:
    text = 'name = "a"\n[columns]\npublication_number = "公告号"\ntitle = "题目"\nabstract = "摘要"\n'
    (tmp_path / "m.toml").write_text(text, "utf-8")
    status, _, said = run("check", tmp_path / "m.toml", listed)
    assert (status, "没有这些列：题目、摘要" in said) == (2, True)


def test_what_is_no_table_is_not_guessed(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("{}", "utf-8")
    with pytest.raises(InvalidInputError, match="不是表格"):
        guess(path)
    path.write_text("甲,乙\n1,2\n", "utf-8")
    with pytest.raises(InvalidInputError, match="找不到表头"):
        guess(path)


def test_a_table_is_known_as_the_export_that_knows_most_of_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "公开(公告)号,标题,标题(译)(简体中文),简单同族,当前法律状态\nCN118000001A,Cell,电池,1,有效\n", "utf-8"
    )
    assert guess(path).known_as == "patsnap"


def test_the_folder_is_read_again_when_something_in_it_changed(tmp_path: Path) -> None:
    folder = MappingFolder(tmp_path / "mappings")
    assert folder().layouts == ()
    (tmp_path / "mappings").mkdir()
    file = tmp_path / "mappings" / "a.toml"
    file.write_text('name = "a"\n[columns]\npublication_number = "号"\ntitle = "名"\n', "utf-8")
    first = folder()
    assert [one.name for one in first.layouts] == ["a"]
    assert folder() is first
    file.write_text('name = "a"\n[columns]\npublication_number = "号"\n', "utf-8")
    os.utime(file, ns=(1, 1))
    assert folder().layouts == ()
    assert ["缺少 title" in one for one in folder.problems] == [True]


async def test_a_mapping_file_in_its_folder_counts_from_the_next_input_on(listed: Path, tmp_path: Path) -> None:
    async with open_surroundings(tmp_path / "data") as around:
        before = await ingest(around, listed)
        folder = tmp_path / "data" / "mappings"
        folder.mkdir()
        (folder / "centre.toml").write_text(guess(listed).toml.replace("name = ", "name = ", 1), "utf-8")
        after = await ingest(around, listed)
    assert (before.read, before.accepted, before.rejected) == (1, 0, 1)
    assert (after.read, after.accepted, after.rejected, after.format) == (3, 2, 1, "spreadsheet")
