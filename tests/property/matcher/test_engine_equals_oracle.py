"""The engine returns exactly what the oracle returns: matches, evidence, scores.

``ZHITUI_PROPERTY_CASES=20000`` tries harder; each case holds 48 pairs of a profile and a publication.
"""

import csv
import json
import os
from functools import cache
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matcher.engine.engine import Engine
from services.matcher.engine.live import LiveEngine, build
from services.matcher.engine.oracle import evaluate
from shared.wire.match import Match
from shared.wire.profile import Profile
from shared.wire.publication import Publication
from tests.property.matcher.cases import Cases
from tests.reference import reference

CASES = int(os.environ.get("ZHITUI_PROPERTY_CASES", "150"))
PROFILES, BATCH = 8, 6

many = settings(max_examples=CASES, deadline=None)
randoms = st.randoms(use_true_random=True)


def specified(profiles: list[Profile], publications: list[Publication]) -> list[list[Match]]:
    """Ask the oracle about every pair."""
    found = [[match for profile in profiles if (match := evaluate(profile, one))] for one in publications]
    return [sorted(matches, key=lambda match: (-match.score, match.profile_id)) for matches in found]


@many
@given(randoms)
def test_the_engine_returns_what_the_oracle_returns(random: Random) -> None:
    cases = Cases(random)
    profiles, publications = cases.profiles(PROFILES), cases.publications(BATCH)
    assert Engine.compile(profiles).match(publications) == specified(profiles, publications)


@cache
def real_texts() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return titles of the gazette and abstracts."""
    gazette = reference("gazette-2019-07-09", "utility_model.csv").read_bytes().decode("gb18030", "replace")
    titles = tuple(row["name"] for row in list(csv.DictReader(gazette.splitlines()))[:5000] if row["name"])
    records = json.loads(reference("kppatent", "abstracts_with_keywords.json").read_text("utf-8"))
    return titles, tuple(record["input"] for record in records)


@pytest.mark.data
@settings(max_examples=max(20, CASES // 5), deadline=None)
@given(randoms)
def test_the_engine_returns_what_the_oracle_returns_on_real_texts(random: Random) -> None:
    cases = Cases(random, *real_texts())
    profiles, publications = cases.profiles(PROFILES), cases.publications(3)
    assert Engine.compile(profiles).match(publications) == specified(profiles, publications)


@many
@given(randoms)
def test_how_publications_are_batched_changes_nothing(random: Random) -> None:
    cases = Cases(random)
    engine, publications = Engine.compile(cases.profiles(PROFILES)), cases.publications(BATCH)
    whole = engine.match(publications)
    for size in (1, random.randint(1, BATCH)):
        batches = [publications[at : at + size] for at in range(0, len(publications), size)]
        assert [matches for batch in batches for matches in engine.match(batch)] == whole


@many
@given(randoms)
def test_leaving_evidence_out_changes_nothing_else(random: Random) -> None:
    cases = Cases(random)
    engine, publications = Engine.compile(cases.profiles(PROFILES)), cases.publications(BATCH)
    lean = engine.find(publications, evidence=False).matches
    full = engine.match(publications)
    assert [[(m.profile_id, m.score, m.rule) for m in matches] for matches in lean] == [
        [(m.profile_id, m.score, m.rule) for m in matches] for matches in full
    ]


@settings(max_examples=max(20, CASES // 3), deadline=None)
@given(randoms)
def test_changes_are_in_force_for_the_next_batch_also_while_a_merge_goes_on(random: Random) -> None:
    cases = Cases(random)
    live = LiveEngine()
    merge = None
    for _ in range(4):
        changes: list[tuple[str, Profile | None]] = [(profile.id, profile) for profile in cases.profiles(2)]
        changes += [(profile_id, None) for profile_id in live.profiles if random.random() < 0.3]
        random.shuffle(changes)
        if merge is None and random.random() < 0.5:
            merge = build(live.profiles)
        live.apply(changes)
        if merge is not None and random.random() < 0.5:
            live.install(merge)
            merge = None
        publications = cases.publications(3)
        assert live.match(publications).matches == specified(list(live.profiles.values()), publications)
