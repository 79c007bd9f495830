"""The engine returns exactly what the oracle returns: matches, evidence, scores, and the same JSON; see `held`."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given

from services.matcher.engine.engine import Engine
from services.matcher.engine.needs import MOST_HITS
from shared.wire.match import HitKind
from shared.wire.profile import Profile
from tests.property.matcher import gazette
from tests.property.matcher.cases import Cases
from tests.property.matcher.held import BATCH, PROFILES, examples, hold, randoms, specified


def hold_to_the_oracle(cases: Cases, profiles: list[Profile], publications: int = BATCH) -> None:
    rings, batch = cases.rings(), cases.publications(publications)
    hold(Engine.compile(profiles, rings).find(batch), specified(profiles, batch, rings), profiles)


@examples(2.0)
@given(randoms)
def test_the_engine_returns_what_the_oracle_returns(random: Random) -> None:
    cases = Cases(random)
    hold_to_the_oracle(cases, cases.profiles(PROFILES))


@examples()
@given(randoms)
def test_the_engine_returns_what_the_oracle_returns_on_odd_characters(random: Random) -> None:
    cases = Cases(random, odd=0.7)
    hold_to_the_oracle(cases, cases.profiles(PROFILES))


@pytest.mark.data
@examples(0.2)
@given(randoms)
def test_the_engine_returns_what_the_oracle_returns_on_real_texts(random: Random) -> None:
    cases = Cases(random, gazette.titles(), gazette.abstracts())
    hold_to_the_oracle(cases, cases.profiles(PROFILES), 3)


@examples(0.04)
@given(randoms)
def test_the_engine_returns_what_the_oracle_returns_of_texts_that_say_a_term_more_often_than_is_looked_at(
    random: Random,
) -> None:
    cases = Cases(random)
    mark = random.choice(("，", "", "的"))
    pieces = [
        mark.join([cases.fragment()] * random.choice((1, MOST_HITS - 1, MOST_HITS, MOST_HITS + 20)))
        for _ in range(random.randint(1, 3))
    ]
    often = mark.join(pieces)
    repeating = Cases(random, (often[:400], *pieces), (often, pieces[0]))
    hold_to_the_oracle(repeating, repeating.profiles(4), 2)


@examples(0.7)
@given(randoms)
def test_leaving_evidence_out_changes_nothing_else(random: Random) -> None:
    cases = Cases(random)
    engine, publications = Engine.compile(cases.profiles(PROFILES), cases.rings()), cases.publications(BATCH)
    lean = [matches for found in engine.find(publications, evidence=False) for matches in found.matches()]
    full = engine.match(publications)
    assert not any(match.evidence for matches in lean for match in matches)
    assert [[(m.profile_id, m.score, m.rule) for m in matches] for matches in lean] == [
        [(m.profile_id, m.score, m.rule) for m in matches] for matches in full
    ]


def test_the_cases_meet_often_and_in_every_way() -> None:
    pairs = matched = 0
    kinds: Counter[HitKind] = Counter()
    rules: Counter[int] = Counter()
    for seed in range(60):
        cases = Cases(Random(seed))
        profiles, publications = cases.profiles(PROFILES), cases.publications(BATCH)
        pairs += PROFILES * BATCH
        for matches in Engine.compile(profiles, cases.rings()).match(publications):
            matched += len(matches)
            rules.update(match.rule for match in matches)
            kinds.update({hit.kind for match in matches for hit in match.evidence})
    assert matched / pairs > 0.15
    assert min(kinds[kind] for kind in HitKind) >= 10, kinds
    assert min(rules[number] for number in range(3)) >= 10, rules
