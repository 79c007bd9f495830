"""The forms of an export. Pure: the same lines and moment give the same bytes.

Strangers' texts stand in them. A spreadsheet reads a cell that begins with ``=``, ``+``, ``-`` or ``@`` as a formula: in a
workbook every cell is stored as text and marked as such, in CSV such a cell begins with an apostrophe.
Sources: OWASP, "CSV Injection"; ECMA-376 part 1, §18.3.1.4 (cell types), §18.8.45 (quotePrefix); RFC 4180 (CSV);
https://jira.sakaiproject.org/secure/attachment/21845/RIS%20Format%20Specifications.pdf (RIS, type ``PAT``).
"""

import csv
import io
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from xlsxwriter import Workbook

from shared.divisions import called
from shared.wording.items import KIND_NAMES, one_line, shorten, whys_in_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from services.portal.desk.inbox_rows import Row

MAX_CELL = 32_000
"""Excel takes 32,767 characters."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

_VERDICTS = {"relevant": "相关", "irrelevant": "不相关", None: ""}
_APART = "；"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One publication as a line of texts; the field names are those of the columns in `COLUMNS`."""

    number: str
    title: str
    applicants: str
    regions: str
    kind: str
    published_on: str
    application_number: str
    filed_on: str
    classes: str
    inventors: str
    score: str
    why: str
    verdict: str
    assigned_to: str
    notes: str
    told_at: str
    abstract: str

    @classmethod
    def of(cls, row: "Row", names: "Mapping[str, str]", zone: "ZoneInfo") -> "Line":
        """Return an item of the inbox as a line.

        Args:
            row: the item.
            names: of the organisation's members, by account.
            zone: for moments.
        """
        publication, follow = row.publication, row.follow_up
        notes = [f"{names.get(note.account_id, '')}：{note.text}" for note in follow.notes] if follow else []
        return cls(
            number=publication.publication_number,
            title=publication.title,
            applicants=_APART.join(one.name for one in publication.applicants),
            regions=_APART.join(dict.fromkeys(called(one.region) for one in publication.applicants if one.region)),
            kind=KIND_NAMES.get(publication.kind[:1], publication.kind),
            published_on=str(publication.published_on or ""),
            application_number=publication.application_number or "",
            filed_on=str(publication.filed_on or ""),
            classes=_APART.join(publication.ipc or publication.locarno),
            inventors=_APART.join(publication.inventors),
            score=f"{row.score:.2f}",
            why=_APART.join(whys_in_words(row.whys)),
            verdict=_VERDICTS[row.opinion],
            assigned_to=names.get(follow.assigned_to, "") if follow else "",
            notes=" / ".join(notes),
            told_at=f"{row.told_at.astimezone(zone):%Y-%m-%d %H:%M}",
            abstract=publication.abstract or "",
        )

    def texts(self) -> list[str]:
        """Return the cells, each on one line."""
        return [shorten(one_line(getattr(self, field.name)), MAX_CELL) for field in fields(self)]


COLUMNS = {
    "number": ("公开号", 17),
    "title": ("标题", 50),
    "applicants": ("申请人", 36),
    "regions": ("所在地", 18),
    "kind": ("类型", 10),
    "published_on": ("公开日", 11),
    "application_number": ("申请号", 19),
    "filed_on": ("申请日", 11),
    "classes": ("分类号", 30),
    "inventors": ("发明人", 24),
    "score": ("得分", 7),
    "why": ("为什么收到", 60),
    "verdict": ("判断", 8),
    "assigned_to": ("负责人", 10),
    "notes": ("备注", 40),
    "told_at": ("收到时间", 16),
    "abstract": ("摘要", 80),
}
"""Field of a line → its heading, and how wide the column is."""


def as_csv(lines: "Sequence[Line]", _made_at: "datetime") -> bytes:
    """Return UTF-8 with a byte order mark, without which Excel reads Chinese as noise."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(heading for heading, _ in COLUMNS.values())
    writer.writerows([_defused(text) for text in line.texts()] for line in lines)
    return out.getvalue().encode("utf-8-sig", "replace")


def as_xlsx(lines: "Sequence[Line]", made_at: "datetime") -> bytes:
    """Return a workbook with one sheet."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(file, options) as workbook:
        workbook.set_properties({"created": made_at.replace(tzinfo=None), "title": "知推"})
        sheet = workbook.add_worksheet("提醒")
        bold, quoted = workbook.add_format({"bold": True}), workbook.add_format({"quote_prefix": True})
        for column, (heading, width) in enumerate(COLUMNS.values()):
            sheet.write_string(0, column, heading, bold)
            sheet.set_column(column, column, width)
        for number, line in enumerate(lines, start=1):
            for column, text in enumerate(line.texts()):
                sheet.write_string(number, column, text, quoted if text.startswith(FORMULA_STARTS) else None)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, len(lines), len(COLUMNS) - 1)
    return file.getvalue()


def as_ris(lines: "Sequence[Line]", _made_at: "datetime") -> bytes:
    """Return references for Zotero, EndNote, NoteExpress; one line a tag, so that no text can begin a tag of its own."""
    return "".join(_reference(line) for line in lines).encode("utf-8", "replace")


def _reference(line: Line) -> str:
    tags = [
        ("TY", "PAT"),
        ("TI", line.title),
        *(("AU", name) for name in line.inventors.split(_APART)),
        *(("A2", name) for name in line.applicants.split(_APART)),
        ("M1", line.number),
        ("PY", line.published_on[:4]),
        ("DA", line.published_on.replace("-", "/")),
        ("AB", line.abstract),
        *(("KW", symbol) for symbol in line.classes.split(_APART)),
        ("N1", line.notes),
        ("LA", "zh"),
    ]
    said = [f"{tag}  - {one_line(text)}\r\n" for tag, text in tags if text]
    return "".join([*said, "ER  - \r\n\r\n"])


def _defused(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
