"""Which columns of an export hold what: one declaration an export."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from services.ingest.formats.tables.cells import NumberText
from services.ingest.normalise.record import RawRecord

NEEDED = ("publication_number", "title")
"""Fields without which a row is no record; a table whose header lacks them is not this layout's."""

_JOINED = frozenset({"ipc", "locarno"})
_SEVERAL = frozenset({"applicants", "addresses", "regions", "inventors", "ipc", "locarno"})
_SPACE = re.compile(r"\s+")
_LONGEST_NAME = 2000
_WITH_CHECK_DIGIT = re.compile(r"[0-9]{12}\.[0-9]|[0-9]{13}|[0-9]{8}\.[0-9]|[0-9]{9}")

Texts = dict[str, str]
"""Texts of one record by the fields of `RawRecord`."""


def _as_they_are(texts: Texts) -> Iterable[Texts]:
    return (texts,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The columns of one export.

    Attributes:
        name: ``Publication.source``.
        format_name: of the format that reads what is refused again; ``""`` when it has the same name.
        columns: field of `RawRecord` (or a name that ``finish`` takes out) → names of its columns; of several the first that holds something counts, but of
            classes all do, in this order.
        telltale: columns that only this export has; one of them must be there.
        needed: names of columns that must all be there, beyond number and title.
        others: further columns of the export; they tell it from others, and are not read.
        is_written_down: whether a person declared it: it counts before those that come with the program, and every
            field must have a column.
        sheet: name of the only sheet that it is for.
        header_row: number of the only row that may be its header.
        constants: what is the same for all rows, by field.
        kindless: see `RawRecord`.
        finish: makes records of a row's texts: mostly one; may raise `WrongRecordError`.
    """

    name: str
    format_name: str = ""
    columns: Mapping[str, Sequence[str]]
    telltale: Sequence[str] = ()
    needed: Sequence[str] = ()
    others: Sequence[str] = ()
    is_written_down: bool = False
    sheet: str | None = None
    header_row: int | None = None
    constants: Mapping[str, str] = field(default_factory=dict)
    kindless: bool = False
    finish: Callable[[Texts], Iterable[Texts]] = _as_they_are

    def may_begin(self, sheet: str, line: int) -> bool:
        """Whether the header may stand here."""
        return self.sheet in {None, sheet} and self.header_row in {None, line}

    def bind(self, header: Sequence[str]) -> "Bound | None":
        """Return how rows under this header are read; ``None`` when it is not this layout's."""
        places: dict[str, int] = {}
        for place, name in enumerate(map(column_name, header)):
            places.setdefault(name, place)
        found = {
            one: tuple(places[name] for name in map(column_name, names) if name in places)
            for one, names in self.columns.items()
        }
        if not all(found.get(one) or one in self.constants for one in NEEDED):
            return None
        if self.is_written_down and not all(found.values()):
            return None
        if self.telltale and not any(column_name(name) in places for name in self.telltale):
            return None
        if not all(column_name(name) in places for name in self.needed):
            return None
        known = {column_name(name) for names in (*self.columns.values(), self.others) for name in names}
        return Bound(self, {one: at for one, at in found.items() if at}, len(known & places.keys()))


class Bound:
    """A layout under one header.

    Attributes:
        rank: of several, the highest counts: written down by a person, then how many of the header's columns it knows.
        places: field → its columns, from 0.
    """

    def __init__(self, layout: Layout, places: Mapping[str, tuple[int, ...]], known: int) -> None:
        self.layout = layout
        self.rank = (layout.is_written_down, known)
        self.places = places
        self._width = max((at for some in places.values() for at in some), default=0) + 1
        self._single = [(name, some[0]) for name, some in places.items() if len(some) == 1]
        self._choice = [(name, some) for name, some in places.items() if len(some) > 1]

    def records(self, cells: list[str]) -> Iterable[RawRecord]:
        """Return the records of a row.

        Raises:
            WrongRecordError: it holds several that do not fit together.
        """
        if len(cells) < self._width:
            cells = cells + [""] * (self._width - len(cells))
        texts = {name: text for name, at in self._single if (text := cells[at])}
        for name, places in self._choice:
            if held := [text for at in places if (text := cells[at])]:
                texts[name] = ";".join(held) if name in _JOINED else held[0]
        if "application_number" in texts:
            texts["application_number"] = _typed(texts["application_number"])
        return map(self._record, self.layout.finish({**self.layout.constants, **texts}))

    def _record(self, texts: Texts) -> RawRecord:
        values: dict[str, Any] = {"publication_number": "", "title": "", **texts}
        for name in _SEVERAL & texts.keys():
            values[name] = (texts[name],)
        return RawRecord(source=self.layout.name, kindless=self.layout.kindless, **values)


def best_bound(layouts: Iterable[Layout], header: Sequence[str]) -> Bound | None:
    """Return how the layout reads rows under this header that knows it best; ``None`` when none does."""
    found = (bound for layout in layouts if (bound := layout.bind(header)) is not None)
    return max(found, key=lambda bound: bound.rank, default=None)


def _typed(text: str) -> str:
    """Return an application number; one that became a number only where nothing of it can be lost.

    ``2.01785E+11``, opened and saved again, is a number of twelve digits that looks like an application number. So one
    without its check digit proves nothing, nor does one that ends in zeros.
    """
    if not isinstance(text, NumberText):
        return text
    return text if _WITH_CHECK_DIGIT.fullmatch(text) and not text.endswith("0000") else ""


def column_name(text: str) -> str:
    """Return a column's name as it is compared: brackets of both widths, spaces and capitals make no difference."""
    # A longer text is a cell of some row in which a header is looked for, and not worth the memory.
    return _compared(text) if len(text) <= _LONGEST_NAME else text


@lru_cache(maxsize=4096)
def _compared(text: str) -> str:
    return _SPACE.sub("", unicodedata.normalize("NFKC", text)).casefold().strip("\ufeff\"'*:")


@dataclass(frozen=True, slots=True)
class Written:
    """Layouts that people wrote down.

    Attributes:
        is_only: whether nothing but these counts, as when somebody names one for a file.
    """

    layouts: tuple[Layout, ...] = ()
    is_only: bool = False


NOTHING_WRITTEN = Written()
