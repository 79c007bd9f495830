import pytest

from services.matcher.engine import live as module
from services.matcher.engine.live import LiveEngine, build
from shared.wire.profile import Profile, Rule
from tests.unit.matcher.made import publication


def wanting(profile_id: str, term: str, name: str = "") -> Profile:
    return Profile(id=profile_id, name=name, rules=(Rule(groups=((term,),)),))


def found(live: LiveEngine, title: str) -> list[str]:
    return [match.profile_id for match in live.match([publication(title)]).matches[0]]


def test_an_added_a_replaced_and_a_removed_profile_are_in_force_at_once() -> None:
    live = LiveEngine([wanting("a", "电池"), wanting("b", "电池")])
    live.apply([("c", wanting("c", "电池"))])
    assert found(live, "电池") == ["a", "b", "c"]
    live.apply([("a", wanting("a", "电机", "新名")), ("b", None)])
    assert found(live, "电池") == ["c"]
    assert found(live, "电机") == ["a"]
    assert (len(live), live.name_of("a")) == (2, "新名")


def test_the_last_change_of_a_profile_counts() -> None:
    live = LiveEngine()
    live.apply([("a", wanting("a", "电池")), ("a", None), ("a", wanting("a", "电机"))])
    assert (found(live, "电池"), found(live, "电机")) == ([], ["a"])


def test_what_changed_while_a_base_was_built_stays_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LEAST_DELTA", 1)
    live = LiveEngine([wanting("a", "电池"), wanting("b", "电池")])
    live.apply([("c", wanting("c", "电池")), ("d", wanting("d", "电池"))])
    assert live.wants_merge
    merged = build(live.profiles)
    live.apply([("a", None), ("c", wanting("c", "电机")), ("e", wanting("e", "电池"))])
    live.install(merged)
    assert found(live, "电池") == ["b", "d", "e"]
    assert found(live, "电机") == ["c"]


def test_candidates_are_counted() -> None:
    profiles = [Profile(id="a", rules=(Rule(groups=(("电池",),), none=("铅酸",)),)), wanting("b", "电机")]
    result = LiveEngine(profiles).match([publication("铅酸电池")])
    assert (result.candidates, result.matches) == (1, [[]])
