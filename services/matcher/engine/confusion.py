"""Characters that are written for one another: by their sound, or because they are forms of one word."""

from collections import defaultdict
from enum import IntEnum
from functools import cache
from importlib.resources import files
from itertools import permutations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

NEGATIONS = frozenset("非无未不有没否勿莫毋免禁")
CONJUNCTIONS = frozenset("和与或及同跟并且而兼以")
NUMERALS = frozenset("〇零一二三四五六七八九十百千万亿两半单双第")
GRAMMAR = frozenset(
    "的式型用其该这那此在为得地被把向于所将再使时可是就也都还又从由对让给了着会如若因但各每某自则至到等"
)
"""What stands for its own sound in every other sentence: words of grammar, and the particles of variants."""
ELEMENTS = frozenset(
    "氢氦锂铍硼碳炭氮氧氟氖钠镁铝硅磷硫氯氩钾钙钪钛钒铬锰铁钴镍铜锌镓锗砷硒溴氪铷锶钇锆铌钼锝钌铑钯银镉铟锡锑碲碘氙铯钡镧铈镨钕钷钐铕钆铽镝"
    "钬铒铥镱镥铪钽钨铼锇铱铂金汞铊铅铋钋砹氡钫镭锕钍镤铀镎钚镅氕氘氚氨铵胺氰肽酞酮烷烯炔醇醛酚酸酯苯"
)
"""What a mix-up would make another substance of: elements, and kinds of compounds."""


class Likeness(IntEnum):
    """How alike two characters are; the closer the smaller.

    Attributes:
        FORM: forms of one word (碳 炭).
        SLIP: of one syllable and tone, or so alike to the eye that one is written for the other.
        SYLLABLE: of one syllable, in different tones.
    """

    FORM = 0
    SLIP = 1
    SYLLABLE = 2


def _lines(name: str) -> list[str]:
    text = files("services.matcher.resources").joinpath(name).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@cache
def drawn_alike() -> "Mapping[tuple[str, str], Likeness]":
    """Return the pairs of the table of graphic variants, both ways round."""
    kinds = {"=": Likeness.FORM, "~": Likeness.SLIP}
    lines = [line.split() for line in _lines("graphic_variants.txt")]
    return {pair: kinds[kind] for kind, *groups in lines for group in groups for pair in permutations(group, 2)}


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

    Nothing stands for a negation, a conjunction, a numeral or a word of grammar, nor one substance for another of its sound (硒 锡);
    forms of one word are forms all the same (三角形 三角型).
    """
    drawn = drawn_alike().get((one, other))
    never = NEGATIONS | CONJUNCTIONS | NUMERALS | GRAMMAR
    if drawn == Likeness.FORM or one == other:
        return drawn
    if one in never or other in never or (one in ELEMENTS and other in ELEMENTS):
        return None
    here, there = sounds().get(one, frozenset()), sounds().get(other, frozenset())
    if drawn == Likeness.SLIP or here & there:
        return Likeness.SLIP
    if {sound[:-1] for sound in here} & {sound[:-1] for sound in there}:
        return Likeness.SYLLABLE
    return None


@cache
def groups() -> "Mapping[str, frozenset[int]]":
    """Return numbered groups for each character; two characters that are alike have one in common, not the other way round."""
    members = [frozenset(pair) for pair in drawn_alike()]
    together: defaultdict[str, set[str]] = defaultdict(set)
    for character, readings in sounds().items():
        for reading in readings:
            together[reading[:-1]].add(character)
    members += map(frozenset, together.values())
    found: defaultdict[str, set[int]] = defaultdict(set)
    for number, group in enumerate(sorted(set(members), key=sorted)):
        for character in group:
            found[character].add(number)
    return {character: frozenset(numbers) for character, numbers in found.items()}


def pairs() -> "Mapping[tuple[str, str], Likeness]":
    """Return every ordered pair of different characters that are alike."""
    members: defaultdict[int, list[str]] = defaultdict(list)
    for character, numbers in groups().items():
        for number in numbers:
            members[number].append(character)
    candidates = {pair for group in members.values() for pair in permutations(group, 2)}
    return {pair: alike for pair in candidates if (alike := likeness(*pair)) is not None}
