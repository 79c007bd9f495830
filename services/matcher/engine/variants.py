"""The specification of variants, executable: which windows of a text say a term in other characters, slow and obvious.

A window runs from a token boundary to a token boundary. It holds letters, digits, ideographs and what the term itself holds
besides, so it never leaves its clause. It is a variant when exactly one of the deviations below makes the term into it.
"""

from enum import IntEnum
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from services.matcher.engine.confusion import CONJUNCTIONS, NEGATIONS, Likeness, likeness
from services.matcher.engine.dictionary import dictionary
from services.matcher.engine.lexicon import ABSENT
from services.matcher.engine.segment import HAN, LETTER, character_class, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

SHORTEST, LONGEST = 3, 32
"""Characters of a term that has variants; shorter ones have too little left, longer ones are sentences."""
MOST_INSERTED = 2
PARTICLES = ("的", "式", "型", "用")
SHORTEST_SWAPPED = 2
"""Characters of each of two words that may be swapped."""
SHORTEST_WORD = 6
"""Letters of a Latin word that may hold a slip."""
BARRED = frozenset("其该这那此在被把于所将从由让给了着则之为等来使第")
JOINERS = frozenset(
    [
        "进行",
        "实现",
        "获得",
        "获取",
        "通过",
        "具有",
        "包括",
        "包含",
        "采用",
        "设有",
        "设置",
        "位于",
        "形成",
        "能够",
        "可以",
        "用来",
        "用以",
        "相关",
        "多个",
        "至少",
        "以及",
        "并且",
        "而且",
        "同时",
        *"同跟并且而兼以",
    ]
)
"""What joins two words into a clause where an insertion would qualify one of them."""
HEADS = frozenset(
    "置器件法机体统料物板架具面线点层片道管气质环位轮头率水箱膜素术像状基离床门极泵池酯络炉室座镜胶筒组槽套灯盖网盒柜塞端部锁表盐粒维柱科纸垫"
    "刀封剂性计仪椅壳杯鞋衣车罐桶瓶缸塔棒针链壁鸡相鞘"
)
"""What names of things end with: another one at a term's end is another thing."""
THINGS = frozenset(
    "备构置统艺端架人床机具片胎板站线车辆土筋芯子针术序程棚栅纤器仪台件座阀泵灯箱柜桶罐壳管轮路达型体材料品组块门网户"
)
"""What names of made things end with; swapped with another word, one names another thing (驱动电机, 电机驱动)."""
COMMON_COST = 15_650
"""Millinats; dearer words are too rare to be read by accident. Anything from 12,500 to 20,000 measures the same."""
LONGEST_COMMON = 4
LATIN = frozenset("abcdefghijklmnopqrstuvwxyz")


class Level(IntEnum):
    """How much a subscriber lets pass; what passes at a level passes at those above."""

    NORMAL = 1
    LOOSE = 2


def variants_in(text: str, boundaries: "AbstractSet[int]", term: str, level: Level) -> list[tuple[int, int]]:
    """Return start and end of each window that is a variant of a term, in order.

    Args:
        text: normalised, one text.
        boundaries: where its tokens begin and end.
        term: normalised.
        level: what passes.
    """
    reach = range(1, len(term) + MOST_INSERTED + 1)
    return [
        (start, start + length)
        for start in sorted(boundaries)
        for length in reach
        if start + length in boundaries
        and (found := level_of(text, boundaries, start, start + length, term)) is not None
        and found <= level
    ]


def level_of(text: str, boundaries: "AbstractSet[int]", start: int, end: int, term: str) -> Level | None:
    """Return the lowest level at which the window ``text[start:end]`` is a variant of the term, ``None`` when it is none."""
    window = text[start:end]
    if not SHORTEST <= len(term) <= LONGEST or window == term:
        return None
    inner = {boundary - start for boundary in boundaries if start < boundary < end}
    found = [
        *_inserted(window, inner, term),
        *_dropped(window, term),
        *_swapped(window, term),
        *_replaced(window, term),
        *_mistyped(window, term),
    ]
    return min(found, default=None)


def similarity(term: str, window: str) -> float:
    """Return how much of the characters of two normalised texts they share in order (rapidfuzz ``ratio``), 0..1 in four decimals."""
    return round(fuzz.ratio(term, window) * 100) / 10_000


def _inserted(window: str, inner: "AbstractSet[int]", term: str) -> "Iterator[Level]":
    """One or two ideographs more than the term, strictly inside."""
    more = len(window) - len(term)
    if not 1 <= more <= MOST_INSERTED:
        return
    cut = word_starts(term)
    for at in range(1, len(term)):
        piece = window[at : at + more]
        if window != term[:at] + piece + term[at:] or _one_run(term[at - 1], term[at]) or not insertable(piece):
            continue
        before, after = at in inner, at + more in inner
        deep = 2 <= at <= len(term) - 2  # noqa: PLR2004 - two characters on either side
        near = at in cut or (after and deep) or (more == 1 and at == len(term) - 1)
        if (piece in PARTICLES and (at in cut or deep)) or (before and at > 1 and near):
            yield Level.NORMAL
        elif before or after or at in cut or piece in PARTICLES:
            yield Level.LOOSE


def insertable(piece: str) -> bool:
    """Say whether a piece may qualify a word: ideographs, no negation, nothing that joins two things or makes a clause."""
    return all(map(may_qualify, piece)) and piece not in JOINERS


def may_qualify(character: str) -> bool:
    """Say whether an insertion may hold a character."""
    return character_class(character) == HAN and character not in NEGATIONS | CONJUNCTIONS | BARRED


def _dropped(window: str, term: str) -> "Iterator[Level]":
    """A particle less than the term, strictly inside."""
    for at in range(1, len(term) - 1):
        if term[at] in PARTICLES and window == term[:at] + term[at + 1 :] and not _one_run(term[at - 1], term[at + 1]):
            yield Level.NORMAL if len(term) > SHORTEST else Level.LOOSE


def _swapped(window: str, term: str) -> "Iterator[Level]":
    """The two words that the term's own cut gives, the other way round."""
    if (halves := swapped(term)) is not None and window == "".join(halves):
        yield swapped_level(halves)


def swapped_level(halves: tuple[str, str]) -> Level:
    """Return the lowest level at which two swapped words count."""
    return Level.LOOSE if any(word[-1] in THINGS for word in halves) else Level.NORMAL


def swapped(term: str) -> tuple[str, str] | None:
    """Return the two words of a term the other way round; ``None`` when it has not two, or when that changes nothing.

    A word of grammar is not a word to swap (用于|检测).
    """
    cut = word_starts(term)
    if len(cut) != 1 or not (CONJUNCTIONS | BARRED).isdisjoint(term):
        return None
    first, second = term[: cut[0]], term[cut[0] :]
    if min(len(first), len(second)) < SHORTEST_SWAPPED or first == second:
        return None
    return second, first


def _replaced(window: str, term: str) -> "Iterator[Level]":
    """One character that is written for another; a step further away when that makes another word, or another thing."""
    if len(window) != len(term):
        return
    different = [at for at in range(len(term)) if term[at] != window[at]]
    if len(different) != 1:
        return
    at = different[0]
    alike = likeness(term[at], window[at])
    if alike is None:
        return
    if alike == Likeness.FORM:
        yield Level.NORMAL
        return
    slip = _has_word(term, at) and not _has_word(window, at) and not (at == len(term) - 1 and window[at] in HEADS)
    if alike == Likeness.SLIP:
        yield Level.NORMAL if slip else Level.LOOSE
    elif slip:
        yield Level.LOOSE


def _has_word(text: str, at: int) -> bool:
    """Say whether a common word of two to four characters lies over a character."""
    return any(
        _is_common(text[start:end])
        for start in range(max(0, at - LONGEST_COMMON + 1), at + 1)
        for end in range(max(at + 1, start + 2), min(len(text), start + LONGEST_COMMON) + 1)
    )


def _is_common(word: str) -> bool:
    known = dictionary()
    number = known.words.number(word)
    return number != ABSENT and known.costs[number] <= COMMON_COST


def _mistyped(window: str, term: str) -> "Iterator[Level]":
    """One letter's slip in a long Latin word: another letter, one more, one less, or two neighbours exchanged."""
    for start, end in latin_words(term):
        word, rest = term[start:end], term[end:]
        if not (window.startswith(term[:start]) and window.endswith(rest)):
            continue
        typed = window[start : len(window) - len(rest)]
        if typed == word or not LATIN.issuperset(typed):
            continue
        for at in range(len(word) + 1):
            if typed in _slips(word, typed, at):
                yield Level.NORMAL if at else Level.LOOSE


def latin_words(term: str) -> list[tuple[int, int]]:
    """Return (start, end) of each run of letters and digits that has letters of English only, and six at least."""
    return [
        (start, end)
        for start, end in tokens(term)
        if end - start >= SHORTEST_WORD and LATIN.issuperset(term[start:end])
    ]


def _slips(word: str, typed: str, at: int) -> set[str]:
    """Return what a slip of the finger at one letter makes of a word, if ``typed`` is among it."""
    head, here, tail = word[:at], word[at : at + 1], word[at + 1 :]
    one_more = {head + letter + here + tail for letter in LATIN}
    other = {head + letter + tail for letter in LATIN if here}
    exchanged = {head + tail[:1] + here + tail[1:]}
    return {slip for slip in (one_more | other | exchanged | {head + tail}) if slip == typed}


def word_starts(term: str) -> list[int]:
    """Return where the words of a term begin, the first left out.

    The term's own cut says; a single token of four ideographs is cut in its middle when both halves are common words (数据处理).
    """
    cut = tokens(term)
    if len(cut) == 1 and len(term) == 2 * SHORTEST_SWAPPED and _is_common(term[:2]) and _is_common(term[2:]):
        return [2]
    return [start for start, _ in cut[1:]]


def _one_run(before: str, after: str) -> bool:
    """Say whether two characters belong to one run of letters and digits, which nothing parts."""
    return character_class(before) == character_class(after) == LETTER
