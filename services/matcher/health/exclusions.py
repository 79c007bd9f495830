"""Excluded terms that shut out what the rule itself asks for."""

from typing import TYPE_CHECKING

from services.matcher.health.finding import Code, Finding, Severity
from services.matcher.health.places import LEAST_PLACE, hits_within
from services.matcher.health.terms import about
from shared.wire.profile import TermMatch

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
            said = f"“{term.term.text}”既是关键词又被 none 排除，作为关键词永远不起作用，请删去一处"
            if none.plain != text:
                said = f"none 里的“{none.term.text}”是关键词“{text}”的一部分，会把它也排除掉，请把 none 写得更具体"
            yield about(asked, term, Code.EXCLUDED_TERM, Severity.WARNING, said)


def _killer(asked: "AskedRule", text: str) -> "AskedTerm | None":
    """Return the excluded term that is hit where this text stands."""
    return next((none for none in asked.none if hits_within(none, text)), None)


def _emptied(asked: "AskedRule", number: int, killed: "list[tuple[AskedTerm, str, AskedTerm]]") -> Finding:
    is_sure = all(_is_beyond_doubt(*kill) for kill in killed)
    words = "、".join(dict.fromkeys(none.term.text for _, _, none in killed))
    never = "规则永远不会成立" if is_sure else "规则几乎不会成立"
    return Finding(
        code=Code.EXCLUDED_GROUP,
        severity=Severity.ERROR if is_sure else Severity.WARNING,
        rule=asked.number,
        group=number,
        text=f"这一组的关键词都被 none 排除（{words}），{never}，请改 none 或这一组",
    )


def _is_beyond_doubt(term: "AskedTerm", text: str, none: "AskedTerm") -> bool:
    """Whether no text can hit the one without the other: what stands around a keyword may cut it otherwise."""
    if term.is_fuzzy:
        return False
    if none.term.match is TermMatch.ANYWHERE:
        return True
    return text in (none.plain, *none.synonyms) and LEAST_PLACE[none.term.match] <= LEAST_PLACE[term.term.match]
