"""Zones, towns, roads and campuses that lie in one district only: what an address proves that names no district.

Read from ``resources/places.tsv``, which tells its sources and its signs.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from services.ingest.resources import rows

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROVES_NOTHING = "-"
_AT_START = "^"
_CAME_FROM = "@"
_ROAD = re.compile("[东西南北中]?(?:路|大道|街|广场)")
_LOOKED_AT = 2
"""No name has fewer characters."""

_CITY_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Places:
    """The places of one city, or those of one district that went to another.

    Attributes:
        districts: name → code, ``None`` for a name that proves nothing.
        lengths: by the first two characters, how long names with that beginning are, longest first.
        firsts: finds the first characters.
        at_start: names that count at the beginning only, and not as a part of a road's.
    """

    districts: dict[str, str | None]
    lengths: dict[str, tuple[int, ...]]
    firsts: re.Pattern[str]
    at_start: frozenset[str]

    def prove(self, text: str) -> tuple[str, tuple[str, ...]] | None:
        """Return (code, the names that prove it); ``None`` when there is none, or when they name two districts."""
        names = tuple(dict.fromkeys(self._named(text)))
        proving = tuple(name for name in names if self.districts[name])
        codes = {self.districts[name] for name in proving}
        code = codes.pop() if len(codes) == 1 else None
        return (code, proving) if code else None

    def _named(self, text: str) -> "Iterator[str]":
        """Yield the names in a text, the longest at each place; none begins inside another."""
        behind = 0
        for first in self.firsts.finditer(text):
            at = first.start()
            lengths = self.lengths.get(text[at : at + _LOOKED_AT])
            if lengths is None or at < behind:
                continue
            name = next((one for length in lengths if self._counts(one := text[at : at + length], text, at)), "")
            if name:
                yield name
                behind = at + len(name)

    def _counts(self, name: str, text: str, at: int) -> bool:
        if name not in self.districts:
            return False
        return name not in self.at_start or (at == 0 and not _ROAD.match(text, len(name)))


@cache
def places() -> dict[str, Places]:
    """Return the tables, read once: by city, and by the district that places were taken from."""
    return _build(rows("places.tsv"))


def _build(table: list[list[str]]) -> dict[str, Places]:
    """Make the tables from rows of district code, source, optionally ``@`` and the former district, and names."""
    cities = {code[:_CITY_DIGITS] for code, *_ in table if code != _PROVES_NOTHING}
    names: dict[str, list[tuple[str, str | None]]] = {}
    for code, _source, *former, listed in table:
        if code == _PROVES_NOTHING:
            areas, district = sorted(cities), None
        else:
            areas, district = [former[0].removeprefix(_CAME_FROM) if former else code[:_CITY_DIGITS]], code
        for area in areas:
            names.setdefault(area, []).extend((name, district) for name in listed.split("|"))
    return {area: _places(listed) for area, listed in names.items()}


def _places(names: list[tuple[str, str | None]]) -> Places:
    districts = {name.removeprefix(_AT_START): code for name, code in names}
    anywhere = {name for name, _ in names if not name.startswith(_AT_START)}
    lengths: dict[str, set[int]] = {}
    for name in districts:
        lengths.setdefault(name[:_LOOKED_AT], set()).add(len(name))
    return Places(
        districts,
        {start: tuple(sorted(found, reverse=True)) for start, found in lengths.items()},
        re.compile(f"[{''.join(sorted({re.escape(start[0]) for start in lengths}))}]"),
        frozenset(districts.keys() - anywhere),
    )
