"""Where most addresses lie is settled by their first characters; only the others need be read level by level."""

import re
from functools import cache
from typing import NamedTuple

from services.ingest.normalise.divisions import NONE, divisions
from services.ingest.normalise.places import places

CITY_LENGTH = 6
"""Characters of most provinces and cities, one behind the other: 广东省深圳市."""

_SETTLED_LENGTHS = (6, 7, 9, 10)
"""Of most that name a district: 北京市海淀区, 上海市浦东新区, 广东省深圳市南山区, 河北省石家庄市长安区."""

_CITY_DIGITS = 4
_BEFORE_DISTRICTS = r"区会城划辖\s,，"
"""What the name of a zone ends with, or what may be said between it and a district."""

_NOWHERE = "(?!)"


def settled(address: str, looked_at_characters: int) -> str | None:
    """Return the code of the deepest division that an address proves; ``None`` when its beginning does not tell.

    Args:
        address: without its postcode.
        looked_at_characters: behind so many, no name of a district counts.
    """
    beginning = _beginnings().get(address[:CITY_LENGTH])
    if beginning is None:
        return None
    code, city, behind = beginning
    if code := behind.get(address[CITY_LENGTH:9]) or code:
        return code
    if city is None:
        return behind.get(address[CITY_LENGTH:7]) or behind.get(address[CITY_LENGTH:10])
    anywhere, placed = districts_of(city)
    if not anywhere.search(address, CITY_LENGTH, looked_at_characters):
        return city
    if named := divisions().counties[city].at_start(address, CITY_LENGTH):
        return named[0]
    return None if placed.search(address, CITY_LENGTH, looked_at_characters) else city


class _Beginning(NamedTuple):
    """What the first characters of an address tell.

    Attributes:
        code: of the division that they prove, whatever follows.
        city: that they prove unless one of its districts follows, see `cities`.
        behind: what may follow and prove a division together with them → its code.
    """

    code: str | None
    city: str | None
    behind: dict[str, str]


@cache
def _beginnings() -> dict[str, _Beginning]:
    """Return the first characters of all that settles where an address lies → what they tell.

    Kept apart by them, what is asked of most addresses lies close together in memory: a few big cities, each with its districts.
    """
    found: dict[str, dict[str, str]] = {beginning: {} for beginning in cities()}
    for name, code in _settled().items():
        found.setdefault(name[:CITY_LENGTH], {})[name[CITY_LENGTH:]] = code
    return {
        beginning: _Beginning(behind.pop("", None), cities().get(beginning), behind)
        for beginning, behind in found.items()
    }


@cache
def _settled() -> dict[str, str]:
    """Return beginnings that prove their division whatever follows → its code.

    No longer name begins with them, and no table of places knows more of the division.
    """
    written = divisions().written_out.codes
    longer = {name[:length] for length in _SETTLED_LENGTHS for name in written if len(name) > length}
    return {
        name: code
        for name, code in written.items()
        if len(name) in _SETTLED_LENGTHS
        and name not in longer
        and code not in divisions().counties
        and code not in places()
    }


@cache
def cities() -> dict[str, str]:
    """Return beginnings that prove their city, unless the name of one of its districts follows → its code.

    No table of places knows more of the city.
    """
    written = divisions().written_out.codes
    return {
        name: code
        for name, code in written.items()
        if len(name) == CITY_LENGTH and code in divisions().counties and code not in places()
    }


class Districts(NamedTuple):
    """What finds the first two characters of any district of a city or province.

    Attributes:
        anywhere: wherever they stand.
        placed: where a district's name may begin: behind the city's own, behind a zone's, or behind what may stand between.
    """

    anywhere: re.Pattern[str]
    placed: re.Pattern[str]


@cache
def districts_of(code: str) -> Districts:
    """Return the patterns for a city or province."""
    tables = divisions()
    own = {
        name[-1]
        for names in (tables.cities, tables.short_cities_anywhere)
        for name, named in names.codes.items()
        if named == code
    }
    anywhere = "|".join(map(re.escape, tables.counties.get(code, NONE).lengths)) or _NOWHERE
    return Districts(re.compile(anywhere), re.compile(rf"(?<=[{_BEFORE_DISTRICTS}{''.join(own)}])(?:{anywhere})"))
