"""Keys say what the specification says: a pattern and a value share a key exactly when the one fits the other."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matcher.engine import applicants, ipc, scheme, succession
from services.matcher.engine.bibliography import kind_fits, region_fits
from services.matcher.engine.company_groups import groups
from services.matcher.engine.company_names import brand, short_names
from services.matcher.engine.conditions import Field, asked_of, keys_of
from shared.wire.profile import Rule
from tests.property.matcher import gazette

MOVED = sorted({place for move in succession.moves() for place in (move.old, *move.new)})
GROUPS = sorted({place.partition("/")[0] for place in MOVED if "/" in place})

CALLED = sorted({name for group in groups() for name in group.names})
COMPANIES = sorted(
    {name for group in groups() for name in (*group.members, *group.starts, *map("佛山市{}家具厂".format, group.names))}
)


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
@pytest.mark.long
def test_the_same_holds_for_every_symbol_of_a_gazette() -> None:
    """Every symbol meets a place above it, one of another edition, one beside it and one from anywhere."""
    chance = random.Random(20190709)
    for symbol in gazette.symbols():
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


def share_a_key(pattern: str, name: str) -> bool:
    return bool(set(applicants.pattern_keys(pattern)) & set(applicants.keys(name)))


@settings(max_examples=400)
@given(
    st.sampled_from(COMPANIES),
    st.sampled_from(CALLED),
    st.sampled_from(COMPANIES),
    st.text("华为中兴（）()集团有限公司厂 ?·", max_size=12),
)
def test_an_applicant_pattern_and_a_name_share_a_key_when_the_one_fits_the_other(
    name: str, group: str, other: str, odd: str
) -> None:
    for pattern in (name, group, other, odd, group + odd, name + odd, *short_names(name)):
        for applicant in (name, odd, name + odd):
            assert share_a_key(pattern, applicant) is applicants.fits(pattern, applicant)


@pytest.mark.data
def test_the_same_holds_for_every_applicant_of_a_gazette() -> None:
    """Every applicant meets its own names, a group, and the name of somebody else."""
    chance = random.Random(20190709)
    names = gazette.applicants()
    for name in names:
        patterns = {
            name,
            brand(name),
            chance.choice(short_names(name) or (name,)),
            chance.choice(CALLED),
            chance.choice(names),
        }
        for pattern in patterns:
            assert share_a_key(pattern, name) is applicants.fits(pattern, name)


REGIONS = st.sampled_from(
    ["44", "4401", "440106", "440112", "440116", "441900", "4419", "310103", "310101", "31", "", "x"]
)


@settings(max_examples=300)
@given(
    REGIONS.filter(bool),
    REGIONS,
    st.sampled_from(["", "*", " "]),
    st.sampled_from(["A", "b", "B1", "U", "S*", "ß"]),
    st.sampled_from(["A", "B", "b1", "U8"]),
)
def test_regions_and_kinds_share_a_key_when_the_pattern_fits(
    pattern: str, region: str, end: str, kinds: str, kind: str
) -> None:
    rule = Rule(regions=(pattern + end,), kinds=(kinds,))
    (of_regions, of_kinds), _ = asked_of(rule)
    assert bool(set(of_regions[0][1]) & set(keys_of(Field.REGION, region))) is region_fits(pattern + end, region)
    assert bool(set(of_kinds[0][1]) & set(keys_of(Field.KIND, kind))) is kind_fits(kinds, kind)
