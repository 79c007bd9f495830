"""What the store promises to people who read what their subscriptions told: each publication once, newest first, page by page."""

import pytest

from shared.errors import InvalidInputError
from shared.store.filed import Position
from shared.store.port import Store
from shared.store.positions import of_alert
from shared.store.records import Alert, AlertState
from tests.contract.made import alert, delivery, later, plan

MINE = ["s-1", "s-2"]


async def put(store: Store, *alerts: Alert) -> None:
    await store.alerts.record([], alerts)


def rows(found: list[Alert]) -> list[tuple[str, str]]:
    return [(one.key.publication_number, one.key.subscription_id) for one in found]


async def inbox(store: Store, *ids: str) -> list[tuple[str, str]]:
    return rows(await store.alerts.inbox(ids or MINE, limit=99))


async def test_the_newest_come_first_of_all_that_is_mine_and_of_nobody_elses(store: Store) -> None:
    await put(
        store,
        alert("CN1A", at=later(1)),
        alert("CN2A", at=later(3), subscription_id="s-2"),
        alert("CN3A", at=later(2)),
        alert("CN4A", at=later(9), subscription_id="s-3"),
    )
    assert await inbox(store) == [("CN2A", "s-2"), ("CN3A", "s-1"), ("CN1A", "s-1")]
    assert await inbox(store, "s-3") == [("CN4A", "s-3")]
    assert await store.alerts.inbox([], limit=9) == []


async def test_of_one_moment_the_greater_number_comes_first_then_the_greater_subscription(store: Store) -> None:
    numbers = ["CN10A", "CN1A", "CN1A:grant:1", "CN1AB", "CN2A"]
    await put(store, *(alert(number, subscription_id=mine) for mine in MINE for number in numbers))
    expected = [(number, mine) for number in sorted(numbers, reverse=True) for mine in reversed(MINE)]
    assert await inbox(store) == expected


async def test_a_publication_that_goes_to_several_destinations_of_a_subscription_is_one_row(store: Store) -> None:
    await put(store, *(alert("CN1A", destination_id=f"d-{n}", at=later(n % 3)) for n in range(5)), alert("CN2A"))
    (first, second) = await store.alerts.inbox(MINE, limit=9)
    assert (first.key.destination_id, second.key.publication_number) == ("d-2", "CN2A")
    assert first.publication == alert("CN1A").publication
    assert first.whys == alert("CN1A").whys
    page = await store.alerts.inbox(MINE, before=of_alert(first), limit=9)
    assert rows(page) == [("CN2A", "s-1")]


async def test_what_stood_back_or_had_nobody_to_go_to_is_left_out(store: Store) -> None:
    told, over, folded, dropped = (alert(f"CN{n}A", at=later(n)) for n in range(4))
    left = alert("CN3A", destination_id="d-0", at=later(3))
    await put(store, told, over, folded, dropped, left)
    await store.alerts.plan([plan(delivery("m-1", "CN0A"), told, over_cap=(over,))])
    await store.alerts.settle([folded.key], AlertState.FOLDED)
    await store.alerts.settle([dropped.key], AlertState.DROPPED)
    found = await store.alerts.inbox(MINE, limit=9)
    assert [(one.key, one.state) for one in found] == [
        (left.key, AlertState.PENDING),
        (over.key, AlertState.OVER_CAP),
        (told.key, AlertState.PLANNED),
    ]
    assert found[2].delivery_id == "m-1"


@pytest.mark.parametrize("size", [1, 3, 7])
async def test_pages_miss_nothing_and_repeat_nothing(store: Store, size: int) -> None:
    await put(
        store,
        *(
            alert(f"CN{n}A", at=later(n // 4 + (d == 1)), subscription_id=f"s-{n % 3}", destination_id=f"d-{d}")
            for n in range(15)
            for d in range(1 + n % 3)
        ),
    )
    seen: list[Alert] = []
    while page := await store.alerts.inbox(MINE, before=of_alert(seen[-1]) if seen else None, limit=size):
        assert len(page) <= size
        seen += page
    assert rows(seen) == await inbox(store)
    assert sorted(rows(seen)) == sorted({(f"CN{n}A", f"s-{n % 3}") for n in range(15) if n % 3})


async def test_what_is_older_than_asked_for_is_left_out(store: Store) -> None:
    await put(store, *(alert(f"CN{n}A", at=later(n)) for n in range(4)))
    assert rows(await store.alerts.inbox(MINE, since=later(2), limit=9)) == [("CN3A", "s-1"), ("CN2A", "s-1")]
    assert await store.alerts.inbox(MINE, since=later(4), limit=9) == []


async def test_a_position_that_is_none_is_refused(store: Store) -> None:
    with pytest.raises(InvalidInputError, match="第一页"):
        await store.alerts.inbox(MINE, before=Position("yesterday", "CN1A s-1"), limit=9)


async def test_a_publication_is_found_in_those_subscriptions_that_tell_it(store: Store) -> None:
    await put(
        store,
        *(alert("CN1A", subscription_id="s-1", destination_id=f"d-{n}", at=later(n)) for n in range(3)),
        alert("CN1A", subscription_id="s-2", at=later(9)),
        alert("CN1A", subscription_id="s-3"),
        alert("CN1AB", subscription_id="s-1"),
    )
    found = await store.alerts.find(MINE, "CN1A")
    assert [(one.key.subscription_id, one.key.destination_id) for one in found] == [("s-2", "d-1"), ("s-1", "d-2")]
    assert await store.alerts.find(["s-1"], "CN9A") == []
    assert await store.alerts.find([], "CN1A") == []
    await store.alerts.settle([found[1].key], AlertState.DROPPED)
    assert [one.key.destination_id for one in await store.alerts.find(["s-1"], "CN1A")] == ["d-1"]
