"""A proposed ring that meets rings in force is accepted only with an answer."""

import pytest

from services.matcher.rings import Ring, Rings
from services.matcher.rings.decisions import conflict, decide
from shared.errors import InvalidInputError

RINGS = Rings([Ring(id="K1", members=("锂离子电池", "锂电池")), Ring(id="K2", members=("发光二极管", "LED"))])
APART = Ring(id="m-1", members=("形状记忆合金", "SMA"))
JOINING = Ring(id="m-2", members=("锂离子电池", "LIB"))
SHORT = Ring(id="m-3", members=("用户设备", "UE"))


def test_what_shares_nothing_is_accepted_as_it_is() -> None:
    assert conflict(APART, RINGS) == ""
    assert decide(APART, RINGS) == APART


def test_a_conflict_is_said_with_what_to_do() -> None:
    said = conflict(JOINING, RINGS)
    for part in ("“锂离子电池”已在词环 K1（锂离子电池 = 锂电池）里", "“LIB”", "--into K1", "--reason", "reject m-2"):
        assert part in said
    with pytest.raises(InvalidInputError, match="没有接受"):
        decide(JOINING, RINGS)


def test_it_joins_the_ring_or_stands_apart_with_a_reason() -> None:
    joined = decide(JOINING, RINGS, into="K1")
    assert Rings((*RINGS.rings, joined)).synonyms_of("LIB") == ("锂离子电池", "锂电池")
    apart = decide(JOINING, RINGS, reason="另一种")
    assert apart.reasons == {"锂离子电池": "另一种"}
    assert Rings((*RINGS.rings, apart)).synonyms_of("LIB") == ("锂离子电池",)


def test_a_short_abbreviation_needs_a_reason() -> None:
    assert "太短" in conflict(SHORT, RINGS)
    with pytest.raises(InvalidInputError, match="--reason"):
        decide(SHORT, RINGS)
    assert decide(SHORT, RINGS, reason="没有别的意思").reasons == {"UE": "没有别的意思"}


def test_a_ring_that_is_not_there_cannot_be_joined() -> None:
    with pytest.raises(InvalidInputError, match="不存在"):
        decide(APART, RINGS, into="K9")


def test_two_rings_are_not_made_one_by_the_way() -> None:
    both = Ring(id="m-4", members=("锂电池", "LED"))
    with pytest.raises(InvalidInputError, match="K2"):
        decide(both, RINGS, into="K1")
