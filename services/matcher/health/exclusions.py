"""Excluded terms that shut out what the rule itself asks for."""

from typing import TYPE_CHECKING

from services.matcher.health.finding import Code, Finding, Severity
from services.matcher.health.places import LEAST_PLACE, hits_within
from services.matcher.health.terms import about
from shared.wire.profile import TermMatch
from shared.wording.said import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from services.matcher.health.asked import AskedRule, AskedTerm


def check_exclusions(asked: "AskedRule") -> "Iterator[Finding]":
    """Find the keyword groups that exclusions empty, and the keywords that they silence."""
    if not asked.none:
        return
    for number, group in enumerate(asked.groups):
        texts = [(term, text) for term in group for text in term.texts]
        killed = [(term, text, none) for term, text in texts if (none := _killer(asked, text))]
        if texts and len(killed) == len(texts):
            yield _emptied(asked, number, killed)
            continue
        for term, text, none in killed:
            said = say(Code.EXCLUDED_TERM, term=term.term.text)
            if none.plain != text:
                said = say(Code.EXCLUDED_TERM, "part", excluded=none.term.text, term=text)
            yield about(asked, term, Severity.WARNING, said)


def _killer(asked: "AskedRule", text: str) -> "AskedTerm | None":
    """Return the excluded term that is hit where this text stands."""
    return next((none for none in asked.none if hits_within(none, text)), None)


def _emptied(asked: "AskedRule", number: int, killed: "list[tuple[AskedTerm, str, AskedTerm]]") -> Finding:
    is_sure = all(_is_beyond_doubt(*kill) for kill in killed)
    words = tuple(dict.fromkeys(none.term.text for _, _, none in killed))
    return Finding(
        severity=Severity.ERROR if is_sure else Severity.WARNING,
        said=say(Code.EXCLUDED_GROUP, "" if is_sure else "nearly", excluded=words),
        rule=asked.number,
        group=number,
    )


def _is_beyond_doubt(term: "AskedTerm", text: str, none: "AskedTerm") -> bool:
    """Whether no text can hit the one without the other: what stands around a keyword may cut it otherwise."""
    if term.is_fuzzy:
        return False
    if none.term.match is TermMatch.ANYWHERE:
        return True
    return text in (none.plain, *none.synonyms) and LEAST_PLACE[none.term.match] <= LEAST_PLACE[term.term.match]
