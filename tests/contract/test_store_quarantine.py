"""What the store promises about what comes to the quarantine again, is asked for in part, and is erased."""

import asyncio
from typing import Any

import msgspec
import pytest

from shared.errors import NotFoundError
from shared.store.port import Store
from shared.store.quarantined import Held, QuarantineItem, Wanted
from tests.contract.harness import Harness
from tests.contract.made import NOW, item, later


async def content(store: Store, item_id: str) -> bytes:
    async with store.quarantine.open(item_id) as path:
        return path.read_bytes()


async def found(store: Store, *, newest_first: bool = False, **wanted: object) -> list[str]:
    walking = store.quarantine.walk(msgspec.convert(wanted, Wanted), newest_first=newest_first, batch_size=2)
    return [one.id async for batch in walking for one in batch]


async def got(store: Store, item_id: str = "q-1") -> QuarantineItem:
    there = await store.quarantine.get(item_id)
    assert there is not None
    return there


@pytest.mark.parametrize("size", [10, 200_000])
async def test_what_is_refused_again_is_counted_and_keeps_when_it_was_first_seen(store: Store, size: int) -> None:
    await store.quarantine.add([(item(), b"a" * size)])
    for at in (later(5), later(9), later(7)):
        await store.quarantine.add([(item(at=at), b"a" * size)])
    there = await got(store)
    assert there == msgspec.structs.replace(item(), count=4, last_seen_at=later(9))
    assert there.seen_at == later(9)
    assert await content(store, "q-1") == b"a" * size
    await store.quarantine.add([])


async def test_what_is_refused_again_waits_again_with_its_newest_reason(store: Store) -> None:
    await store.quarantine.add([(item(), b"raw")])
    await store.quarantine.mark_replayed("q-1", at=later(1))
    newest = msgspec.structs.replace(
        item(code="bad-date", at=later(5)), reason="$日期不对。", format="gazette-csv", context={"header.$": "a,b"}
    )
    await store.quarantine.add([(newest, b"raw")])
    expected = msgspec.structs.replace(newest, quarantined_at=NOW, last_seen_at=later(5), count=2)
    assert await got(store) == expected
    assert await store.quarantine.counts() == {"bad-date": 1}
    await store.quarantine.add([(item(at=later(6)), b"raw")])
    assert (await got(store)).format is None


async def test_processes_that_refuse_the_same_at_once_count_it_together(store: Store, harness: Harness) -> None:
    other = (await harness.open()).store
    await asyncio.gather(
        *(where.quarantine.add([(item(at=later(n)), b"x" * 70_000)]) for n in range(3) for where in (store, other))
    )
    assert (await got(store)).count == 6
    assert (await got(store)).seen_at == later(2)


async def test_what_is_known_of_an_item_is_kept_to_the_last_field(store: Store) -> None:
    cut = msgspec.structs.replace(item(), size_bytes=10**12, kept_bytes=4, digest="ab" * 16, last_seen_at=later(2))
    await store.quarantine.add([(cut, b"head")])
    assert await got(store) == cut
    assert cut.held_bytes == 4


@pytest.fixture
async def five(store: Store) -> None:
    """Items of two sources, three names and two reasons, first seen at 1 … 5; the first again at 9, the second replayed."""
    made = [
        ("q-5", "cli", "a.csv", "bad-number", later(1)),
        ("q-4", "cli", "a.csv", "bad-date", later(2)),
        ("q-3", "watch-folder", "b.csv", "bad-number", later(3)),
        ("q-2", "watch-folder", "c.csv", "html", later(4)),
        ("q-1", "watch-folder", "c.csv", "html", later(4)),
    ]
    items = [
        msgspec.structs.replace(item(name, name=of, code=code, at=at), source=source)
        for name, source, of, code, at in made
    ]
    await store.quarantine.add([(one, one.id.encode()) for one in items])
    await store.quarantine.add([(msgspec.structs.replace(items[0], quarantined_at=later(9)), b"q-5")])
    await store.quarantine.mark_replayed("q-4", at=later(9))


@pytest.mark.usefixtures("five")
async def test_items_are_walked_over_in_the_order_in_which_they_were_first_seen(store: Store) -> None:
    assert await found(store) == ["q-5", "q-4", "q-3", "q-1", "q-2"]
    assert await found(store, newest_first=True) == ["q-2", "q-1", "q-3", "q-4", "q-5"]


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"source": "cli"}, ["q-5", "q-4"]),
        ({"name": "c.csv"}, ["q-1", "q-2"]),
        ({"reason_codes": ("bad-number", "bad-date")}, ["q-5", "q-4", "q-3"]),
        ({"reason_codes": ()}, []),
        ({"waiting": True}, ["q-5", "q-3", "q-1", "q-2"]),
        ({"waiting": False}, ["q-4"]),
        ({"since": later(4)}, ["q-5", "q-1", "q-2"]),
        ({"before": later(4)}, ["q-4", "q-3"]),
        ({"source": "cli", "since": later(3), "before": later(10)}, ["q-5"]),
    ],
)
async def test_what_is_wanted_is_found(store: Store, wanted: dict[str, Any], expected: list[str]) -> None:
    assert await found(store, **wanted) == expected


@pytest.mark.usefixtures("five")
async def test_what_goes_while_it_is_walked_over_disturbs_nothing(store: Store) -> None:
    seen = []
    async for batch in store.quarantine.walk(Wanted(), batch_size=2):
        seen += [one.id for one in batch]
        await store.quarantine.forget([one.id for one in batch])
    assert seen == ["q-5", "q-4", "q-3", "q-1", "q-2"]
    assert await store.quarantine.held() == {}


@pytest.mark.parametrize("size", [10, 600_000])
async def test_what_is_forgotten_is_gone_with_its_content_and_can_come_anew(store: Store, size: int) -> None:
    await store.quarantine.add([(item("q-1"), b"a" * size), (item("q-10"), b"b" * size)])
    assert await store.quarantine.forget(["q-1", "q-9"]) == 1
    assert await store.quarantine.forget(["q-1"]) == 0
    assert await store.quarantine.get("q-1") is None
    with pytest.raises(NotFoundError):
        await content(store, "q-1")
    assert await content(store, "q-10") == b"b" * size
    await store.quarantine.add([(item("q-1", at=later(5)), b"a" * size)])
    assert await got(store) == item("q-1", at=later(5))
    assert await content(store, "q-1") == b"a" * size


async def test_how_much_is_held_is_told_by_reason(store: Store) -> None:
    cut = msgspec.structs.replace(item("q-3", code="zip-bomb"), size_bytes=10**12, kept_bytes=7)
    await store.quarantine.add([(item("q-1"), b"123"), (item("q-2"), b"123"), (cut, b"1234567")])
    await store.quarantine.add([(item("q-2", at=later(5)), b"123")])
    await store.quarantine.mark_replayed("q-1", at=later(9))
    assert await store.quarantine.held() == {
        "bad-number": Held(count=2, size_bytes=6),
        "zip-bomb": Held(count=1, size_bytes=7),
    }
