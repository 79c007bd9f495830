"""Where a rule is looked for: it is always where it could hold, and seldom where it could not."""

import pytest

from services.matcher.engine.engine import Engine
from services.matcher.engine.postings import LONGEST_CHECK
from shared.wire.profile import Profile, Rule
from tests.unit.matcher.made import both, by, profile, publication, wanting


def candidates(wanted: Profile, title: str, ipc: tuple[str, ...] = ()) -> int:
    (found,) = Engine.compile([wanted]).find([publication(title, ipc=ipc)])
    return found.candidates


def test_a_rule_is_not_looked_at_where_only_its_more_frequent_group_is() -> None:
    wanted = profile(("电池",), ("钙钛矿",))
    assert candidates(wanted, "一种电池") == 0
    assert candidates(wanted, "一种钙钛矿") == 0
    assert candidates(wanted, "一种钙钛矿电池") == 1


def test_a_rule_is_looked_at_once_however_many_of_its_alternatives_are_there() -> None:
    assert candidates(profile(("电池", "电机", "电池", "机床")), "电池、电机、机床") == 1


def test_a_rule_of_a_profile_that_counts_no_longer_is_still_a_candidate_and_never_a_match() -> None:
    engine = Engine.compile([wanting("a", "电池"), wanting("a", "电机")])
    assert len(engine) == 1
    assert engine.match([publication("电池")]) == [[]]


@pytest.mark.parametrize("length", [LONGEST_CHECK - 1, LONGEST_CHECK, LONGEST_CHECK + 1, 300])
def test_groups_of_any_length_are_looked_for(length: int) -> None:
    many = tuple(f"钙钛矿{number}号" for number in range(length))
    few = ("铱", "锇")
    for groups in ((many, few), (few, many)):
        for last in (many[0], many[-1]):
            assert both(profile(*groups), publication(f"含{last}，铱")) is not None
            assert both(profile(*groups), publication(f"含{last}")) is None
        assert both(profile(*groups), publication("铱")) is None


@pytest.mark.parametrize("kinds", [("A",), ("B", "A"), ("*",)])
def test_rules_without_keywords_are_looked_for_by_what_they_have(kinds: tuple[str, ...]) -> None:
    assert both(profile(kinds=kinds), publication()) is not None
    wanted = profile(kinds=kinds, regions=("44",), ipc=("H01M*",), applicants=("华为",))
    assert both(wanted, publication(ipc=("H01M10/05",), applicants=by())) is not None
    assert both(wanted, publication(ipc=("H01M10/05",))) is None


@pytest.mark.parametrize("rule", [{"ipc": ("?",)}, {"groups": (("\u200b",),)}, {"groups": (("电池",),), "ipc": ("?",)}])
def test_a_rule_with_a_condition_that_nothing_can_satisfy_is_never_looked_at(rule: dict[str, object]) -> None:
    wanted = Profile(id="p", rules=(Rule(**rule),))  # type: ignore[arg-type]
    assert candidates(wanted, "电池", ("H01M10/05",)) == 0
    assert both(wanted, publication("电池", ipc=("H01M10/05",))) is None
