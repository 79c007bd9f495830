from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from services.matcher.engine import live as module
from services.matcher.engine.live import LiveEngine
from services.matcher.rings import Rings
from shared.wire.profile import Profile
from tests.unit.matcher.made import live, publication, ring, wanting

BATTERY, MOTOR = "电池", "电机"


@pytest.fixture(autouse=True)
def _low_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FEW", 2)
    monkeypatch.setattr(module, "MOST_ADDITIONS", 2)


def found(engine: LiveEngine, title: str = BATTERY) -> list[str]:
    (of_batch,) = engine.match([publication(title)])
    (matches,) = of_batch.matches()
    return [match.profile_id for match in matches]


def add(engine: LiveEngine, *ids: str, term: str = BATTERY) -> None:
    engine.apply([(one, wanting(one, term)) for one in ids])


def test_an_added_a_replaced_and_a_removed_profile_are_in_force_at_once() -> None:
    engine = live(wanting("a", BATTERY), wanting("b", BATTERY))
    add(engine, "c")
    assert found(engine) == ["a", "b", "c"]
    engine.apply([("a", wanting("a", MOTOR)), ("b", None)])
    assert (found(engine), found(engine, MOTOR), len(engine)) == (["c"], ["a"], 2)


def test_the_last_change_of_a_profile_counts() -> None:
    engine = LiveEngine(Rings())
    engine.apply([("a", wanting("a", BATTERY)), ("a", None), ("a", wanting("a", MOTOR))])
    assert (found(engine), found(engine, MOTOR)) == ([], ["a"])
    engine.apply([("a", wanting("a", BATTERY)), ("a", None)])
    assert (found(engine), len(engine)) == ([], 0)


def test_removing_what_is_not_there_and_changing_nothing_are_no_trouble() -> None:
    engine = live(wanting("a", BATTERY))
    engine.apply([("b", None)])
    engine.apply([])
    assert (found(engine), len(engine)) == (["a"], 1)


def test_a_profile_that_was_removed_can_come_back() -> None:
    engine = live(wanting("a", BATTERY))
    engine.apply([("a", None)])
    assert found(engine) == []
    add(engine, "a")
    assert (found(engine), len(engine)) == (["a"], 1)


def test_rings_are_in_force_for_what_is_added() -> None:
    engine = LiveEngine(ring("马达", MOTOR))
    add(engine, "a", term="马达")
    assert found(engine, MOTOR) == ["a"]


def test_matches_of_base_and_additions_come_in_one_order() -> None:
    engine = live(wanting("b", BATTERY), wanting("z", "蓄电池"))
    add(engine, "a", "c", "d")
    assert found(engine, "蓄电池和电池") == sorted(found(engine, "蓄电池和电池"), key=lambda one: (one != "z", one))


def test_nothing_is_merged_while_there_is_little_to_merge() -> None:
    engine = live(wanting("a", BATTERY))
    add(engine, "b")
    assert engine.begin_merge() is None


def test_many_changes_are_merged_with_the_base_and_few_among_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_SHARE", 10.0)
    engine = live(*(wanting(f"p{n}", BATTERY) for n in range(3)))
    ids = map(str, count())
    while (merge := engine.begin_merge()) is None:
        add(engine, next(ids), next(ids), next(ids))
    assert (merge.whole, len(merge.searchers)) == (False, 2)
    engine.end_merge(merge.build())
    assert len(engine) == 9
    add(engine, *(f"n{n}" for n in range(40)))
    merge = engine.begin_merge()
    assert merge is not None
    assert merge.whole
    engine.end_merge(merge.build())
    assert (len(engine), len(found(engine))) == (49, 49)


def test_single_changes_during_a_long_merge_do_not_make_an_addition_each() -> None:
    engine = live(wanting("a", BATTERY))
    add(engine, "b", "c", "d")
    merge = engine.begin_merge()
    for number in range(30):
        add(engine, f"e{number:02}")
    assert merge is not None
    assert len(engine._searchers()) <= 2 + 30 / (module.FEW + 1)
    engine.end_merge(merge.build())
    assert found(engine) == ["a", "b", "c", "d", *(f"e{number:02}" for number in range(30))]


def test_only_one_merge_goes_on_at_a_time() -> None:
    engine = live()
    add(engine, "a", "b", "c")
    merge = engine.begin_merge()
    assert merge is not None
    add(engine, "d", "e", "f")
    assert engine.begin_merge() is None
    engine.end_merge(merge.build())
    assert engine.begin_merge() is not None


def test_a_merge_that_has_not_begun_cannot_end() -> None:
    engine = live()
    add(engine, "a", "b", "c")
    merge = engine.begin_merge()
    assert merge is not None
    engine.end_merge(merged := merge.build())
    with pytest.raises(RuntimeError, match="no merge has begun"):
        engine.end_merge(merged)


@pytest.mark.parametrize("built_before", [True, False])
def test_what_changed_while_a_merge_went_on_stays_in_force(*, built_before: bool) -> None:
    engine = live(wanting("a", BATTERY), wanting("b", BATTERY))
    add(engine, "c", "d", "e")
    merge = engine.begin_merge()
    assert merge is not None
    built = merge.build() if built_before else None
    engine.apply([("a", None), ("c", wanting("c", MOTOR)), ("f", wanting("f", BATTERY))])
    engine.apply([("d", None), ("d", wanting("d", BATTERY)), ("g", wanting("g", BATTERY)), ("g", None)])
    during = (found(engine), found(engine, MOTOR), len(engine))
    engine.end_merge(built or merge.build())
    assert during == (["b", "d", "e", "f"], ["c"], 5)
    assert (found(engine), found(engine, MOTOR), len(engine)) == during


def test_what_changed_while_profiles_were_merged_is_marked_by_who_merges_them() -> None:
    engine = live(wanting("a", BATTERY), wanting("b", BATTERY))
    add(engine, "c", "d", "e")
    merge = engine.begin_merge()
    assert merge is not None
    engine.apply([("a", None)])
    merged = merge.build()
    assert (merge.known, merged.alive.tolist()) == (1, [0, 1, 1, 1, 1])
    engine.apply([("b", None)])
    engine.end_merge(merged)
    assert (merge.known, found(engine)) == (2, ["c", "d", "e"])


def test_a_profile_that_is_saved_again_and_again_is_never_missing_and_never_found_twice() -> None:
    """What Luwak #68 was: an update deleted a query for a moment, and a document in between missed it."""
    engine, merges = live(wanting("a", BATTERY)), 0
    for number in range(30):
        engine.apply([("a", wanting("a", BATTERY, f"词{number}"))])
        assert found(engine) == ["a"]
        add(engine, f"b{number}", f"c{number}", f"d{number}", term=MOTOR)
        assert found(engine) == ["a"]
        merge = engine.begin_merge()
        assert found(engine) == ["a"]
        if number % 2:
            engine.apply([("a", wanting("a", BATTERY, f"别{number}"))])
        if merge is not None:
            engine.end_merge(merge.build())
            merges += 1
        assert found(engine) == ["a"]
        assert len(engine) == 1 + 3 * (number + 1)
    assert merges > 5


def test_matching_and_changes_go_on_while_a_merge_is_built_on_another_thread() -> None:
    """What Lucene PR #12801 was: matching stood still while queries were registered and purged."""
    engine = live(*(wanting(f"p{n:04}", BATTERY) for n in range(500)))
    expected = 500
    met = 0
    with ThreadPoolExecutor(1) as other:
        for round_ in range(2):
            add(engine, *(f"q{round_}{n:04}" for n in range(20_000)), term=MOTOR)
            merge = engine.begin_merge()
            assert merge is not None
            building = other.submit(merge.build)
            while not building.done():
                met += 1
                add(engine, f"r{met}")
                expected += 1
                assert len(found(engine)) == expected
            engine.end_merge(building.result())
            assert len(found(engine)) == expected
    assert met


def test_candidates_are_counted_over_all_that_is_in_force() -> None:
    refusing = Profile(id="c", rules=(*wanting("c", BATTERY).rules, *wanting("c", "没有").rules))
    engine = live(wanting("a", BATTERY), wanting("b", MOTOR), refusing)
    add(engine, "d")
    (of_batch,) = engine.match([publication("一种电池")])
    assert (of_batch.candidates, len(of_batch)) == (3, 3)
