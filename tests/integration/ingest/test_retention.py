"""The limits of the quarantine: what is old goes, and what there is no room for, replayed ones first; and it is told."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from services.ingest.retention import TOLD_FOR, QuarantineKeeper, trim
from shared.filing.application_texts import APPLICATION_TEXTS, ApplicationText
from shared.runtime.role import Surroundings
from shared.store.quarantined import QuarantineItem, Wanted
from shared.testing.clock import ManualClock
from tests.contract.made import NOW, item, later
from tests.integration.ingest.made import ingest, open_surroundings

SIZE = 100


@pytest.fixture
async def around(tmp_path: Path) -> AsyncIterator[Surroundings]:
    async with open_surroundings(tmp_path / "data", quarantine_max_bytes=1024**2, quarantine_item_bytes=2048) as opened:
        yield opened


async def fill(around: Surroundings, **codes: tuple[int, ...]) -> None:
    """Put in items of ``SIZE`` bytes: reason code → the seconds at which they were refused, which are their ids, too."""
    await around.store.quarantine.add(
        [
            (sized(item(f"q-{at}", code=code.replace("_", "-"), at=later(at))), bytes(SIZE))
            for code, moments in codes.items()
            for at in moments
        ]
    )


def sized(one: QuarantineItem) -> QuarantineItem:
    return msgspec.structs.replace(one, size_bytes=SIZE)


async def left(around: Surroundings) -> list[str]:
    return [one.id async for batch in around.store.quarantine.walk(Wanted()) for one in batch]


async def test_nothing_goes_while_there_is_room_and_nothing_is_old(around: Surroundings) -> None:
    await fill(around, bad_number=(1, 2), html=(3,))
    removed = await trim(around.store.quarantine, before=NOW, max_bytes=3 * SIZE)
    assert (removed.aged, removed.crowded, removed.held_bytes) == ({}, {}, 3 * SIZE)
    assert len(await left(around)) == 3


async def test_what_was_not_refused_again_for_too_long_goes(around: Surroundings) -> None:
    await fill(around, bad_number=(1, 2, 3))
    await around.store.quarantine.add([(sized(item("q-1", at=later(50))), bytes(SIZE))])
    await around.store.quarantine.mark_replayed("q-2", at=later(9))
    removed = await trim(around.store.quarantine, before=later(10), max_bytes=10**6)
    assert await left(around) == ["q-1"]
    assert removed.aged == {True: 1, False: 1}


async def test_without_room_the_oldest_of_what_was_replayed_goes_first(around: Surroundings) -> None:
    await fill(around, bad_number=(1, 2, 3), html=(4, 5))
    for name in ("q-2", "q-4", "q-5"):
        await around.store.quarantine.mark_replayed(name, at=later(9))
    removed = await trim(around.store.quarantine, before=NOW, max_bytes=3 * SIZE)
    assert await left(around) == ["q-1", "q-3", "q-5"]
    assert removed.crowded == {True: 2}


async def test_then_the_oldest_of_the_class_that_holds_most_so_that_no_class_loses_all(around: Surroundings) -> None:
    await fill(around, html=(1, 2), bad_number=(3, 5, 7), bad_date=(4, 6), of_a_later_version=(0,))
    removed = await trim(around.store.quarantine, before=NOW, max_bytes=4 * SIZE)
    # Values are one class: five of them come down to what the source's pages hold, and then they take turns.
    assert await left(around) in (["q-0", "q-2", "q-6", "q-7"], ["q-0", "q-1", "q-2", "q-7"])
    assert removed.crowded == {False: 4}
    assert removed.held_bytes == 4 * SIZE
    await trim(around.store.quarantine, before=NOW, max_bytes=0)
    assert await left(around) == []


async def test_thousands_of_items_go_in_few_steps(around: Surroundings) -> None:
    await fill(around, bad_number=tuple(range(1200)))
    removed = await trim(around.store.quarantine, before=NOW, max_bytes=10 * SIZE)
    assert removed.crowded == {False: 1190}
    assert await left(around) == [f"q-{at}" for at in range(1190, 1200)]


async def test_a_loss_is_counted_and_stays_on_the_list_of_warnings_for_a_day(around: Surroundings) -> None:
    clock = ManualClock(NOW)
    keeper = QuarantineKeeper(around.store, around.settings, clock=clock, metrics=around.metrics, instance="one")
    await around.store.quarantine.add(
        [(msgspec.structs.replace(item(f"q-{n}", at=later(n)), size_bytes=400_000), bytes(400_000)) for n in range(4)]
    )
    assert keeper.warnings == []
    removed = await keeper.look()
    assert removed is not None
    assert removed.crowded == {False: 2}
    (told,) = keeper.warnings
    assert "删除了 2 件" in told
    assert "ZHITUI_QUARANTINE_MAX_BYTES" in told
    counted = around.metrics.quarantine_removed.labels(cause="room", replayed="no")
    assert counted._value.get() == 2
    assert around.metrics.quarantine_held_bytes._value.get() == 800_000
    await clock.advance((TOLD_FOR + timedelta(seconds=1)).total_seconds())
    assert keeper.warnings == []


async def test_applications_that_wait_for_a_document_are_counted(around: Surroundings) -> None:
    keeper = QuarantineKeeper(around.store, around.settings, clock=around.clock, metrics=around.metrics, instance="one")
    texts = [ApplicationText(id=str(n), kept_at=NOW, joined=n == 0) for n in range(3)]
    assert await around.store.shelf(APPLICATION_TEXTS).add(texts)
    await keeper.look()
    assert around.metrics.application_texts_waiting._value.get() == 2


async def test_only_one_process_at_a_time_looks(around: Surroundings) -> None:
    keeper = QuarantineKeeper(around.store, around.settings, clock=around.clock, metrics=around.metrics, instance="one")
    lease = await around.store.leases.acquire("quarantine-limits", "another", seconds=60)
    assert lease is not None
    assert await keeper.look() is None
    await around.store.leases.release(lease)
    assert await keeper.look() is not None


async def test_an_input_that_is_too_large_keeps_its_beginning_and_says_so(around: Surroundings, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(b"<html>" + b"x" * 5000)
    await ingest(around, path)
    (kept,) = await around.store.quarantine.recent()
    assert (kept.size_bytes, kept.kept_bytes, kept.held_bytes) == (5006, 2048, 2048)
    assert "ZHITUI_QUARANTINE_ITEM_BYTES" in kept.reason
    assert kept.digest is not None
    async with around.store.quarantine.open(kept.id) as content:
        assert content.read_bytes() == path.read_bytes()[:2048]
    assert around.metrics.quarantine_cut._value.get() == 1
