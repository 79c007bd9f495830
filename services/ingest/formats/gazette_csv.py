"""CNIPA gazette tables as CSV (docs/sources.md, "Gazette CSV")."""

from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING

from services.ingest.formats.csv_rows import PROBLEMS, Row, Rows, Stretch
from services.ingest.formats.lines import UTF8_BOM, decode_lines, encoding_of, newline_of
from services.ingest.normalise.columns import Columns, publications_of
from services.ingest.normalise.numbers import WrongRecordError
from services.ingest.normalise.record import MAX_TITLE_CHARACTERS, RawRecord, publication_of, somebody_listens
from services.ingest.records import Document, Item, Items, Parsed, Rejected

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shared.wire.publication import Publication

NAME = "gazette-csv"

COLUMNS = (
    "name",
    "authorization_notice_id",
    "authorized_announcement_date",
    "filing_id",
    "filing_date",
    "patentee",
    "designer",
    "address",
    "Int.Cl.",
)
_REQUIRED = frozenset({"name", "authorization_notice_id", "authorized_announcement_date", "patentee"})
_TELLTALE_COLUMNS = 3
_OTHER_BEGINNINGS = (b"<", b"{", b"[")
"""Of XML and JSON, most files of a package: they need not be cut into cells."""


def recognises(head: bytes) -> bool:
    """Whether the first line names at least three of the gazette's columns."""
    if head[:64].removeprefix(UTF8_BOM).lstrip().startswith(_OTHER_BEGINNINGS):
        return False
    return len(set(COLUMNS).intersection(_header_cells(head))) >= _TELLTALE_COLUMNS


def read(document: Document, head: bytes) -> Items:
    """Yield the publications of a gazette table, row by row."""
    header = _header_cells(head)
    if problem := _header_problem(header):
        yield document.refuse(*problem, format_name=NAME)
        return
    encoding, newline = encoding_of(head), newline_of(head)
    reader = _RowReader(header, encoding, document)
    with document.open() as stream:
        rows = Rows(stream, document.spool, encoding, newline)
        rows.take()  # the header
        yield from chain.from_iterable(map(reader.items, rows.pieces()))


class _RowReader:
    """Turns rows under one header into publications."""

    def __init__(self, header: "Sequence[str]", encoding: str, document: Document) -> None:
        self._width = len(header)
        self._pick = itemgetter(*(header.index(name) if name in header else -1 for name in COLUMNS))
        self._prefix = f"{document.location} line ".lstrip()
        self._context = {"header": ",".join(header), "encoding": encoding}

    def items(self, piece: Row | Stretch) -> "Iterable[Item]":
        """Read a row; or many at once, and of them those one by one that are in any way odd."""
        if isinstance(piece, Row):
            return (self.item(piece),)
        if somebody_listens():
            return map(self.item, piece.rows())
        columns = piece.all_columns(self._width)
        are_all = columns is not None
        columns = piece.columns(self._width) if columns is None else columns
        may_be_overlong = piece.has_line_over(MAX_TITLE_CHARACTERS)
        found: Iterable[Publication | None] = (
            publications_of(self._columns(columns), NAME, may_be_overlong=may_be_overlong) if columns else ()
        )
        if not are_all:
            of_width = iter(found)
            found = [next(of_width) if width == self._width else None for width in piece.widths]
        items = [
            self._odd(piece, line) if one is None else Parsed(one, f"{self._prefix}{line}")
            for line, one in enumerate(found, piece.line)
        ]
        return filter(None, items)

    def _odd(self, stretch: Stretch, line: int) -> Item | None:
        row = stretch.row(line)
        return None if row is None else self.item(row)

    def _columns(self, columns: list[list[str]]) -> Columns:
        columns.append([""] * len(columns[0]))  # what a missing column (-1) reads
        name, number, date, filing, filed, patentee, designer, address, classes = self._pick(columns)
        return Columns(
            publication_number=number,
            title=name,
            published_on=date,
            filed_on=filed,
            application_number=filing,
            applicants=patentee,
            addresses=address,
            inventors=designer,
            ipc=classes,
        )

    def item(self, row: Row) -> Item:
        """Read one row."""
        cells = row.cells
        if cells is None:
            return self._refuse(row, row.problem, PROBLEMS[row.problem])
        if len(cells) != self._width:
            if len(cells) < self._width or any(map(str.strip, cells[self._width :])):
                return self._refuse(
                    row,
                    "wrong-cell-count",
                    f"这一行有 {len(cells)} 列，表头有 {self._width} 列；请检查是否缺列或单元格里有未加引号的逗号。",
                )
            cells = cells[: self._width]
        try:
            return Parsed(publication_of(self._raw(cells)), f"{self._prefix}{row.line}")
        except WrongRecordError as error:
            return self._refuse(row, error.code, str(error))

    def _raw(self, cells: list[str]) -> RawRecord:
        cells.append("")  # what a missing column (-1) reads
        name, number, date, filing, filed, patentee, designer, address, classes = self._pick(cells)
        return RawRecord(
            source=NAME,
            publication_number=number,
            title=name,
            published_on=date,
            filed_on=filed,
            application_number=filing,
            applicants=(patentee,),
            addresses=(address,),
            inventors=(designer,),
            ipc=(classes,),
        )

    def _refuse(self, row: Row, code: str, reason: str) -> Rejected:
        return Rejected(
            raw=row.raw,
            location=f"{self._prefix}{row.line}",
            reason_code=code,
            reason=reason,
            format=NAME,
            context=self._context,
        )


def _header_cells(head: bytes) -> list[str]:
    newline = newline_of(head)
    for line in head.removeprefix(UTF8_BOM).split(newline, 20)[:20]:
        text = decode_lines(line, "utf-8", newline)[0]
        if text and text.strip():
            return [cell.strip().strip('"').strip() for cell in text.strip().split(",")]
    return []


def _header_problem(header: "Sequence[str]") -> tuple[str, str] | None:
    known = [name for name in header if name in COLUMNS]
    if len(known) != len(set(known)):
        twice = sorted({name for name in known if known.count(name) > 1})
        return "duplicate-column", f"表头里有重复的列：{'、'.join(twice)}；请删去重复的列后重新放入。"
    if missing := sorted(_REQUIRED.difference(known)):
        return "missing-column", f"表头缺少列：{'、'.join(missing)}；请补上后重新放入。"
    return None
