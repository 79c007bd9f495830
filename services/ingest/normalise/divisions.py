"""China's administrative divisions by name, made for looking up the beginning of an address."""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache

from shared.divisions import named

_PROVINCE_ENDINGS = ("特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省", "市")
_CITY_ENDINGS = ("市", "地区", "盟")
_COUNTY_ENDINGS = ("市", "县", "区")
_MUNICIPALITIES = frozenset({"11", "12", "31", "50"})

_SPLIT_SINCE = frozenset({"潮阳市", "余杭市", "余杭县", "莱芜市"})
"""Old names whose area is more than the district that carries the name today."""

_CITY_DIGITS = 4
_MIN_NAME = 2
"""No division has a shorter name, nor a stem that says anything."""

_MIN_WRITTEN_OUT = 5
"""No city with its county is shorter (``北京市`` and two characters)."""


@dataclass(frozen=True, slots=True)
class Names:
    """Divisions below one place: name → code. A name that stands for two places is left out.

    Attributes:
        lengths: by the first ``looked_at`` characters, how long names with that beginning are, longest first.
    """

    codes: dict[str, str] = field(default_factory=dict)
    lengths: dict[str, tuple[int, ...]] = field(default_factory=dict)
    looked_at: int = _MIN_NAME

    def at_start(self, text: str, start: int) -> tuple[str, int] | None:
        """Return (code, position after the name) of the longest name that stands at ``start``."""
        codes = self.codes
        for length in self.lengths.get(text[start : start + self.looked_at], ()):
            code = codes.get(text[start : start + length])
            if code is not None:
                return code, start + length
        return None


NONE = Names()


@dataclass(frozen=True, slots=True)
class Divisions:
    """All tables that an address is walked through.

    Attributes:
        provinces: full names.
        short_provinces: ``广东``, ``内蒙古``; also ``香港``.
        cities: full names of all cities, unique in the country.
        short_cities: by province, ``揭阳``.
        short_cities_anywhere: all of them.
        counties: by city, or by province: names unique within it, with their old forms (``增城市`` of ``增城区``).
        counties_anywhere: names unique in the country.
        beginnings: the first two characters of every name that an address may begin with.
        city_beginnings: of all cities' names, full and short.
        written_out: province and city in full, one behind the other, with the county or without: how nearly all
            addresses begin.
        present: code → the name that it has today.
    """

    provinces: Names
    short_provinces: Names
    cities: Names
    short_cities: dict[str, Names]
    short_cities_anywhere: Names
    counties: dict[str, Names]
    counties_anywhere: Names
    beginnings: frozenset[str]
    city_beginnings: frozenset[str]
    written_out: Names
    present: dict[str, str]


@cache
def divisions() -> Divisions:
    """Return the tables, read once."""
    return build_divisions(list(named()))


def build_divisions(named: list[tuple[str, str]]) -> Divisions:
    """Make the tables from (code, name) pairs; the length of a code is its level."""
    provinces = [row for row in named if len(row[0]) == 2]  # noqa: PLR2004 - provinces have two digits
    cities = [row for row in named if len(row[0]) == 4]  # noqa: PLR2004 - cities have four
    counties = [row for row in named if len(row[0]) == 6]  # noqa: PLR2004 - districts have six
    by_place = defaultdict(list)
    short_cities = defaultdict(list)
    city_stems = {code: _stem(name, _CITY_ENDINGS) for code, name in cities}
    for code, name in cities:
        short_cities[code[:2]].append((code, _stem(name, _CITY_ENDINGS)))
    for code, name in counties:
        for place in (code[:2],) if code[:2] in _MUNICIPALITIES else (code[:4], code[:2]):
            by_place[place].append((code, name))
    in_full = dict(provinces)
    written = [(code, in_full[code[:2]] + name) for code, name in cities]
    tables = {place: table_of(_with_old_forms(below, city_stems)) for place, below in by_place.items()}
    first = {
        "provinces": table_of(provinces),
        "short_provinces": table_of([(code, _stem(name, _PROVINCE_ENDINGS)) for code, name in provinces]),
        "cities": table_of(cities),
        "short_cities_anywhere": table_of([row for below in short_cities.values() for row in below]),
        "counties_anywhere": table_of(counties),
    }
    return Divisions(
        **first,
        beginnings=frozenset[str]().union(*(names.lengths for names in first.values())),
        city_beginnings=frozenset(first["cities"].lengths.keys() | first["short_cities_anywhere"].lengths.keys()),
        short_cities={province: table_of(below) for province, below in short_cities.items()},
        counties=tables,
        written_out=table_of(
            written + _written_out(dict(provinces) | dict(reversed(written)), tables), _MIN_WRITTEN_OUT
        ),
        present=dict(reversed(named)),  # former names come behind today's
    )


def _written_out(above: dict[str, str], counties: dict[str, Names]) -> list[tuple[str, str]]:
    return [
        (code, above[place] + name)
        for place, below in counties.items()
        if place in above and (len(place) == _CITY_DIGITS or place in _MUNICIPALITIES)
        for name, code in below.codes.items()
    ]


def _with_old_forms(counties: list[tuple[str, str]], city_stems: dict[str, str]) -> list[tuple[str, str]]:
    """Add what a district was called before it became a city or a district (增城市, 富阳市, 铜山县, 梅县)."""
    taken = {name for _, name in counties}
    old = []
    for code, name in counties:
        stem = _stem(name, _COUNTY_ENDINGS)
        # 新乡县 lies in 新乡市: its stem says nothing about the county.
        if stem == name or len(stem) < _MIN_NAME or stem in city_stems.values():
            continue
        forms = [stem] if stem.endswith("县") else [stem + ending for ending in _COUNTY_ENDINGS[:2]]
        old += [(code, form) for form in forms if form not in taken and form not in _SPLIT_SINCE]
    return counties + old


def _stem(name: str, endings: tuple[str, ...]) -> str:
    for ending in endings:
        if name.endswith(ending) and len(name) > len(ending):
            return name[: -len(ending)]
    return name


def table_of(named: list[tuple[str, str]], looked_at: int = _MIN_NAME) -> Names:
    """Make names for looking up from (code, name) pairs, none of them shorter than ``looked_at``."""
    codes: dict[str, str] = {}
    twice = set()
    for code, name in named:
        if codes.setdefault(name, code) != code:
            twice.add(name)
    for name in twice:
        del codes[name]
    lengths: dict[str, set[int]] = {}
    for name in codes:
        lengths.setdefault(name[:looked_at], set()).add(len(name))
    return Names(codes, {start: tuple(sorted(found, reverse=True)) for start, found in lengths.items()}, looked_at)
