"""Keywords as words: in every publication, or part of a longer word more often than not."""

from typing import TYPE_CHECKING

from services.matcher.health.finding import Code, Severity
from services.matcher.health.places import hits_within
from services.matcher.health.spelling import is_word
from services.matcher.health.terms import about
from shared.wire.profile import TermMatch
from shared.wording.said import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from services.matcher.health.asked import AskedRule, AskedTerm
    from services.matcher.health.finding import Finding
    from services.matcher.health.knowledge import Knowledge

COMMON = 0.15
"""A keyword that a larger share of publications holds separates nothing."""
MOSTLY = 0.8
"""A word that makes up more of a keyword's occurrences is what a reader will mostly get, or miss."""
FRAGMENT = 0.5
"""The same for a keyword that the dictionary does not know: it looks like a piece of that word."""
SURE = 5e-5
"""The shares of rarer words are guesses."""


def check_words(asked: "AskedRule", known: "Knowledge") -> "Iterator[Finding]":
    """Look at the keywords of a rule as words among words."""
    for term in asked.terms:
        if len(term.plain) < 2:  # noqa: PLR2004 - one character is told of as such
            continue
        share = known.shares[term.plain]
        if share >= COMMON:
            variant = "excluded" if term.group is None else ""
            said = say(Code.COMMON_TERM, variant, term=term.term.text, share=share)
            yield about(asked, term, Severity.WARNING, said, share=share)
        elif term.group is not None and term.term.match in (TermMatch.DEFAULT, TermMatch.FUZZY):
            yield from _check_holders(asked, term, known, share)


def _check_holders(asked: "AskedRule", term: "AskedTerm", known: "Knowledge", share: float) -> "Iterator[Finding]":
    """Look for one word that is most of what the keyword's characters are found in."""
    word = max(known.holders.get(term.plain, ()), key=lambda word: known.shares[word], default=None)
    if word is None or known.shares[word] < max(SURE, FRAGMENT * share):
        return
    part = min(1.0, known.shares[word] / share)
    if any(word in other.texts for other in asked.groups[term.group or 0]):
        return
    if hits_within(term, word):
        if part >= MOSTLY:
            said = say(Code.AFFIX_OF_WORDS, term=term.term.text, part=part, word=word)
            yield about(asked, term, Severity.HINT, said, suggestions=(word,), part=part)
    elif part >= MOSTLY or not is_word(term.plain):
        said = say(Code.INSIDE_WORDS, term=term.term.text, part=part, word=word)
        yield about(asked, term, Severity.HINT, said, suggestions=(word,), part=part)
