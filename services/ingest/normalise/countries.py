"""Which country an applicant sits in, as far as what is written proves it: two letters of WIPO ST.3.

Hong Kong, Macao and Taiwan have codes of their own there, as in all data that offices exchange.
"""

import re
from functools import cache

from services.ingest.normalise.divisions import Names, divisions, table_of
from services.ingest.resources import rows

_HOME = "CN"
_BY_PROVINCE = {"71": "TW", "81": "HK", "82": "MO"}
_FIRST_OF_OTHERS = min(_BY_PROVINCE)
_CODE = re.compile(r"(?<![A-Z])[A-Z]{2}(?![A-Z])")


def country_of_region(region: str) -> str:
    """Return the country of a Chinese division."""
    # By their codes those of the mainland come before all others, which is told without looking anything up.
    return _HOME if region < _FIRST_OF_OTHERS else _BY_PROVINCE.get(region[:2], _HOME)


def country_of_address(address: str) -> str | None:
    """Return the country whose name begins the address (法国巴黎)."""
    found = _names().at_start(address, 0)
    return found[0] if found else None


def told_country(said: str) -> str | None:
    """Return the country that a source's own word names: ``US``, ``美国;US``, ``日本``."""
    return next((code for code in _CODE.findall(said) if code in _codes()), None) or country_of_address(said.strip())


def country_of_name(name: str) -> str | None:
    """Return the country that an organisation's name begins with: its own, or that of a province or city in full.

    A city's short name proves nothing: 大同 is a city of Shanxi, and a firm of Taipei.
    """
    tables = divisions()
    found = (
        tables.provinces.at_start(name, 0)
        or tables.cities.at_start(name, 0)
        or tables.short_provinces.at_start(name, 0)
    )
    return country_of_region(found[0]) if found else country_of_address(name)


@cache
def _names() -> Names:
    """Return the table, read once."""
    return table_of([(code, name) for code, listed in rows("countries.tsv") for name in listed.split("|")])


@cache
def _codes() -> frozenset[str]:
    return frozenset(_names().codes.values())
