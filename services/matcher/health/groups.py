"""Keyword groups: the same term twice, a term that another already finds, groups that no longer are two conditions."""

from itertools import combinations
from typing import TYPE_CHECKING

from services.matcher.health.finding import Code, Finding, Severity
from services.matcher.health.terms import about
from shared.wording.said import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from services.matcher.health.asked import AskedRule, AskedTerm


def check_groups(asked: "AskedRule") -> "Iterator[Finding]":
    """Look at the keywords of each group beside each other, and at the groups beside each other."""
    for group in asked.groups:
        filled = [term for term in group if term.plain]
        first: dict[str, AskedTerm] = {}
        for term in filled:
            same = first.setdefault(term.plain, term)
            if same is not term:
                said = say(Code.DUPLICATE_TERM, term=term.term.text, other=same.term.text)
                yield about(asked, term, Severity.WARNING, said)
    for one_group, other_group in combinations(asked.groups, 2):
        again = {term.plain for term in one_group if term.plain}
        for term in other_group:
            if term.plain in again:
                said = say(Code.REPEATED_TERM, term=term.term.text, group=(one_group[0].group or 0) + 1)
                yield about(asked, term, Severity.WARNING, said)


def check_rules(rules: "Sequence[AskedRule]") -> "Iterator[Finding]":
    """Tell of rules that say the same."""
    first: dict[object, int] = {}
    for asked in rules:
        same = first.setdefault(asked.rule, asked.number)
        if same != asked.number:
            said = say(Code.DUPLICATE_RULE, rule=same + 1)
            yield Finding(severity=Severity.WARNING, said=said, rule=asked.number)
