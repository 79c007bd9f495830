"""Characters that are written for one another: by their sound, or because they are forms of one word."""

from collections import defaultdict
from enum import IntEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

NEGATIONS = frozenset("非无未不有没否勿莫毋免禁")
CONJUNCTIONS = frozenset("和与或及同跟并且而兼以")
NUMERALS = frozenset("〇零一二三四五六七八九十百千万亿两半单双")
ELEMENTS = frozenset(
    "氢氦锂铍硼碳炭氮氧氟氖钠镁铝硅磷硫氯氩钾钙钪钛钒铬锰铁钴镍铜锌镓锗砷硒溴氪铷锶钇锆铌钼锝钌铑钯银镉铟锡锑碲碘氙铯钡镧铈镨钕钷钐铕钆铽镝"
    "钬铒铥镱镥铪钽钨铼锇铱铂金汞铊铅铋钋砹氡钫镭锕钍镤铀镎钚镅氕氘氚氨氰"
)
"""What a mix-up would make another substance of."""


class Likeness(IntEnum):
    """How alike two characters are; the closer the smaller.

    Attributes:
        FORM: forms of one word, or taken for one another in writing (碳 炭).
        SOUND: of one syllable and tone.
        SYLLABLE: of one syllable, in different tones.
    """

    FORM = 0
    SOUND = 1
    SYLLABLE = 2


def _lines(name: str) -> list[str]:
    text = files("services.matcher.resources").joinpath(name).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@cache
def forms() -> "Mapping[str, frozenset[str]]":
    """Return for each character those that are forms of it, itself included."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for group in _lines("graphic_variants.txt"):
        for character in group:
            found[character].update(group)
    return {character: frozenset(group) for character, group in found.items()}


@cache
def sounds() -> "Mapping[str, frozenset[str]]":
    """Return the common readings of each character as syllable and tone, ``ji1``."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for line in _lines("sounds.txt"):
        syllable, _, characters = line.partition(" ")
        for character in characters:
            found[character].add(syllable)
    return {character: frozenset(readings) for character, readings in found.items()}


def likeness(one: str, other: str) -> Likeness | None:
    """Say how alike two different characters are; ``None``: one never stands for the other.

    A negation, a conjunction or a numeral is never taken for anything, nor one chemical element for another of its sound
    (硒 锡, 钠 纳 is a slip, though).
    """
    never = NEGATIONS | CONJUNCTIONS | NUMERALS
    if one == other or one in never or other in never:
        return None
    if other in forms().get(one, ()):
        return Likeness.FORM
    if one in ELEMENTS and other in ELEMENTS:
        return None
    here, there = sounds().get(one, frozenset()), sounds().get(other, frozenset())
    if here & there:
        return Likeness.SOUND
    if {sound[:-1] for sound in here} & {sound[:-1] for sound in there}:
        return Likeness.SYLLABLE
    return None


def pairs() -> "Mapping[tuple[str, str], Likeness]":
    """Return every ordered pair of different characters that are alike."""
    together: defaultdict[str, set[str]] = defaultdict(set)
    for character, readings in sounds().items():
        for reading in readings:
            together[reading[:-1]].add(character)
    groups = [*together.values(), *(set(group) for group in forms().values())]
    return {
        (one, other): found
        for group in groups
        for one in group
        for other in group
        if (found := likeness(one, other)) is not None
    }
