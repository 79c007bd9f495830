"""``zhitui parse --explain``, from files to tables."""

from io import StringIO
from pathlib import Path

import pytest

from services.ingest.explaining import explain_files

GAZETTE = """name,authorization_notice_id,authorized_announcement_date,filing_id,patentee,address,Int.Cl.
一种电池,CN110007813A,2019.07.09,2.02E+12,甲公司,510000广东省广州市天河软件园,H01M10/05(2010.01)I
一种夹具,CN110007814A,2019.07.09,,乙公司,广东省广州市白云区,B25B1/00
一种坏号,CN110007815U,2019.07.09,,丙公司,,B25B1/00
缺列
"""
LINE = '{"publication_number": "cn-110007816-a", "kind": "A", "title": "一种壳体"}\n'


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    tmp_path.joinpath("g.csv").write_text(GAZETTE, "utf-8")
    tmp_path.joinpath("p.jsonl").write_text(LINE, "utf-8")
    return [tmp_path / "g.csv", tmp_path / "p.jsonl"]


def test_every_record_has_its_table_and_what_is_refused_its_reason(paths: list[Path]) -> None:
    out = StringIO()
    assert explain_files(paths, out) == (3, 4)
    told = out.getvalue()
    assert "g.csv line 2\n字段 | 原值 | 结果 | 规则\n公开号 | CN110007813A | CN110007813A | 原样\n" in told
    assert "\n申请号 | 2.02E+12 | （空） | 表格软件把号码改成了科学计数，位数已丢失，留空\n" in told
    assert "\n地区 1 | 天河软件园 | 440106 | 地名表（园区、镇街、道路）：天河区\n" in told
    assert "\n结论 | （空） | 拒绝 | kind-mismatch：" in told
    assert "g.csv line 5：拒绝（wrong-cell-count）" in told
    assert "\n公开号 | cn-110007816-a A | CN110007816A | 去分隔符，统一大写\n" in told


def test_one_number_can_be_asked_for_in_any_form(paths: list[Path]) -> None:
    out = StringIO()
    assert explain_files(paths, out, "cn 110007816 a") == (3, 1)
    assert out.getvalue().startswith("p.jsonl\n")


def test_a_record_that_was_refused_can_be_asked_for(paths: list[Path]) -> None:
    out = StringIO()
    assert explain_files(paths, out, "CN110007815U") == (3, 1)
    assert "kind-mismatch" in out.getvalue()
