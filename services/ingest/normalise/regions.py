"""Which administrative division an address proves.

The address is read from its beginning, level by level; a level may be left out when the next one has only one possible
place. Development zones are no divisions: they are stepped over, and prove nothing. What is not there is not guessed:
``广州市天河软件园`` is 4401.
"""

import re

from services.ingest.normalise.divisions import NONE, Divisions, divisions

_LOOKED_AT_CHARACTERS = 40
"""No chain of province, city, zone and district is longer."""

_PREFIX = re.compile(r"(?:中华人民共和国|中国)?[\s,，]*")
_FILLER = re.compile(r"(?:市辖区|省直辖县级行政区划|自治区直辖县级行政区划|省直辖|[\s,，])+")
_ZONE = re.compile(
    r"[^区市县州盟路街道巷号镇乡村]{0,14}?(?:开发区|高新技术产业区|高新区|新区|自贸区|(?:自由贸易|保税港|综合保税|保税)(?:试验)?区|管委会|管理区|工业园区|产业园区|园区|示范区|新城)"
)
_CODE = re.compile(r"(?<![0-9])(?:[0-9]{6}|[0-9]{4}|[0-9]{2})(?![0-9])")
_PROVINCE_DIGITS = 2


def region_of(address: str | None) -> str | None:
    """Return the code of the deepest division that the address proves.

    Args:
        address: without its postcode.

    Returns:
        Six digits for a district, four for a city, two for a province, ``None`` when it proves none.
    """
    if not address:
        return None
    found = divisions().written_out.at_start(address, 0)
    return found[0] if found else walk(address[:_LOOKED_AT_CHARACTERS])


def told_region(said: str, proved: str | None) -> str | None:
    """Return what a source's own word for the region adds to what the address proves.

    Args:
        said: ``浙江;33``, ``440106``, ``广东省深圳市南山区``; other words (``US``) add nothing.
        proved: by the address. It stands unless the source's word lies inside it, or it is ``None``.
    """
    codes = (_trimmed(code) for code in _CODE.findall(said))
    told = next((code for code in codes if code in divisions().codes), None) or region_of(said.strip())
    return told if told is not None and (proved is None or told.startswith(proved)) else proved


def _trimmed(code: str) -> str:
    return code.removesuffix("00").removesuffix("00")


def walk(address: str) -> str | None:
    """Read an address level by level."""
    tables = divisions()
    prefix = _PREFIX.match(address)
    start = prefix.end() if prefix else 0
    code, at = _province_or_city(address, start, tables)
    if code is None:
        found = tables.counties_anywhere.at_start(address, start)
        return found[0] if found else None
    if len(code) == _PROVINCE_DIGITS:
        code, at = _city_below(address, at, code, tables)
    # A city may be said twice, and zones may come before the district.
    at = _skip(address, at)
    again = tables.cities.at_start(address, at)
    if again and again[0] == code:
        at = _skip(address, again[1])
    counties = tables.counties.get(code, NONE)
    found = counties.at_start(address, at)
    if not found and (zone := _ZONE.match(address, at)):
        found = counties.at_start(address, _skip(address, zone.end()))
    return found[0] if found else code


def _province_or_city(address: str, start: int, tables: Divisions) -> tuple[str | None, int]:
    """Return the province or city that the address begins with; full names before short ones (吉林市, 吉林)."""
    found = tables.provinces.at_start(address, start) or tables.cities.at_start(address, start)
    if found:
        return found
    found = tables.short_provinces.at_start(address, start)
    if found:
        return found
    found = tables.short_cities_anywhere.at_start(address, start)
    if found and tables.counties.get(found[0], NONE).at_start(address, found[1]):
        return found
    return None, start


def _city_below(address: str, at: int, province: str, tables: Divisions) -> tuple[str, int]:
    """Return the city after its province; the province itself when a district follows or nothing is known."""
    at = _skip(address, at)
    again = tables.provinces.at_start(address, at)
    if again and again[0] == province:
        at = _skip(address, again[1])
    found = tables.cities.at_start(address, at)
    if found and found[0].startswith(province):
        return found
    if tables.counties.get(province, NONE).at_start(address, at):
        return province, at
    return tables.short_cities.get(province, NONE).at_start(address, at) or (province, at)


def _skip(address: str, at: int) -> int:
    filler = _FILLER.match(address, at)
    return filler.end() if filler else at
