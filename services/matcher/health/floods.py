"""Profiles that bring too much, or nothing: how much, by which term, and what narrowing would bring."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.matcher.health.bibliography_shares import any_of
from services.matcher.health.finding import Code, Finding, Severity
from services.matcher.health.places import hits_within
from services.matcher.health.projection import rule_share
from services.matcher.health.terms import about
from shared.wording.said import Said, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from services.matcher.health.asked import AskedRule, AskedTerm
    from services.matcher.health.knowledge import Knowledge

FLOOD_A_WEEK = 200
"""Forty a working day: nobody reads them."""
MUCH_A_WEEK = 50
"""Ten a working day: worth a word about what widens the profile."""
WIDE = 0.01
"""A keyword with a larger share of the publications decides its group."""
WEEKS_A_YEAR = 52
SILENT_A_YEAR = 0.01
"""Far from one alert; the estimate of rare terms together is a coarse one."""
SUBCLASS_SHARE = 0.003
"""Of a usual IPC subclass, for what adding one would bring."""
_BODY = ("abstract", "claim")
KEYWORDS_SHARE = 0.1
"""What a usual keyword group leaves of an IPC class."""
WORTH = 0.7
"""A narrower rule that keeps more of the alerts is not worth the advice."""


@dataclass(frozen=True, slots=True)
class Volume:
    """Alerts a week that a profile brings.

    Attributes:
        a_week: how many.
        is_counted: over stored publications; else estimated from shares.
    """

    a_week: float
    is_counted: bool


def volume(rules: "Sequence[AskedRule]", known: "Knowledge") -> Volume:
    """Return how many alerts a week to expect: counted where publications with dates are stored, else estimated."""
    if known.measured is not None and known.measured.is_enough:
        scale = known.publications_a_week / known.measured.publications_a_week
        return Volume(scale * known.measured.alerts_a_week(rules[0].profile.id), is_counted=True)
    return Volume(
        any_of(rule_share(asked, known.shares) for asked in rules) * known.publications_a_week, is_counted=False
    )


def check_volume(rules: "Sequence[AskedRule]", known: "Knowledge") -> "Iterator[Finding]":
    """Tell of a profile that floods, or that is silent."""
    found = volume(rules, known)
    if found.a_week >= MUCH_A_WEEK:
        yield from _check_contained(rules, known)
    if found.a_week >= FLOOD_A_WEEK:
        yield _flood(rules, found, known)
    elif not found.is_counted and found.a_week * WEEKS_A_YEAR < SILENT_A_YEAR:
        numbers = {"a_year": found.a_week * WEEKS_A_YEAR}
        yield Finding(severity=Severity.HINT, said=say(Code.SILENCE, **numbers), numbers=numbers)


def _check_contained(rules: "Sequence[AskedRule]", known: "Knowledge") -> "Iterator[Finding]":
    """Tell, of a profile that brings much, of wide keywords that make the narrower ones of their group pointless."""
    for asked, group in ((rule, group) for rule in rules for group in rule.groups):
        for short in group:
            share = known.shares.get(short.plain, 0.0)
            if share < WIDE:
                continue
            longer = [t for t in group if len(t.plain) > len(short.plain) and hits_within(short, t.plain)]
            if longer:
                words = tuple(term.term.text for term in longer)
                said = say(Code.CONTAINED_TERM, term=short.term.text, share=share, longer=words)
                yield about(asked, short, Severity.HINT, said, share=share)


def _flood(rules: "Sequence[AskedRule]", found: Volume, known: "Knowledge") -> Finding:
    """Name the rule that brings most, its widest term, and what each way to narrow it would leave of the profile's alerts."""
    of_rules = {asked.number: rule_share(asked, known.shares) for asked in rules}
    asked = max(rules, key=lambda rule: of_rules[rule.number])
    whole, own = sum(of_rules.values()), of_rules[asked.number]
    widest = max((term for group in asked.groups for term in group), key=lambda term: _share(term, known), default=None)
    numbers = {"a_week": found.a_week}
    named = widest.term.text if widest else ""
    term: tuple[Said, ...] = ()
    if widest is not None:
        numbers["share"] = _share(widest, known)
        variant = "with-synonyms" if len(widest.texts) > 1 else ""
        term = (say("flood-term", variant, term=named, share=numbers["share"]),)
    ways = []
    for name, left in _narrower(asked, widest, known):
        part = (whole - own + left) / whole if whole else 1.0
        numbers[name] = found.a_week * part
        if part < WORTH:
            ways.append(say("flood-way", name.replace("_", "-"), term=named, left=numbers[name]))
    return Finding(
        severity=Severity.WARNING,
        said=say(
            Code.FLOOD,
            "counted" if found.is_counted else "estimated",
            a_week=found.a_week,
            widest=term,
            ways=(say("flood-ways", ways=tuple(ways)),) if ways else (),
        ),
        rule=asked.number,
        group=widest.group if widest else None,
        term=named or None,
        numbers=numbers,
    )


def _narrower(asked: "AskedRule", widest: "AskedTerm | None", known: "Knowledge") -> "Iterator[tuple[str, float]]":
    """Give each way to narrow a rule: its name among the numbers, and the rule's share then."""
    rule = asked.rule
    if widest is None:
        yield "with_keywords", KEYWORDS_SHARE * rule_share(asked, known.shares)
        return
    if len(asked.groups[widest.group or 0]) > 1:
        without = tuple(tuple(term for term in group if term is not widest) for group in asked.groups)
        yield "without_term", rule_share(asked, known.shares, groups=without)
    stream = known.measured.with_field if known.measured is not None and known.measured.is_enough else None
    if set(asked.profile.fields) != {"title"} and (stream is None or any(stream[name] for name in _BODY)):
        yield "title_only", rule_share(asked, known.shares, fields=("title",))
    if not rule.ipc:
        yield "with_class", rule_share(asked, known.shares, class_share=SUBCLASS_SHARE)


def _share(term: "AskedTerm", known: "Knowledge") -> float:
    return any_of(known.shares[text] for text in term.texts)
