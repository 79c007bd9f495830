"""Keywords that nobody writes so: a place where the characters never stand together, and what may have been meant."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from services.matcher.engine.confusion import groups, likeness
from services.matcher.engine.dictionary import dictionary
from services.matcher.engine.lexicon import ABSENT
from services.matcher.engine.rarity import shares
from services.matcher.engine.segment import HAN, character_class, tokens
from services.matcher.health.finding import Code, Severity
from services.matcher.health.latin import names_meant
from services.matcher.health.terms import about
from shared.wording.said import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from services.matcher.health.asked import AskedRule
    from services.matcher.health.finding import Finding
    from services.matcher.rings import Rings

NEVER_SEEN_PAIR = 1.2e-5
"""So rare are two neighbouring characters that no publication of the statistics held together."""
SEEN_PAIR = 5e-5
"""Two with a lower share were hardly ever seen together."""
FOLD = 5
"""What is suggested must be so many times as common, at the place that is changed."""
USUAL_PAIR, USUAL_FOLD = 3e-4, 10
"""else it must be so common there, and so many times as common."""
MOST_SUGGESTIONS = 3


@dataclass(frozen=True, slots=True)
class Doubt:
    """What speaks against a spelling.

    Attributes:
        place: the characters that never stand together.
        suggestions: spellings that do occur, the most common first; may be empty.
    """

    place: str
    suggestions: tuple[str, ...]


def check_spelling(asked: "AskedRule", rings: "Rings") -> "Iterator[Finding]":
    """Tell of keywords that hold characters which never stand together, and of Latin names with one slip."""
    for term in asked.terms:
        if names := names_meant(term.plain, rings):
            said = say(Code.UNSEEN_TERM, "latin", term=term.term.text, names=names)
            yield about(asked, term, Severity.HINT, said, suggestions=names)
        doubt = doubt_about(term.plain)
        if doubt is None:
            continue
        if doubt.suggestions:
            said = say(Code.UNSEEN_TERM, "meant", term=term.term.text, meant=doubt.suggestions)
            yield about(asked, term, Severity.WARNING, said, suggestions=doubt.suggestions)
        else:
            said = say(Code.UNSEEN_TERM, "pair", term=term.term.text, pair=doubt.place)
            yield about(asked, term, Severity.HINT, said)


@lru_cache(maxsize=65536)
def doubt_about(plain: str) -> Doubt | None:
    """Say what speaks against the spelling of a normalised keyword, ``None`` when nothing does."""
    kinds = {character_class(character) for character in plain}
    if kinds == {HAN} and len(plain) > 1:
        return _doubt_about_ideographs(plain)
    return None


def _doubt_about_ideographs(plain: str) -> Doubt | None:
    """Words of the dictionary are known to be written so; what is left over between them may not be."""
    left_over = _left_over(plain)
    if not left_over or is_word(plain):
        return None
    pairs_of_term = [plain[at : at + 2] for at in range(len(plain) - 1)]
    seen = shares(pairs_of_term).tolist()
    meant: dict[str, float] = {}
    doubtful = ""
    for at in left_over:
        beside = [pair for pair in (at - 1, at) if 0 <= pair < len(seen)]
        weakest = min(beside, key=lambda pair: seen[pair])
        if seen[weakest] >= SEEN_PAIR:
            continue
        meant |= _meant(plain, at, seen[weakest])
        if seen[weakest] <= NEVER_SEEN_PAIR and not _parts_words(plain, weakest):
            doubtful = doubtful or pairs_of_term[weakest]
    suggestions = tuple(sorted(meant, key=lambda text: -meant[text])[:MOST_SUGGESTIONS])
    return Doubt(doubtful, suggestions) if suggestions or doubtful else None


def _meant(plain: str, at: int, weakest: float) -> dict[str, float]:
    """Return the spellings with another character of the same sound or form in one place that do occur, with the share of the rarer pair there.

    Args:
        plain: the keyword.
        at: the place.
        weakest: the share of the rarer pair of characters there.
    """
    spellings = [plain[:at] + other + plain[at + 1 :] for other in alike(plain[at])]
    if not spellings:
        return {}
    starts = [start for start in (at - 1, at) if 0 <= start < len(plain) - 1]
    of_pairs = [shares([text[start : start + 2] for text in spellings]).tolist() for start in starts]
    known = {
        text: together
        for text, together in zip(spellings, map(min, zip(*of_pairs, strict=True)), strict=True)
        if together >= max(SEEN_PAIR, FOLD * weakest)
        and (together >= max(USUAL_PAIR, USUAL_FOLD * weakest) or _is_of_words(text, at))
    }
    if not known:
        return {}
    own, *others = shares([plain, *known]).tolist()
    return {text: known[text] for text, share in zip(known, others, strict=True) if share >= own}


def _is_of_words(plain: str, at: int) -> bool:
    return is_word(plain) if len(plain) == 2 else at not in _left_over(plain)  # noqa: PLR2004 - a pair is cut as one whatever it is


def _left_over(plain: str) -> list[int]:
    """Return where the characters stand that are in no word of the dictionary when the keyword is cut."""
    spans = [(start, end) for start, end in tokens(plain) if end - start == 1 or not is_word(plain[start:end])]
    return [at for start, end in spans for at in range(start, end)]


def _parts_words(plain: str, at: int) -> bool:
    """Whether the two characters from here on are a word, or one of them ends or begins one: such two may well meet anew."""
    return any(
        is_word(plain[max(start, 0) : start + 2])
        for start in (at - 1, at, at + 1)
        if len(plain[max(start, 0) : start + 2]) > 1
    )


def is_word(plain: str) -> bool:
    """Whether the dictionary knows a normalised text."""
    return dictionary().words.number(plain) != ABSENT


@lru_cache(maxsize=8192)
def alike(character: str) -> tuple[str, ...]:
    """Return the ideographs that are written for a character by mistake."""
    members = _members()
    together = {other for number in groups().get(character, ()) for other in members[number]}
    return tuple(sorted(other for other in together if likeness(character, other) is not None))


@cache
def _members() -> "Mapping[int, list[str]]":
    found: defaultdict[int, list[str]] = defaultdict(list)
    for character, numbers in groups().items():
        for number in numbers:
            found[number].append(character)
    return found
