"""Single keywords: nothing left to look for, too short, several in one, varied although too short, in a ring anyway."""

import re
from typing import TYPE_CHECKING

from services.matcher.engine.variants import SHORTEST
from services.matcher.health.finding import Code, Finding, Severity
from shared.wire.profile import Fuzziness, TermMatch
from shared.wording.said import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from services.matcher.health.asked import AskedRule, AskedTerm
    from shared.wording.said import Said

_IN_A_LIST = re.compile(r"\s*[,;、|。]\s*|(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])|\s+(?:or|and|not)\s+")
_WILDCARDS = re.compile(r"[*?$%#]+")


def check_terms(asked: "AskedRule") -> "Iterator[Finding]":
    """Look at each keyword of a rule by itself."""
    for term in asked.terms:
        yield from _check_writing(asked, term)
        for written, plain in zip((term.term.text, *term.term.synonyms), (term.plain, *term.synonyms), strict=True):
            if not plain:
                yield about(asked, term, Severity.ERROR, say(Code.EMPTY_TERM, term=written))
            elif len(plain) == 1:
                said = say(Code.SHORT_TERM, "excluded" if term.group is None else "", term=written)
                yield about(asked, term, Severity.WARNING, said)
        if term.term.match is TermMatch.FUZZY and 0 < len(term.plain) < SHORTEST:
            yield about(asked, term, Severity.HINT, say(Code.SHORT_FUZZY_TERM, term=term.term.text, least=SHORTEST))
        known = tuple(w for w, plain in zip(term.term.synonyms, term.synonyms, strict=True) if plain in term.ring)
        if known:
            yield about(asked, term, Severity.HINT, say(Code.RING_SYNONYM, term=term.term.text, synonyms=known))


def _check_writing(asked: "AskedRule", term: "AskedTerm") -> "Iterator[Finding]":
    """Tell of a list, or of a pattern as search engines know it, in the place of one keyword: a text must hold it to the letter."""
    parts = tuple(dict.fromkeys(part for part in _IN_A_LIST.split(term.plain) if part))
    if len(parts) > 1:
        said = say(Code.LISTED_TERM, term=term.term.text, parts=parts)
        yield about(asked, term, Severity.WARNING, said, suggestions=parts)
    elif (bare := _WILDCARDS.sub("", term.plain)) != term.plain and bare:
        said = say(Code.LISTED_TERM, "wildcard", term=term.term.text, bare=bare)
        yield about(asked, term, Severity.WARNING, said, suggestions=(bare,))


def check_fuzziness(rules: "Sequence[AskedRule]") -> "Iterator[Finding]":
    """Tell when a whole profile asks for variants and has no term long enough to have any."""
    if not rules or rules[0].profile.fuzziness is Fuzziness.OFF:
        return
    longest = max((len(term.plain) for asked in rules for group in asked.groups for term in group), default=0)
    if 0 < longest < SHORTEST:
        yield Finding(severity=Severity.HINT, said=say(Code.SHORT_FUZZY_TERM, "profile", least=SHORTEST))


def about(
    asked: "AskedRule",
    term: "AskedTerm",
    severity: Severity,
    said: "Said",
    *,
    suggestions: tuple[str, ...] = (),
    **numbers: float,
) -> Finding:
    """Return a finding about one keyword."""
    return Finding(
        severity=severity,
        said=said,
        rule=asked.number,
        group=term.group,
        term=term.term.text,
        numbers=numbers,
        suggestions=suggestions,
    )
