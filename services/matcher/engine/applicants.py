"""Applicants: a full legal name fits that company alone, anything shorter fits the company's brand or short name."""

import re
from functools import cache, lru_cache
from importlib.resources import files

from services.matcher.engine.text import normalise

_BRACKETS = str.maketrans({"〔": "(", "〕": ")", "[": "(", "]": ")", "【": "(", "】": ")"})
_NOISE = re.compile(r"[\s·・.,，。、\"'“”‘’\-]+")
_ORGANISATION = re.compile(
    r"(?:(?:股份|责任|集团|控股|有限)*(?:有限公司|股份公司|责任公司|集团公司|总公司|分公司|公司)|集团|股份|控股"
    r"|合作社|合伙|事务所|经营部|营业部|门市部|商行|商店|书店|研究院|研究所|科学院|实验室|大学|学院|学校|中学|医院|中心|协会|工作室|厂|店|行|部|馆|场|站|社)+$"
)
_LEGAL = re.compile(r"(?:公司|大学|学院|学校|研究院|研究所|科学院|医院|合作社|事务所)$")
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_KIND_OF_DIVISION = re.compile(r"^(?:特别行政区|自治区|自治州|自治县|开发区|高新区|新区|地区|省|市|区|县|镇|乡|街道)")
MIN_BRAND = 2


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(files("services.matcher.resources").joinpath(name).read_text("utf-8").split())


@lru_cache(maxsize=65536)
def legal_name(name: str) -> str:
    """Return a name in one spelling: width, case, script, brackets, blanks and 有限责任公司 / 有限公司 made one."""
    plain = _NOISE.sub("", normalise(name).translate(_BRACKETS))
    return plain.replace("有限责任公司", "有限公司")


def is_legal_name(pattern: str) -> bool:
    """Whether a pattern is a full name, which fits one company only."""
    return bool(_LEGAL.search(legal_name(pattern)))


@lru_cache(maxsize=65536)
def short_names(name: str) -> tuple[str, ...]:
    """Return the shorter forms a company goes by: without its legal form, without its place, and its brand, longest first."""
    stem = _ORGANISATION.sub("", _IN_BRACKETS.sub("", legal_name(name)))
    placeless = _without_place(stem)
    return tuple(dict.fromkeys(form for form in (stem, placeless, _without_trade(placeless)) if len(form) >= MIN_BRAND))


def brand(name: str) -> str:
    """Return the distinctive part of a company's name, empty when it has none.

    深圳市大疆创新科技有限公司 gives 大疆; 湖北塑胶跑道工程公司 gives nothing: place, trade and legal form are all there is.
    """
    placeless = _without_place(_ORGANISATION.sub("", _IN_BRACKETS.sub("", legal_name(name))))
    left = _without_trade(placeless)
    return left if len(left) >= MIN_BRAND else ""


def _without_place(stem: str) -> str:
    """Cut province, city and county off the front, each with or without 省, 市, 县."""
    divisions = _words("divisions.txt")
    for _ in range(4):
        for length in range(min(8, len(stem)), 1, -1):
            if stem[:length] in divisions:
                rest = stem[length:]
                stem = rest[len(found[0]) :] if (found := _KIND_OF_DIVISION.match(rest)) else rest
                break
        else:
            return stem
    return stem


def _without_trade(stem: str) -> str:
    """Cut the words that name a trade, or a place, off the end."""
    trade = _words("trade_words.txt") | _words("divisions.txt")
    while True:
        for length in range(min(8, len(stem)), 1, -1):
            if stem[-length:] in trade:
                stem = stem[:-length]
                break
        else:
            return stem


@lru_cache(maxsize=65536)
def keys(name: str) -> tuple[str, ...]:
    """Return the keys under which patterns may ask for this applicant."""
    return (f"={legal_name(name)}", *(f"~{short}" for short in short_names(name)))


def pattern_keys(pattern: str) -> tuple[str, ...]:
    """Return the keys of `keys` that a pattern asks for."""
    plain = legal_name(pattern)
    if not plain:
        return ()
    return (f"={plain}",) if is_legal_name(pattern) else (f"={plain}", f"~{plain}")


def fits(pattern: str, name: str) -> bool:
    """Whether a pattern, as its author wrote it, fits an applicant's name."""
    plain = legal_name(pattern)
    if not plain:
        return False
    return plain == legal_name(name) or (not is_legal_name(pattern) and plain in short_names(name))
