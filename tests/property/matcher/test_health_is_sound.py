"""What the health check calls impossible never happens, and no profile upsets it."""

from random import Random

import msgspec
import pytest

from services.matcher.engine.oracle import evaluate
from services.matcher.health import Code, Knowledge, Severity, check_profile
from services.matcher.rings import Rings
from shared.wire.profile import Profile
from tests.property.matcher.cases import Cases

NEVER = {Code.EXCLUDED_GROUP, Code.EXCLUDED_IPC, Code.EXCLUDED_APPLICANT, Code.UNREACHABLE_SCORE}


def contradictory(cases: Cases, profile: Profile) -> Profile:
    """Return a profile that excludes some of what it asks for."""
    random = cases.random
    rules = [
        msgspec.structs.replace(
            rule,
            none=(*rule.none, *random.choice(rule.groups)) if rule.groups else rule.none,
            not_ipc=rule.ipc if random.random() < 0.3 else rule.not_ipc,
            not_applicants=rule.applicants if random.random() < 0.3 else rule.not_applicants,
        )
        for rule in profile.rules
    ]
    return msgspec.structs.replace(profile, rules=tuple(rules), min_score=random.choice((0.0, 0.5, 0.8, 0.95)))


def says_everything(profile: Profile) -> str:
    """Return a text that holds all that a profile asks for."""
    asked = (term for rule in profile.rules for group in rule.groups for term in group)
    return "，".join(term if isinstance(term, str) else term.text for term in asked)


@pytest.mark.parametrize("seed", range(30))
def test_a_rule_that_is_said_never_to_hold_never_holds(seed: int) -> None:
    cases = Cases(Random(seed))
    profiles = [contradictory(cases, profile) for profile in cases.profiles(20)]
    known = Knowledge.of(profiles)
    impossible = 0
    for profile in profiles:
        said = says_everything(profile)
        publications = [
            *cases.publications(10),
            *(msgspec.structs.replace(one, title=said, abstract=said) for one in cases.publications(5)),
        ]
        for finding in check_profile(profile, known):
            if finding.code in NEVER and finding.severity is Severity.ERROR:
                impossible += 1
                alone = msgspec.structs.replace(profile, rules=(profile.rules[finding.rule or 0],))
                assert [evaluate(alone, one, Rings.shipped()) for one in publications] == [None] * len(publications)
    assert impossible


@pytest.mark.parametrize("seed", range(30))
def test_every_finding_names_a_place_that_the_profile_has(seed: int) -> None:
    cases = Cases(Random(1000 + seed))
    profiles = cases.profiles(30)
    known = Knowledge.of(profiles)
    for profile in profiles:
        for finding in check_profile(profile, known):
            assert finding.rule is None or finding.rule < len(profile.rules)
            assert finding.group is None or finding.group < len(profile.rules[finding.rule or 0].groups)
            assert finding.in_words.endswith(finding.text)


def test_a_profile_is_checked_alike_alone_and_among_others() -> None:
    profiles = Cases(Random(7)).profiles(40)
    known = Knowledge.of(profiles)
    assert [check_profile(profile, known) for profile in profiles] == [check_profile(profile) for profile in profiles]
