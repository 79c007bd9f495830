"""A score: monotone, the same in any order, and computed in the same way by compiled code and by Python."""

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matcher.engine import scoring
from services.matcher.engine.rarity import LEAST_RARITY, MOST_RARITY
from services.matcher.engine.scoring import KIND_WEIGHT, UNITS, Found, least_units, rule_units, score
from shared.wire.match import HitKind
from shared.wire.profile import TEXT_FIELDS

if TYPE_CHECKING:
    from random import Random

TITLE, ABSTRACT, CLAIM = range(3)
GROUPS = 3

hits = st.builds(
    Found,
    group=st.integers(0, GROUPS - 1),
    term=st.integers(0, 3),
    field=st.sampled_from((TITLE, ABSTRACT, CLAIM)),
    start=st.integers(0, 200),
    units=st.integers(0, UNITS),
    rarity=st.integers(LEAST_RARITY, MOST_RARITY),
)
several = st.lists(hits, max_size=20)


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """Load what is compiled, so that no case is slow for being the first."""
    score(1, [in_abstract()])
    scoring.hit_units(1.0, 1.0, 1.0)


def in_abstract(**different: int) -> Found:
    """Return a plain word of ordinary rarity, late in an abstract."""
    return Found(
        **{"group": 0, "term": 0, "field": ABSTRACT, "start": 100, "units": UNITS, "rarity": 1000, **different}
    )


@given(several, st.randoms())
def test_the_order_of_hits_does_not_matter(found: list[Found], chance: "Random") -> None:
    shuffled = chance.sample(found, len(found))
    assert score(GROUPS, shuffled) == score(GROUPS, found)


@given(several, hits)
def test_one_more_hit_never_lowers_a_score(found: list[Found], more: Found) -> None:
    assert 0.0 <= score(GROUPS, found) <= score(GROUPS, [*found, more]) <= 1.0


@given(several, hits, hits)
def test_a_better_hit_in_place_of_another_never_lowers_a_score(found: list[Found], one: Found, other: Found) -> None:
    place = {"group": one.group, "term": one.term}
    worse = one._replace(
        field=max(one.field, other.field, key=lambda field: -scoring.FIELD_POINTS[TEXT_FIELDS[field]]),
        start=max(one.start, other.start),
        units=min(one.units, other.units),
        rarity=min(one.rarity, other.rarity),
    )
    better = one._replace(
        field=min(one.field, other.field, key=lambda field: -scoring.FIELD_POINTS[TEXT_FIELDS[field]]),
        start=min(one.start, other.start),
        units=max(one.units, other.units),
        rarity=max(one.rarity, other.rarity),
    )
    alone = [hit for hit in found if (hit.group, hit.term) != (place["group"], place["term"])]
    assert score(GROUPS, [*alone, worse]) <= score(GROUPS, [*alone, better])


@given(several)
def test_compiled_and_interpreted_steps_agree(found: list[Found]) -> None:
    interpreted = 0
    compiled = 0
    for hit in found:
        args = hit.units, hit.rarity, hit.field, hit.start
        worth = scoring.hit_worth(*args)
        assert worth == scoring.hit_worth.py_func(*args)  # type: ignore[attr-defined]
        compiled += scoring.points(worth, len(found))
        interpreted += scoring.points.py_func(worth, len(found))  # type: ignore[attr-defined]
    assert compiled == interpreted
    assert rule_units(compiled, GROUPS) == rule_units.py_func(interpreted, GROUPS)  # type: ignore[attr-defined]


@given(st.sampled_from(list(KIND_WEIGHT)), st.floats(1e-6, 1.0), st.floats(0.5, 1.0))
def test_a_hit_scores_the_same_compiled_and_interpreted(kind: HitKind, weight: float, similarity: float) -> None:
    args = KIND_WEIGHT[kind], weight, similarity
    assert scoring.hit_units(*args) == scoring.hit_units.py_func(*args)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        (in_abstract(), in_abstract(start=0)),
        (in_abstract(start=0), in_abstract(field=CLAIM)),
        (in_abstract(field=CLAIM, start=0), in_abstract(field=TITLE)),
        (in_abstract(rarity=500), in_abstract(rarity=501)),
        (in_abstract(units=8000), in_abstract(units=8001)),
    ],
)
def test_each_kind_of_better_evidence_is_better(worse: Found, better: Found) -> None:
    assert score(1, [worse]) < score(1, [better])


def test_a_good_word_once_in_an_abstract_is_one_half() -> None:
    assert score(1, [in_abstract()]) == 0.5
    assert score(2, [in_abstract(), in_abstract(group=1)]) == 0.5


def test_mentions_count_up_to_twice() -> None:
    of_hits = [score(1, [in_abstract()] * count) for count in range(1, 20)]
    assert of_hits == sorted(of_hits)
    assert of_hits[0] < of_hits[1] < of_hits[2]
    assert of_hits[-1] == round(200 / 300, 4)


def test_the_longest_rule_does_not_overflow() -> None:
    everything = [in_abstract(term=term, field=TITLE, rarity=MOST_RARITY) for term in range(20_000)] * 3
    assert 0.999 < score(1, everything) <= 1.0


def test_a_rule_without_keywords_has_a_fixed_score() -> None:
    assert score(0, []) == scoring.BIBLIOGRAPHIC_UNITS / UNITS


@given(st.floats(0.0, 1.0), st.integers(0, UNITS))
def test_the_least_units_keep_what_reaches_a_least_score(least: float, units: int) -> None:
    assert (units >= least_units(least)) == (units / UNITS >= least)
