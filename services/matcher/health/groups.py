"""Keyword groups: the same term twice, a term that another already finds, groups that no longer are two conditions."""

from itertools import combinations
from typing import TYPE_CHECKING

from services.matcher.health.finding import Code, Finding, Severity
from services.matcher.health.terms import about

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
                text = f"“{same.term.text}”和“{term.term.text}”是同一个词，请删去一个"
                yield about(asked, term, Code.DUPLICATE_TERM, Severity.WARNING, text)
    for one_group, other_group in combinations(asked.groups, 2):
        again = {term.plain for term in one_group if term.plain}
        for term in other_group:
            if term.plain in again:
                text = f"“{term.term.text}”也在第 {(one_group[0].group or 0) + 1} 组里：有它一个词，两组就都满足，“并且”不起作用；请只留在一组"
                yield about(asked, term, Code.REPEATED_TERM, Severity.WARNING, text)


def check_rules(rules: "Sequence[AskedRule]") -> "Iterator[Finding]":
    """Tell of rules that say the same."""
    first: dict[object, int] = {}
    for asked in rules:
        same = first.setdefault(asked.rule, asked.number)
        if same != asked.number:
            text = f"和第 {same + 1} 条规则完全相同，请删去一条"
            yield Finding(code=Code.DUPLICATE_RULE, severity=Severity.WARNING, rule=asked.number, text=text)
