"""Names of companies: one spelling of each, and the shorter forms that people call it by.

深圳市大疆创新科技有限公司 is place + brand + trade + legal form; its shorter forms are 大疆创新科技, 大疆创新 and the brand, 大疆.
"""

import re
from functools import cache, lru_cache
from importlib.resources import files

from services.matcher.engine.text import normalise

MIN_BRAND = 2
_LONGEST_WORD = 8

_BRACKETS = str.maketrans({"〔": "(", "〕": ")", "[": "(", "]": ")", "【": "(", "】": ")"})
_NOISE = re.compile(r"[\s·・.,，。、\"'“”‘’\-?]+")
"""A question mark is what a feed makes of a character that it could not print."""
_GROUP_COMPANY = re.compile(r"集团(?:股份|有限|责任)*公司$")
_COMPANY = re.compile(r"(?<![分总])(?:股份|有限|责任)*公司$")
_ORGANISATION = re.compile(
    r"(?:(?:股份|责任|集团|控股|有限|两合)*(?:有限公司|股份公司|责任公司|集团公司|总公司|分公司|公司)|集团|股份|控股|株式会社"
    r"|合作社|合伙|事务所|经营部|营业部|门市部|加工坊|商行|商店|商场|书店|研究院|研究所|科学院|实验室|大学|学院|学校|中学|医院|中心|协会|工作室"
    r"|厂|店|行|部|馆|场|站|社|摊|坊|铺)+$"
)
_LEGAL = re.compile(r"^株式会社|(?:公司|大学|学院|学校|院|研究所|厂|合作社|事务所|株式会社|中心|实验室|供电局|部队)$")
_SIZE = re.compile(r"(?:集团|股份|控股)+$")
_INSTITUTION = re.compile(r"(?:大学|学院|学校|中学|小学|医院|研究院|研究所|科学院|设计院|实验室|中心|局|部队)$")
"""What is left of such a name without its place is no brand: 人民医院, 理工大学."""
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_KIND_OF_DIVISION = re.compile(r"^(?:特别行政区|自治区|自治州|自治县|地区|新区|省|市|区|县|镇|乡|街道)")
_ZONE = re.compile(
    r"^(?:国家级)?(?:(?:经济技术|高新技术产业|高新|经济|技术|产业|综合)*开发区|高新区|保税港?区|工业园区?|科技园区?|新区)"
)
_TOWN = re.compile(r"^[^镇乡]{1,3}(?:镇|乡|街道)(?=..)")


class _Words:
    """Words that may stand at one end of a name; a glance at two characters tells most that none does."""

    def __init__(self, words: frozenset[str], *, at_end: bool) -> None:
        self._words = words
        self._at_end = at_end
        self._two = frozenset(word[-2:] if at_end else word[:2] for word in words)

    def length(self, text: str) -> int:
        """Return the length of the longest word that stands at the end of a text, 0 for none."""
        if (text[-2:] if self._at_end else text[:2]) not in self._two:
            return 0
        for length in range(min(_LONGEST_WORD, len(text)), 1, -1):
            if (text[-length:] if self._at_end else text[:length]) in self._words:
                return length
        return 0


def _read(name: str) -> frozenset[str]:
    return frozenset(files("services.matcher.resources").joinpath(name).read_text("utf-8").split())


@cache
def _divisions() -> _Words:
    return _Words(_read("divisions.txt"), at_end=False)


@cache
def _towns() -> _Words:
    """Return the names of counties and districts without 县, 市, 区."""
    names = (name for name in _read("divisions.txt") if name[-1] in "县市区" and len(name) > MIN_BRAND)
    return _Words(frozenset(name[:-1] for name in names), at_end=False)


@cache
def _trades() -> _Words:
    return _Words(_read("trade_words.txt") | _read("company_words.txt") | _read("divisions.txt"), at_end=True)


@lru_cache(maxsize=65536)
def legal_name(name: str) -> str:
    """Return a name in one spelling: width, case, script, brackets, blanks; and the forms of a company made one.

    有限责任公司, 股份有限公司 and 公司 become 有限公司: a company that changes its form keeps the rest of its name, and no two of a
    place share it. 集团有限公司 becomes 集团公司, which is another company than the one without 集团.
    """
    plain = _NOISE.sub("", normalise(name).translate(_BRACKETS))
    if not plain.endswith("公司"):
        return plain
    group = _GROUP_COMPANY.sub("集团公司", plain)
    return group if group.endswith("集团公司") else _COMPANY.sub("有限公司", plain)


def is_legal_name(pattern: str) -> bool:
    """Whether a pattern is a full name, which fits one company only."""
    return bool(_LEGAL.search(legal_name(pattern)))


@lru_cache(maxsize=65536)
def short_names(name: str) -> tuple[str, ...]:
    """Return the shorter forms a company goes by, longest first: without legal form, without place, then word by word without its trade.

    Schools, hospitals and institutes have the first form only. A form that is nothing but a place is none.
    """
    stem = _stem(name)
    forms = [stem]
    if not _is_institution(name):
        for bare in _without_place(stem):
            forms += _without_trade(bare)
    return tuple(dict.fromkeys(form for form in forms if len(form) >= MIN_BRAND and not _is_place(form)))


def placeless(name: str) -> str:
    """Return a name without its legal form, what stands in brackets, and the places before it."""
    return _without_place(_stem(name))[0]


def without_group(pattern: str) -> str:
    """Return a pattern without the word that says it is large: 海尔 of 海尔集团, 大华 of 大华股份."""
    plain = legal_name(pattern)
    return _SIZE.sub("", plain) or plain


def brand(name: str) -> str:
    """Return the distinctive part of a company's name, empty when it has none.

    深圳市大疆创新科技有限公司 gives 大疆; 湖北塑胶跑道工程公司 gives nothing: place, trade and legal form are all there is.
    """
    left = _without_trade(_without_place(_stem(name))[-1])[-1]
    return left if len(left) >= MIN_BRAND else ""


def _is_institution(name: str) -> bool:
    return bool(_INSTITUTION.search(_IN_BRACKETS.sub("", legal_name(name))))


def _is_place(text: str) -> bool:
    return _divisions().length(text) == len(text)


@lru_cache(maxsize=4096)
def _stem(name: str) -> str:
    plain = legal_name(name)
    return _ORGANISATION.sub("", _IN_BRACKETS.sub("", plain) if "(" in plain else plain)


@lru_cache(maxsize=4096)
def _without_place(stem: str) -> tuple[str, ...]:
    """Return the stem without province, city, county and town at its front, each with or without 省, 市, 县.

    A county named without 县 or 市 is cut off in a second form only: too many of these names (长安, 东方) are brands, too.
    """
    rest = stem
    for _ in range(4):
        length = _divisions().length(rest)
        if not length:
            break
        rest = rest[length:]
        if found := _KIND_OF_DIVISION.match(rest):
            rest = rest[found.end() :]
    if rest != stem:
        rest = _TOWN.sub("", _ZONE.sub("", rest))
    length = _towns().length(rest)
    if length and len(_without_trade(rest[length:])[-1]) >= MIN_BRAND:
        return (rest, rest[length:])
    return (rest,)


def _without_trade(stem: str) -> list[str]:
    """Return the stem, then what is left as words that name a trade, or a place, are cut off its end one by one."""
    forms = [stem]
    while (length := _trades().length(stem)) and len(stem) - length != 1:
        stem = stem[:-length]
        forms.append(stem)
    return forms
