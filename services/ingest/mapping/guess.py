"""A mapping file proposed for a table: by the names of its columns, and by what is in them."""

import re
import tempfile
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from services.ingest.containers import documents
from services.ingest.formats import LAYOUTS
from services.ingest.formats.tables.headers import HEADER_WITHIN_ROWS, is_table, tables_of
from services.ingest.formats.tables.layout import best_bound
from services.ingest.formats.tables.model import BrokenTableError
from services.ingest.mapping.contents import date_order_of, separator_of, share
from services.ingest.mapping.files import FIELDS, written_mapping
from services.ingest.mapping.names import fields_of
from services.ingest.normalise.ipc import ipc_symbols
from services.ingest.records import HEAD_BYTES, Document, Rejected, shown_name
from shared.errors import InvalidInputError

if TYPE_CHECKING:
    from services.ingest.formats.tables.model import Table, TableRow

SAMPLE_ROWS = 300
_MOST_SHEETS = 50
_BY_CONTENT_ALONE = frozenset({"publication_number", "ipc"})
_SEVERAL = frozenset({"ipc"})
_SURE_AS_FURTHER = 0.7
_SURE_BY_CONTENT, _POSSIBLE, _ENOUGH, _EMPTY = 0.8, 0.5, 0.35, 0.4


@dataclass(frozen=True, slots=True)
class Guess:
    """What is proposed.

    Attributes:
        toml: the mapping file.
        columns: field → names of its columns.
        known_as: name of the format that knows the table already; it needs no mapping then.
    """

    toml: str
    columns: dict[str, list[str]]
    known_as: str | None


def guess(path: Path) -> Guess:
    """Propose a mapping for the first table of a file.

    Raises:
        InvalidInputError: there is no table in it.
    """
    with tempfile.TemporaryDirectory(prefix="zhitui-") as spool:
        document = one_document(path, Path(spool))
        with document.open() as stream:
            head = stream.read(HEAD_BYTES)
        if not is_table(head):
            raise InvalidInputError(f"{path} 不是表格；可以用 xlsx、xls、网页表格、CSV 或 TSV 文件。")
        try:
            tables = [
                (table, list(islice(table.rows, HEADER_WITHIN_ROWS + SAMPLE_ROWS)))
                for table in islice(tables_of(document, head), _MOST_SHEETS)
            ]
        except BrokenTableError as error:
            raise InvalidInputError(str(error)) from error
    best = max((_header(table, rows) for table, rows in tables), key=lambda found: found[0], default=None)
    if best is None or not best[0]:
        raise InvalidInputError(f"{path} 里找不到表头：前 {HEADER_WITHIN_ROWS} 行里没有认得的列名，也没有公开号。")
    _, table, rows, at = best
    return _proposed(path, table, rows, at, only=len(tables) == 1)


def one_document(path: Path, spool: Path) -> Document:
    """Return the file as a document.

    Raises:
        InvalidInputError: it cannot be opened, or is an archive or a folder.
    """
    found = next(iter(documents(path, spool)), None)
    if isinstance(found, Rejected):
        raise InvalidInputError(f"{path}：{found.reason}")
    if found is None or found.location:
        raise InvalidInputError(f"{path} 是文件夹或压缩包；请给出其中的一个表格文件。")
    return found


def _header(table: "Table", rows: "list[TableRow]") -> "tuple[float, Table, list[TableRow], int]":
    """Return (how sure, …, index of the row) of the row that is most like a header."""
    scored = [
        (sum(max(fields_of(cell).values(), default=0.0) for cell in row.cells or ()), -at)
        for at, row in enumerate(rows[:HEADER_WITHIN_ROWS])
    ]
    score, at = max(scored, default=(0.0, 0))
    return score, table, rows, -at


def _proposed(path: Path, table: "Table", rows: "list[TableRow]", at: int, *, only: bool) -> Guess:
    header = rows[at].cells or []
    body = [row.cells for row in rows[at + 1 : at + 1 + SAMPLE_ROWS] if row.cells]
    cells = {
        name: [row[place] for row in body if place < len(row)]
        for place, name in enumerate(header)
        if name.strip() and header.index(name) == place
    }
    columns = _assigned(cells)
    known = best_bound(LAYOUTS, header)
    dated = [cell for field in ("published_on", "filed_on") for name in columns.get(field, ()) for cell in cells[name]]
    order, is_proved = date_order_of(dated)
    marks = [
        separator_of([cell for name in columns.get("ipc", ()) for cell in cells[name]], ipc_symbols),
        "、" if any("、" in cell for name in columns.get("applicants", ()) for cell in cells[name]) else "",
    ]
    notes = [f"由 zhitui mapping guess 根据 {shown_name(Path(path.name))} 提出，请核对后放进映射文件夹"]
    if not is_proved:
        notes.append("日期里日和月谁在前，从内容看不出来：请核对 date_order")
    notes += [f"没有找到 {field} 的列，请补上" for field in ("publication_number", "title") if field not in columns]
    numbers = [cell.strip() for name in columns.get("publication_number", ()) for cell in cells[name] if cell.strip()]
    if "kind" not in columns and any(number[-1:].isdigit() for number in numbers):
        notes.append("有的公开号没有种类码：若都是同一种，请在 [constants] 里写 kind，例如 B、U、S")
    toml = written_mapping(
        name=re.sub(r"[^a-z0-9._\-]+", "-", path.stem.lower()).strip("-._")[:40] or "table",
        sheet=None if only else table.name,
        separator=next(filter(None, marks), ""),
        date_order=order,
        columns=columns,
        notes=notes,
    )
    return Guess(toml, columns, known.layout.name if known else None)


def _assigned(cells: dict[str, list[str]]) -> dict[str, list[str]]:
    """Give each field its best column, surest first; a column holds one field."""
    offers = sorted(
        ((score, name, field) for name, some in cells.items() for field, score in _scores(name, some).items()),
        key=lambda offer: -offer[0],
    )
    columns: dict[str, list[str]] = {}
    taken: set[str] = set()
    for score, name, field in offers:
        is_further = field in columns
        if (
            name not in taken
            and score >= (_SURE_AS_FURTHER if is_further else _ENOUGH)
            and (not is_further or field in _SEVERAL)
        ):
            columns.setdefault(field, []).append(name)
            taken.add(name)
    return {field: columns[field] for field in FIELDS if field in columns}


def _scores(name: str, cells: list[str]) -> dict[str, float]:
    """Return how sure it is that a column holds a field: its name counts, unless its cells prove that it cannot."""
    by_name = fields_of(name)
    scores = {}
    is_filled = any(map(str.strip, cells))
    for field in {*by_name, *_BY_CONTENT_ALONE}:
        fits = share(field, cells)
        if fits is None:
            scores[field] = by_name.get(field, 0.0) * (1.0 if is_filled else _EMPTY)
        elif field in by_name and fits >= _POSSIBLE:
            scores[field] = (by_name[field] + fits) / 2
        elif field in _BY_CONTENT_ALONE and fits >= _SURE_BY_CONTENT:
            scores[field] = fits / 2
    return scores
