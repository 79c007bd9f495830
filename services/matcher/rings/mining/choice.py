"""Which run of words is the term: agreement first, then usage and the letters of its abbreviation."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.matcher.rings.mining.long_form import is_formula, letters_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from services.matcher.rings.mining.runs import Run

AGREEING_PUBLICATIONS = 2
_AGREEING_SHARE = 0.5
_GREATEST_COST = 0
_DOING_COST = 2
_LACKING_COST = 3
_TOKENS_OF_A_NAME = 2
_CHARACTERS_PER_LETTER = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A run with what the stream says about it.

    Attributes:
        text: as written.
        is_free: it recurs in the stream behind other characters.
        publications: how many publications have it, at its end, under the same name; 0 when it is bounded in none of them: 分布层 ends
            both 再分布层 and 重分布层.
    """

    text: str
    run: "Run"
    publications: int
    is_free: bool


def choose(candidates: "Sequence[Candidate]", name: str, is_known: "Callable[[str, str], bool]") -> str | None:
    """Return the term that a name was given to, ``None`` when nothing is likely.

    In this order: what a ring holds together with the name; the longest on which at least two publications, and half of those that agree on
    any, agree; the cheapest, where a candidate costs what its words differ from the letters of the name, more when it begins with a word
    that usually stands before terms, less when it is bounded or stands elsewhere behind other words. A formula tells nothing of words:
    of its candidates the longest that is free is taken, else the longest.
    """
    for one in candidates:
        if is_known(one.text, name):
            return one.text
    most = max(one.publications for one in candidates)
    if most >= AGREEING_PUBLICATIONS:
        return next(
            one.text for one in candidates if one.publications >= max(AGREEING_PUBLICATIONS, most * _AGREEING_SHARE)
        )
    if is_formula(name):
        return next((one.text for one in candidates if one.is_free), candidates[0].text)
    words = letters_of(name) if name.isascii() else _TOKENS_OF_A_NAME
    cost, text = min(((_cost(one, words), one.text) for one in candidates), key=lambda costed: costed[0])
    return text if cost <= _GREATEST_COST else None


def _cost(one: Candidate, words: int) -> int:
    lacking = words - max(one.run.tokens, (len(one.text) + 1) // 2)
    length = max(_LACKING_COST * lacking - 2, one.run.tokens - words, 0)
    too_long = max(0, len(one.text) - words * _CHARACTERS_PER_LETTER)
    return length + too_long + _DOING_COST * one.run.begins_with_doing - one.run.is_bounded - one.is_free
