"""Keys say what the specification says: a pattern and a value share a key exactly when the one fits the other."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matcher.engine import ipc, scheme, succession
from tests.property.matcher.gazette import symbols

MOVED = sorted({place for move in succession.moves() for place in (move.old, *move.new)})
GROUPS = sorted({place.partition("/")[0] for place in MOVED if "/" in place})


@st.composite
def places(draw: st.DrawFn) -> str:
    """Draw a place that moved, a subgroup beside it, or any place above."""
    place = draw(st.sampled_from(MOVED))
    group = draw(st.sampled_from(GROUPS))
    beside = [f"{group}/{number}" for number, _ in scheme.levels(group)] or [place]
    return draw(st.sampled_from([place, draw(st.sampled_from(beside)), draw(st.sampled_from(scheme.path(place)))]))


@settings(max_examples=400)
@given(places(), places(), st.sampled_from(["", "*"]))
def test_an_ipc_pattern_and_a_symbol_share_a_key_when_the_one_covers_the_other(
    place: str, symbol: str, star: str
) -> None:
    for pattern in (place + star, *ipc.keys(symbol)):
        assert bool(set(ipc.pattern_keys(pattern)) & set(ipc.keys(symbol))) is ipc.covers(pattern, symbol)


@pytest.mark.data
def test_the_same_holds_for_every_symbol_of_a_gazette() -> None:
    """Every symbol meets a place above it, one of another edition, one beside it and one from anywhere."""
    chance = random.Random(20190709)
    for symbol in symbols():
        above = chance.choice(scheme.path(symbol))
        patterns = {
            above,
            f"{above}*",
            chance.choice(MOVED),
            f"{chance.choice(MOVED)}*",
            chance.choice(ipc.keys(symbol)),
        }
        for pattern in patterns:
            assert bool(set(ipc.pattern_keys(pattern)) & set(ipc.keys(symbol))) is ipc.covers(pattern, symbol)
