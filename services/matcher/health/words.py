"""Keywords as words: in every publication, or part of a longer word more often than not."""

from typing import TYPE_CHECKING

from services.matcher.health.finding import Code, Severity
from services.matcher.health.places import hits_within
from services.matcher.health.spelling import is_word
from services.matcher.health.terms import about
from shared.wire.profile import TermMatch

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
            text = f"约 {share:.0%} 的公开都有“{term.term.text}”，起不到筛选作用，请换成技术用语或删去"
            if term.group is None:
                text = f"约 {share:.0%} 的公开都有 none 里的“{term.term.text}”，会把它们全部排除，请写得更具体"
            yield about(asked, term, Code.COMMON_TERM, Severity.WARNING, text, share=share)
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
            text = f"“{term.term.text}”出现的地方约 {part:.0%} 是“{word}”，也算命中；不想要请把“match”设为“word”，或把“{word}”写进 none"
            yield about(asked, term, Code.AFFIX_OF_WORDS, Severity.HINT, text, suggestions=(word,), part=part)
    elif part >= MOSTLY or not is_word(term.plain):
        text = f"“{term.term.text}”出现的地方约 {part:.0%} 是“{word}”的一部分，不算命中；想要它们请另写“{word}”"
        yield about(asked, term, Code.INSIDE_WORDS, Severity.HINT, text, suggestions=(word,), part=part)
