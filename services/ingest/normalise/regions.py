"""Which administrative division an address proves.

The address is read from its beginning, level by level; a level may be left out when the next one has only one possible
place. Development zones are no divisions: they are stepped over. Where no district is named, a zone, town or road that
lies in one district only proves it (`places`: 广州市天河软件园 is 440106). What is not there is not guessed.
"""

import re
from typing import NamedTuple

from services.ingest.normalise.beginnings import CITY_LENGTH, cities, districts_of, settled
from services.ingest.normalise.divisions import NONE, Divisions, divisions
from services.ingest.normalise.places import places

_LOOKED_AT_CHARACTERS = 40
"""No chain of province, city, zone and district is longer."""

_SEARCHED_CHARACTERS = 200
"""Behind them no address goes on; so many are searched for places."""

_PREFIX = re.compile(r"(?:中华人民共和国|中国)?[\s,，]*")
_FILLER = re.compile(r"(?:市辖区|省直辖县级行政区划|自治区直辖县级行政区划|省直辖|[\s,，])+")
_FILLER_STARTS = frozenset("市省自")
_ZONE = re.compile(
    r"[^区市县州盟路街道巷号镇乡村]{0,14}?(?:开发区|高新技术产业区|高新区|新区|自贸区|(?:自由贸易|保税港|综合保税|保税)(?:试验)?区|管委会|管理区|工业园区|产业园区|园区|示范区|新城)"
)
_CODE = re.compile(r"(?<![0-9])(?:[0-9]{6}|[0-9]{4}|[0-9]{2})(?![0-9])")
_BEFORE_NAMES = frozenset("中,，")
"""What may stand before the first name, besides white space (`_PREFIX`)."""

_PROVINCE_DIGITS = 2
_DISTRICT_DIGITS = 6


class Proof(NamedTuple):
    """Why an address lies where it is said to.

    Attributes:
        code: six digits for a district, four for a city, two for a province, ``None`` when the address proves none.
        words: of the address, that say so.
        rule: for people: what kind of table they were found in.
    """

    code: str | None
    words: str
    rule: str


BY_NAME = "区划名称表"
BY_PLACE = "地名表（园区、镇街、道路）"
BY_MOVE = "区划调整表"
BY_SOURCE = "来源自带的地区"
UNPROVEN = "地址不能证明"


def region_of(address: str | None) -> str | None:
    """Return the code of the deepest division that the address proves, as `prove` does."""
    if not address:
        return None
    if code := settled(address, _LOOKED_AT_CHARACTERS):
        return code
    found = _found(address)
    # Most lie where no place can tell more.
    return _prove(address, found).code if found[0] in places() else found[0]


def _found(address: str) -> tuple[str | None, int]:
    """Return (code, where the name of its division ends)."""
    tables = divisions()
    if city := cities().get(address[:CITY_LENGTH]):
        return _below(address[:_LOOKED_AT_CHARACTERS], CITY_LENGTH, city, tables)
    written = tables.written_out.at_start(address, 0)
    if written is not None:
        code, at = written
        return written if len(code) == _DISTRICT_DIGITS else _below(address[:_LOOKED_AT_CHARACTERS], at, code, tables)
    first = address[:1]
    if address[:2] not in tables.beginnings and first not in _BEFORE_NAMES and not first.isspace():
        return None, 0
    return _walk(address[:_LOOKED_AT_CHARACTERS], tables)


def prove(address: str) -> Proof:
    """Return what an address, without its postcode, proves, and by which words."""
    return _prove(address, _found(address))


def _prove(address: str, found: tuple[str | None, int]) -> Proof:
    code, end = found
    if code is None:
        return Proof(None, "", UNPROVEN)
    # Keyed by city where no district was found, by district where towns went to another one.
    table = places().get(code)
    if table is not None and (proved := table.prove(address[end : end + _SEARCHED_CHARACTERS])):
        return Proof(proved[0], " ".join(proved[1]), BY_PLACE if len(code) < len(proved[0]) else BY_MOVE)
    return Proof(code, address[:end].rstrip(), BY_NAME)


def told_region(said: str, proof: Proof) -> Proof:
    """Return what stands when a source has its own word for the region.

    Args:
        said: ``浙江;33``, ``440106``, ``广东省深圳市南山区``; other words (``US``) add nothing.
        proof: of the address. It stands unless the source's word lies inside it, or names another district than one
            that only the table of places told of.
    """
    codes = (_trimmed(code) for code in _CODE.findall(said))
    told = next((code for code in codes if code in divisions().present), None) or region_of(said.strip())
    if told is None or told == proof.code:
        return proof
    weak = proof.rule == BY_PLACE and len(told) == _DISTRICT_DIGITS
    if proof.code is None or told.startswith(proof.code) or weak:
        return Proof(told, said.strip(), BY_SOURCE)
    return proof


def _trimmed(code: str) -> str:
    return code.removesuffix("00").removesuffix("00")


def _walk(address: str, tables: Divisions) -> tuple[str | None, int]:
    """Read an address level by level; return (code, where the name of its division ends)."""
    prefix = _PREFIX.match(address)
    start = prefix.end() if prefix else 0
    first, at = _province_or_city(address, start, tables)
    if first is None:
        return tables.counties_anywhere.at_start(address, start) or _zone_of_a_city(address, start, tables)
    code, at = _city_below(address, at, first, tables) if len(first) == _PROVINCE_DIGITS else (first, at)
    return _below(address, at, code, tables)


def _below(address: str, at: int, code: str, tables: Divisions) -> tuple[str, int]:
    """Read on behind a city, or a province; return (code of the district, else its own, where the name ends)."""
    # A city may be said twice, and zones may come before the district.
    ahead = _skip(address, at)
    again = tables.cities.at_start(address, ahead)
    if again and again[0] == code:
        ahead = _skip(address, again[1])
    anywhere, placed = districts_of(code)
    if not anywhere.search(address, ahead):
        return code, ahead
    counties = tables.counties[code]
    found = counties.at_start(address, ahead) or _behind_short_city(address, ahead, code, tables)
    if not found and placed.search(address, ahead) and (zone := _ZONE.match(address, ahead)):
        found = counties.at_start(address, _skip(address, zone.end()))
    return found or (code, ahead)


def _behind_short_city(address: str, at: int, code: str, tables: Divisions) -> tuple[str, int] | None:
    """Return the district behind the city's short name, said again (广州市广州黄埔区)."""
    again = tables.short_cities_anywhere.at_start(address, at)
    return tables.counties.get(code, NONE).at_start(address, again[1]) if again and again[0] == code else None


def _zone_of_a_city(address: str, start: int, tables: Divisions) -> tuple[str | None, int]:
    """Return the city whose short name begins the name of a zone (广州高新技术产业开发区)."""
    city = tables.short_cities_anywhere.at_start(address, start)
    if city and city[0] in places() and _ZONE.match(address, city[1]):
        return city[0], start
    return None, start


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
    if address[at : at + 1].isalnum() and address[at] not in _FILLER_STARTS:
        return at
    filler = _FILLER.match(address, at)
    return filler.end() if filler else at
