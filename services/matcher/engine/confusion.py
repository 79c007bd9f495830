"""Characters that are written for one another: by their sound, or because they are forms of one word."""

from collections import defaultdict
from enum import IntEnum
from functools import cache
from importlib.resources import files
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    Points = NDArray[np.uint32]

_BASIC_PLANE = 0x10000
_POINT_BITS, _POINT_MASK = 21, 0x1FFFFF

NEGATIONS = frozenset("非无未不有没否勿莫毋免禁")
CONJUNCTIONS = frozenset("和与或及")
NUMERALS = frozenset("〇零一二三四五六七八九十百千万亿两半单双第")
GRAMMAR = frozenset(
    "的式型用其该这那此在为得地被把向于所将再使时可是就也都还又从由对让给了着会如若因但各每某自则至到等"
)
"""What stands for its own sound in every other sentence: words of grammar, and the particles of variants."""
NEVER = NEGATIONS | CONJUNCTIONS | NUMERALS | GRAMMAR
"""What stands for nothing else, and nothing else for it, unless they are forms of one word."""
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
    if drawn == Likeness.FORM or one == other:
        return drawn
    if one in NEVER or other in NEVER or (one in ELEMENTS and other in ELEMENTS):
        return None
    here, there = sounds().get(one, frozenset()), sounds().get(other, frozenset())
    if drawn == Likeness.SLIP or here & there:
        return Likeness.SLIP
    if {sound[:-1] for sound in here} & {sound[:-1] for sound in there}:
        return Likeness.SYLLABLE
    return None


@cache
def spoken() -> "Mapping[str, frozenset[str]]":
    """Return the characters of each reading, and of each syllable in whatever tone."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for character, readings in sounds().items():
        for reading in readings:
            found[reading].add(character)
            found[reading[:-1]].add(character)
    return {sound: frozenset(characters) for sound, characters in found.items()}


@cache
def groups() -> "Mapping[str, Mapping[int, int]]":
    """Return for each character its numbered groups, and its rank in each, from 1.

    Two characters that are alike have a group in common; not all that have one are alike.
    """
    members = [characters for sound, characters in spoken().items() if not sound[-1].isdigit()]
    members += map(frozenset, drawn_alike())
    found: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for number, group in enumerate(sorted(map(sorted, set(members)))):
        for rank, character in enumerate(group, 1):
            found[character][number] = rank
    return dict(found)


def pairs() -> "tuple[Points, Points, NDArray[np.uint8]]":
    """Return every pair that is alike, as `likeness` says, at once: what is written, what it may stand for, how alike; in order."""
    syllables = [characters for sound, characters in spoken().items() if not sound[-1].isdigit()]
    readings = [characters for sound, characters in spoken().items() if sound[-1].isdigit()]
    drawn = {kind: [frozenset(pair) for pair, found in drawn_alike().items() if found == kind] for kind in Likeness}
    found = [
        (_all_pairs(syllables), Likeness.SYLLABLE, True),
        (_all_pairs(readings + drawn[Likeness.SLIP]), Likeness.SLIP, True),
        (_all_pairs(drawn[Likeness.FORM]), Likeness.FORM, False),
    ]
    kept = [codes[_may_be_alike(codes)] if limited else codes for codes, _, limited in found]
    codes = np.concatenate(kept)
    alike = np.repeat(np.array([kind for _, kind, _ in found], np.uint8), [len(some) for some in kept])
    order = np.lexsort((alike, codes))
    codes, alike = codes[order], alike[order]
    first = np.append(True, codes[1:] != codes[:-1])
    codes, alike = codes[first], alike[first]
    return (codes >> _POINT_BITS).astype(np.uint32), (codes & _POINT_MASK).astype(np.uint32), alike


def _all_pairs(groups: "Iterable[Iterable[str]]") -> "NDArray[np.int64]":
    """Return every ordered pair of two different members of a group, as one number."""
    found = []
    for group in groups:
        points = np.array([ord(character) for character in group], np.int64)
        codes = (points[:, np.newaxis] << _POINT_BITS) | points
        found.append(codes[~np.eye(len(points), dtype=np.bool_)])
    return np.concatenate(found)


def _may_be_alike(codes: "NDArray[np.int64]") -> "NDArray[np.bool_]":
    """Say which pairs hold nothing that never stands for another, and are not two substances."""
    never, substance = np.zeros((2, _BASIC_PLANE), np.bool_)
    never[[ord(character) for character in NEVER]] = True
    substance[[ord(character) for character in ELEMENTS]] = True
    one, other = codes >> _POINT_BITS, codes & _POINT_MASK
    allowed: NDArray[np.bool_] = ~(never[one] | never[other] | (substance[one] & substance[other]))
    return allowed
