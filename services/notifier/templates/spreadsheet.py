"""A digest as a workbook (``.xlsx``): one row a publication.

Texts of strangers stand in it, and a spreadsheet reads a text that begins with ``=``, ``+``, ``-`` or ``@`` as a formula when
somebody edits the cell or saves the sheet as CSV. Every cell is therefore stored as text, and such texts also carry the mark
by which the program keeps them text (the leading apostrophe that people type).
Source: ECMA-376 part 1, §18.3.1.4 (cell types), §18.8.45 (quotePrefix); OWASP, "CSV Injection".
"""

import io
from typing import TYPE_CHECKING

from xlsxwriter import Workbook

from services.notifier.templates.around import AGAIN, NO_LINK, headline, leaving, left_out, subscriptions, told_for
from shared.unsubscribe import MOST_SECTIONS
from shared.wording.items import one_line, shorten, view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from services.notifier.channels.port import Message
    from shared.store.records import Alert

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_CELL = 32_000
"""Excel takes 32,767 characters."""

_COLUMNS = (
    ("公开号", 17),
    ("标题", 50),
    ("申请人", 40),
    ("类型与日期", 36),
    ("申请号", 19),
    ("全部分类号", 40),
    ("得分", 7),
    ("为什么收到", 80),
)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_OF_SEVERAL = ("订阅", 30)
_UNSAFE_IN_NAMES = str.maketrans(dict.fromkeys('\\/:*?"<>|', "_"))
_MAX_NAME = 60


def file_name(message: "Message") -> str:
    """Return the name under which people see the file."""
    frame = message.frame
    subscription = shorten(subscriptions(frame).translate(_UNSAFE_IN_NAMES), _MAX_NAME)
    part = f"-{frame.page}of{frame.pages}" if frame.pages > 1 else ""
    again = "-补发" if frame.repeated else ""
    return f"知推-{subscription}-{message.created_at:%Y%m%d-%H%M}-{frame.count}件{part}{again}.xlsx"


def render(message: "Message") -> bytes:
    """Return the workbook of a delivery, the same bytes on every try but for a repetition's mark."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(file, options) as workbook:
        workbook.set_properties({"created": message.created_at.replace(tzinfo=None), "title": "知推"})
        sheet = workbook.add_worksheet("专利")
        quoted = workbook.add_format({"quote_prefix": True})
        first = _put_head(sheet, message, workbook.add_format({"bold": True}), quoted)
        for number, alert in enumerate(message.alerts, start=first):
            _put_row(sheet, number, _row(alert, told_for(message.frame, alert)), quoted)
    return file.getvalue()


def _put_head(sheet: "Worksheet", message: "Message", bold: "Format", quoted: "Format") -> int:
    """Write what stands above the publications; return the row of the first."""
    head = _head(message)
    for number, line in enumerate(head):
        _put_row(sheet, number, (line,), quoted)
    columns = (*_COLUMNS, _OF_SEVERAL) if message.frame.sections else _COLUMNS
    for column, (name, width) in enumerate(columns):
        sheet.write_string(len(head), column, name, bold)
        sheet.set_column(column, column, width)
    sheet.freeze_panes(len(head) + 1, 1)
    sheet.autofilter(len(head), 0, len(head) + len(message.alerts), len(columns) - 1)
    return len(head) + 1


def _put_row(sheet: "Worksheet", number: int, texts: "Sequence[str]", quoted: "Format") -> None:
    for column, text in enumerate(texts):
        shown = shorten(one_line(text), MAX_CELL)
        sheet.write_string(number, column, shown, quoted if shown.startswith(_FORMULA_STARTS) else None)


def _head(message: "Message") -> list[str]:
    frame = message.frame
    lines = (
        headline(frame, message.alerts),
        f"订阅：{subscriptions(frame)}",
        AGAIN if frame.repeated else "",
        left_out(frame),
        *(f"{name}：{url}" for name, url in leaving(frame, most=MOST_SECTIONS)),
        "" if frame.unsubscribe_url else NO_LINK,
    )
    return [line for line in lines if line]


def _row(alert: "Alert", told: str) -> tuple[str, ...]:
    item, publication = view(alert, told), alert.publication
    return (
        item.number,
        item.plain_title,
        item.applicants,
        " · ".join((*item.facts[:2], *([item.happened] if item.happened else []))),
        publication.application_number or "",
        "、".join(publication.ipc or publication.locarno),
        f"{alert.score:.2f}",
        "；".join(item.whys),
        *([item.told_for] if item.told_for else []),
    )
