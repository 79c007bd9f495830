"""Divisions as people know them: by name, one within the other."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from shared.divisions.table import named

CHINESE, ENGLISH = "zh", "en"
_CITY_DIGITS = 4

_IN_ENGLISH = {
    "11": "Beijing", "12": "Tianjin", "13": "Hebei", "14": "Shanxi", "15": "Inner Mongolia", "21": "Liaoning",
    "22": "Jilin", "23": "Heilongjiang", "31": "Shanghai", "32": "Jiangsu", "33": "Zhejiang", "34": "Anhui",
    "35": "Fujian", "36": "Jiangxi", "37": "Shandong", "41": "Henan", "42": "Hubei", "43": "Hunan",
    "44": "Guangdong", "45": "Guangxi", "46": "Hainan", "50": "Chongqing", "51": "Sichuan", "52": "Guizhou",
    "53": "Yunnan", "54": "Tibet", "61": "Shaanxi", "62": "Gansu", "63": "Qinghai", "64": "Ningxia",
    "65": "Xinjiang", "71": "Taiwan", "81": "Hong Kong", "82": "Macao",
}  # fmt: skip
"""Provinces; cities and districts keep their Chinese names."""


@dataclass(frozen=True, slots=True)
class Division:
    """A province, city, district or county.

    Attributes:
        code: 2, 4 or 6 digits.
        name: its own, as it is called today: 天河区.
        former: what its parts were called that were dissolved into it.
        above: its province and city, the province first; of a municipality's district the municipality alone.
        children: how many divisions lie directly in it.
    """

    code: str
    name: str
    former: tuple[str, ...]
    above: "tuple[Division, ...]"
    children: int

    def called(self, language: str = CHINESE) -> str:
        """Return the name: of a district with its city, of a city alone (广州市天河区); in English with the province."""
        if language == ENGLISH:
            province, *rest = (*self.above, self)
            return " ".join((_IN_ENGLISH[province.code], "".join(one.name for one in rest))).rstrip()
        return "".join(one.name for one in (*self.above, self)[-2:]) if self._is_district else self.name

    def short(self, language: str = CHINESE) -> str:
        """Return the own name, for where it is plain what it lies in."""
        return _IN_ENGLISH.get(self.code, self.name) if language == ENGLISH else self.name

    @property
    def _is_district(self) -> bool:
        return len(self.code) > _CITY_DIGITS


def division(code: str) -> Division | None:
    """Return the division of a code (``440000`` is ``44``, ``4401*`` is ``4401``); ``None``: there is none."""
    digits = code.strip().removesuffix("*")
    found = _all().get(digits)
    while found is None and digits.endswith("00"):
        digits = digits[:-2]
        found = _all().get(digits)
    return found


def called(code: str, language: str = CHINESE) -> str:
    """Return what a code is called; the code itself where nothing is called so."""
    found = division(code)
    return found.called(language) if found else code


def provinces() -> tuple[Division, ...]:
    """Return the provinces, by code."""
    return _below()[""]


def below(code: str) -> tuple[Division, ...]:
    """Return the divisions that lie directly in one, by code; ``""``: the provinces."""
    return _below().get(code, ())


@cache
def _all() -> dict[str, Division]:
    names: defaultdict[str, list[str]] = defaultdict(list)
    for code, name in named():
        names[code].append(name)
    inside: defaultdict[str, int] = defaultdict(int)
    for code in names:
        inside[_parent(code, names)] += 1
    found: dict[str, Division] = {}
    for code in sorted(names, key=len):
        above = found.get(_parent(code, names))
        name, *former = names[code]
        found[code] = Division(code, name, tuple(former), (*above.above, above) if above else (), inside[code])
    return found


def _parent(code: str, names: dict[str, list[str]]) -> str:
    """Return the code of what a division lies in: a municipality's districts, and some counties, lie in no city."""
    return next((code[:digits] for digits in (_CITY_DIGITS, 2) if len(code) > digits and code[:digits] in names), "")


@cache
def _below() -> dict[str, tuple[Division, ...]]:
    found: defaultdict[str, list[Division]] = defaultdict(list)
    for _, one in sorted(_all().items()):
        found[one.above[-1].code if one.above else ""].append(one)
    return {code: tuple(inside) for code, inside in found.items()}
