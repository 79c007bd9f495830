"""Zones, towns, roads and campuses that lie in one district only: what an address proves that names no district.

Read from ``resources/places.tsv``, which tells its sources and its signs.
"""

import re
from dataclasses import dataclass
from functools import cache

from services.ingest.resources import rows

_PROVES_NOTHING = "-"
_AT_START = "^"
_CAME_FROM = "@"
_NO_ROAD = r"(?![东西南北中]?(?:路|大道|街|广场))"
_CITY_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Places:
    """The places of one city, or those of one district that went to another.

    Attributes:
        pattern: finds their names, longest first; those in the group ``start`` count at the beginning only.
        districts: name → code, ``None`` for a name that proves nothing.
    """

    pattern: "re.Pattern[str]"
    districts: dict[str, str | None]

    def prove(self, text: str) -> tuple[str, tuple[str, ...]] | None:
        """Return (code, the names that prove it); ``None`` when there is none, or when they name two districts."""
        names = tuple(dict.fromkeys(match[0] for match in self.pattern.finditer(text)))
        proving = tuple(name for name in names if self.districts[name])
        codes = {self.districts[name] for name in proving}
        code = codes.pop() if len(codes) == 1 else None
        return (code, proving) if code else None


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
    listed = sorted(names, key=lambda pair: (-len(pair[0].removeprefix(_AT_START)), pair[0]))
    parts = [
        rf"\A{re.escape(name.removeprefix(_AT_START))}{_NO_ROAD}" if name.startswith(_AT_START) else re.escape(name)
        for name, _ in listed
    ]
    return Places(re.compile("|".join(parts)), {name.removeprefix(_AT_START): code for name, code in listed})
