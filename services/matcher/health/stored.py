"""What stored publications show of a profile's terms, exclusions and fields."""

import math
from typing import TYPE_CHECKING

from services.matcher.engine.rarity import RAREST, THOUSANDTHS
from services.matcher.health.finding import Code, Finding, Severity
from services.matcher.health.measured import rule_probe, term_probe, unexcluded_probe
from services.matcher.health.terms import about
from shared.wire.profile import TermMatch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from services.matcher.health.asked import AskedRule, AskedTerm
    from services.matcher.health.knowledge import Knowledge
    from services.matcher.health.measured import Measured

ENOUGH_PUBLICATIONS = 10_000
"""From so many on, none of them is worth telling."""
ENOUGH_WEEKS = 4
"""And spread over so many weeks, a profile that none of them matched is worth telling."""
ENOUGH_HITS = 10
"""From so many publications on, a share of them is worth telling."""
UNSEEN = 1.05 * math.exp(-RAREST / THOUSANDTHS)
"""The share of what the shipped statistics have not seen either."""
FEW = 0.5
MOST = 0.8


def check_stored(rules: "Sequence[AskedRule]", known: "Knowledge") -> "Iterator[Finding]":
    """Compare a profile with what was counted, if anything was."""
    measured = known.measured
    if measured is None:
        return
    for asked in rules:
        yield from _check_exclusion(asked, measured)
        yield from _check_hits(asked, known, measured)
    profile = rules[0].profile
    if measured.publications >= ENOUGH_HITS and not any(measured.with_field[name] for name in profile.fields):
        if all(asked.groups for asked in rules):
            names = "、".join(_FIELDS[name] for name in profile.fields)
            text = f"已入库的公开都没有{names}，关键词永远不会命中；请在 fields 里加上 title"
            yield Finding(code=Code.MISSING_FIELD, severity=Severity.WARNING, text=text)
    elif _is_silent(measured, profile.id):
        text = f"已入库的 {measured.publications:,} 件公开里一件也没有命中；请减少关键词组，或给每组多写几个说法"
        yield Finding(
            code=Code.SILENCE, severity=Severity.HINT, text=text, numbers={"publications": measured.publications}
        )


def _is_silent(measured: "Measured", profile_id: str) -> bool:
    is_enough = measured.publications >= ENOUGH_PUBLICATIONS and len(measured.full_weeks) >= ENOUGH_WEEKS
    return is_enough and not measured.matches[profile_id].total()


_FIELDS = {"title": "标题", "abstract": "摘要", "claim": "权利要求"}


def _check_exclusion(asked: "AskedRule", measured: "Measured") -> "Iterator[Finding]":
    found = measured.counts[unexcluded_probe(asked.profile, asked.number)]
    left = measured.counts[rule_probe(asked.profile, asked.number)]
    if found >= ENOUGH_HITS and found - left >= MOST * found:
        part = (found - left) / found
        text = f"这条规则在已入库的公开里找到 {found} 件，none 排除了其中 {found - left} 件（{part:.0%}），请把 none 写得更具体"
        numbers: dict[str, float] = {"found": found, "excluded": found - left, "part": part}
        yield Finding(
            code=Code.WIDE_EXCLUSION, severity=Severity.WARNING, rule=asked.number, text=text, numbers=numbers
        )


def _check_hits(asked: "AskedRule", known: "Knowledge", measured: "Measured") -> "Iterator[Finding]":
    absent: list[AskedTerm] = []
    for term in (term for group in asked.groups for term in group if term.plain):
        held = measured.counts[term_probe(asked.profile, term.term, TermMatch.ANYWHERE)]
        counted = measured.counts[term_probe(asked.profile, term.term, term.term.match)]
        if not held and not counted:
            absent += [term] if known.shares[term.plain] <= UNSEEN else []
        elif held >= ENOUGH_HITS and counted < FEW * held and term.term.match is not TermMatch.WORD:
            text = f"已入库的公开里有 {held} 件出现“{term.term.text}”，只有 {counted} 件算命中，其余是别的词的一部分或跨在两个词之间；"
            text += "觉得少了请写更完整的说法，或把“match”设为“anywhere”"
            yield about(asked, term, Code.STRADDLING_TERM, Severity.HINT, text, held=held, counted=counted)
    if absent and measured.publications >= ENOUGH_PUBLICATIONS:
        words = "”“".join(term.term.text for term in absent)
        text = f"已入库的 {measured.publications:,} 件公开里从未出现“{words}”，请核对用字，或换更常用的说法"
        numbers: dict[str, float] = {"publications": measured.publications, "terms": len(absent)}
        yield Finding(code=Code.UNSEEN_TERM, severity=Severity.HINT, rule=asked.number, text=text, numbers=numbers)
