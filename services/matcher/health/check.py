"""All checks of a profile, in the order of its rules."""

from itertools import chain
from typing import TYPE_CHECKING

from services.matcher.health.asked import asked_rules
from services.matcher.health.bibliography import check_bibliography
from services.matcher.health.exclusions import check_exclusions
from services.matcher.health.finding import Severity
from services.matcher.health.floods import Volume, check_volume, volume
from services.matcher.health.groups import check_groups, check_rules
from services.matcher.health.knowledge import Knowledge
from services.matcher.health.reach import check_score
from services.matcher.health.spelling import check_spelling
from services.matcher.health.stored import check_stored
from services.matcher.health.terms import check_fuzziness, check_terms
from services.matcher.health.words import check_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from services.matcher.health.asked import AskedRule
    from services.matcher.health.finding import Finding
    from services.matcher.rings import Rings
    from shared.wire.profile import Profile


def check_profile(profile: "Profile", known: Knowledge | None = None) -> "list[Finding]":
    """Return what is worth saying about a profile: of each rule in turn, then of the whole.

    Args:
        profile: the profile.
        known: what was looked up for it, and for others that are checked with it; ``None``: look it up now.
    """
    return health(profile, known)[0]


def health(profile: "Profile", known: Knowledge | None = None) -> "tuple[list[Finding], Volume]":
    """Return the findings about a profile, and how many alerts a week to expect."""
    known = Knowledge.of([profile]) if known is None else known
    rules = known.asked(profile)
    findings = [
        *chain.from_iterable(_check_rule(asked, known) for asked in rules),
        *check_rules(rules),
        *check_fuzziness(rules),
        *check_volume(rules, known),
        *check_stored(rules, known),
    ]
    return findings, volume(rules, known)


def errors(profile: "Profile", rings: "Rings") -> "list[Finding]":
    """Return only what can never work, in half of the time: for files of very many profiles."""
    checks = (check_terms, check_exclusions, check_bibliography, check_score)
    found = (finding for asked in asked_rules(profile, rings) for look in checks for finding in look(asked))
    return [finding for finding in found if finding.severity is Severity.ERROR]


def _check_rule(asked: "AskedRule", known: Knowledge) -> "Iterator[Finding]":
    return chain(
        check_terms(asked),
        check_spelling(asked, known.rings),
        check_words(asked, known),
        check_groups(asked),
        check_exclusions(asked),
        check_bibliography(asked),
        check_score(asked),
    )
