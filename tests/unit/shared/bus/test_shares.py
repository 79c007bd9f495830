"""Partitions are shared out evenly, and move as little as that allows."""

from hypothesis import given
from hypothesis import strategies as st

from shared.bus.kafka.shares import Held, share


def held(*partitions: int, generation: int = 1) -> Held:
    return Held(generation, partitions)


def test_a_lone_member_gets_everything() -> None:
    assert share(4, {"a": Held()}) == {"a": [0, 1, 2, 3]}


def test_a_newcomer_takes_from_the_end_and_others_keep_the_rest() -> None:
    assert share(4, {"a": held(0, 1, 2, 3), "b": Held()}) == {"a": [0, 1], "b": [2, 3]}


def test_who_stays_keeps_what_it_has_and_takes_what_became_free() -> None:
    assert share(6, {"a": held(0, 1), "c": held(4, 5)}) == {"a": [0, 1, 2], "c": [3, 4, 5]}


def test_the_later_generation_owns_what_two_say_they_own() -> None:
    shares = share(2, {"away": held(0, 1, generation=3), "here": held(0, generation=7)})
    assert shares == {"away": [1], "here": [0]}


def test_members_beyond_the_partitions_get_none() -> None:
    shares = share(1, {"a": Held(), "b": held(0), "c": Held()})
    assert shares == {"a": [], "b": [0], "c": []}


def test_partitions_that_are_gone_are_nobodys() -> None:
    assert share(1, {"a": held(0, 7)}) == {"a": [0]}


members = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=3),
    st.builds(Held, st.integers(-1, 5), st.lists(st.integers(0, 30), unique=True).map(tuple)),
    min_size=1,
    max_size=8,
)


@given(partitions=st.integers(1, 30), members=members)
def test_every_partition_has_one_owner_and_nobody_two_more_than_another(
    partitions: int, members: dict[str, Held]
) -> None:
    shares = share(partitions, members)
    assert sorted(number for numbers in shares.values() for number in numbers) == list(range(partitions))
    assert shares.keys() == members.keys()
    sizes = [len(numbers) for numbers in shares.values()]
    assert max(sizes) - min(sizes) <= 1
    assert all(numbers == sorted(numbers) for numbers in shares.values())


@given(partitions=st.integers(1, 30), members=members)
def test_shared_out_again_nothing_moves(partitions: int, members: dict[str, Held]) -> None:
    shares = share(partitions, members)
    again = share(partitions, {member: held(*numbers, generation=9) for member, numbers in shares.items()})
    assert again == shares


@given(partitions=st.integers(1, 30), count=st.integers(2, 8), data=st.data())
def test_only_what_a_member_that_left_had_moves_when_that_keeps_it_even(
    partitions: int, count: int, data: st.DataObject
) -> None:
    before = share(partitions, {f"m{n}": Held() for n in range(count)})
    left = data.draw(st.sampled_from(sorted(before)))
    after = share(partitions, {member: held(*numbers) for member, numbers in before.items() if member != left})
    for member, numbers in after.items():
        assert set(before[member]) <= set(numbers)
