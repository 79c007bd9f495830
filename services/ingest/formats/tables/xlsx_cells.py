"""Cells of a sheet's XML: how programs write them, and where each belongs."""

import re
from functools import lru_cache
from itertools import count
from operator import itemgetter
from typing import TYPE_CHECKING

from lxml import etree

from services.ingest.formats.tables.model import MAX_COLUMNS
from services.ingest.formats.tables.xlsx_text import parsed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_REFERENCE = re.compile(r"([A-Z]+)[0-9]*")

Cell = tuple[str, str, str, str, str]
"""Letters of the column, style, type, value, text."""


def shared_pattern(p: str) -> "re.Pattern[str]":
    """Return what finds (column, number) of cells that name a shared string; ``p`` stands before all names."""
    return re.compile(rf'<{p}c r="([A-Z]+)[0-9]+"(?: s="[0-9]+")? t="s"><{p}v>([0-9]+)</{p}v></{p}c>')


def inline_pattern(p: str) -> "re.Pattern[str]":
    """Return what finds (column, text) of cells that hold their text."""
    return re.compile(
        rf'<{p}c r="([A-Z]+)[0-9]+"(?: s="[0-9]+")? t="inlineStr"><{p}is><{p}t(?: xml:space="preserve")?>([^<]*)</{p}t></{p}is></{p}c>'
    )


def any_pattern(p: str) -> "re.Pattern[str]":
    """Return what finds `Cell`s as nearly all programs write them."""
    return re.compile(
        rf'<{p}c r="([A-Z]{{1,3}})[0-9]+"(?: s="([0-9]+)")?(?: t="([a-zA-Z]+)")?(?:/>|>'
        rf"(?:<{p}f[^>]*/>|<{p}f[^>]*>[^<]*</{p}f>)?"
        rf"(?:<{p}v>([^<]*)</{p}v>|<{p}v/>|<{p}is><{p}t(?: [^>]*)?>([^<]*)</{p}t></{p}is>)?</{p}c>)"
    )


def parsed_cells(row: str, prefix: str) -> "Iterator[Cell]":
    """Read a row's cells through a parser."""
    column = -1
    for cell in parsed(row, prefix)[0]:
        if etree.QName(cell).localname != "c":
            continue
        reference = _REFERENCE.match(str(cell.get("r", "")))
        column = column_of(reference[1]) if reference else column + 1
        value = "".join(one.text or "" for one in cell.iterfind("{*}v"))
        inline = "".join(one.text or "" for one in cell.iterfind("{*}is//{*}t"))
        yield _letters(column), str(cell.get("s", "")), str(cell.get("t", "")), value, inline


@lru_cache(maxsize=4096)
def placing(letters: tuple[str, ...]) -> "Callable[[list[str]], tuple[str, ...]] | None":
    """Return what puts texts, behind which stands an empty one, into their columns; ``None`` if they are out of order."""
    columns = list(map(column_of, letters))
    if columns != sorted(set(columns)) or columns[-1] >= MAX_COLUMNS:
        return None
    at = dict(zip(columns, count(), strict=False))
    if columns == [0]:
        return lambda texts: (texts[0],)  # a getter of one item would return it bare
    return itemgetter(*(at.get(column, -1) for column in range(columns[-1] + 1)))


@lru_cache(maxsize=2048)
def column_of(letters: str) -> int:
    """Return the column, from 0, that letters name (``AA`` is 26)."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


@lru_cache(maxsize=2048)
def _letters(column: int) -> str:
    """Return the letters that name a column."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
