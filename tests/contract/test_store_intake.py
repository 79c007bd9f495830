"""What the store promises about ingest runs and the quarantine."""

from pathlib import Path

import msgspec
import pytest

from shared.errors import NotFoundError
from shared.store.port import Store
from shared.store.records import IngestRun, RunState
from tests.contract.made import NOW, item, later


async def content(store: Store, item_id: str) -> bytes:
    async with store.quarantine.open(item_id) as path:
        return path.read_bytes()


async def test_runs_are_saved_replaced_and_told_newest_first(store: Store) -> None:
    runs = [
        IngestRun(id=f"r-{n}", source="watch", name="a.csv", state=RunState.READING, started_at=later(n))
        for n in range(3)
    ]
    for run in runs:
        await store.runs.save(run)
    done = msgspec.structs.replace(runs[0], state=RunState.DONE, read=5, accepted=5, finished_at=later(9))
    await store.runs.save(done)
    assert await store.runs.recent() == [runs[2], runs[1], done]
    assert await store.runs.recent(limit=1) == [runs[2]]


@pytest.mark.parametrize("size", [0, 3, 64 * 1024, 64 * 1024 + 1, 3_000_000])
async def test_raw_content_comes_back_byte_for_byte_whatever_its_size(store: Store, size: int) -> None:
    raw = (b"\x00\xff\r\n" * (size // 4 + 1))[:size]
    await store.quarantine.add([(item(), raw)])
    assert await store.quarantine.get("q-1") == item()
    assert await content(store, "q-1") == raw


@pytest.mark.parametrize("size", [10, 200_000])
async def test_a_file_is_copied_and_left_where_it_is(store: Store, tmp_path: Path, size: int) -> None:
    source = tmp_path / "gazette.csv"
    source.write_bytes(b"x" * size)
    await store.quarantine.add([(item(), source)])
    assert source.exists()
    source.unlink()
    assert await content(store, "q-1") == b"x" * size


@pytest.mark.parametrize("size", [10, 200_000])
async def test_an_item_that_is_there_already_stays_as_it_is(store: Store, size: int) -> None:
    await store.quarantine.add([(item(), b"a" * size)])
    await store.quarantine.mark_replayed("q-1", at=later(5))
    await store.quarantine.add([(item(at=later(9)), b"a" * size)])
    assert await store.quarantine.get("q-1") == msgspec.structs.replace(item(), replayed_at=later(5))
    assert await content(store, "q-1") == b"a" * size
    await store.quarantine.add([])


async def test_what_is_not_there_is_not_found(store: Store) -> None:
    assert await store.quarantine.get("q-9") is None
    with pytest.raises(NotFoundError, match="q-9"):
        await content(store, "q-9")
    with pytest.raises(NotFoundError, match="q-9"):
        await store.quarantine.mark_replayed("q-9", at=NOW)


async def test_items_are_found_newest_first_by_name_reason_and_whether_they_wait(store: Store) -> None:
    await store.quarantine.add(
        [
            (item("q-1", at=later(1)), b"1"),
            (item("q-2", at=later(2), name="b.csv"), b"2"),
            (item("q-3", at=later(3), code="bad-date"), b"3"),
        ]
    )
    await store.quarantine.mark_replayed("q-1", at=later(9))
    recent = store.quarantine.recent
    assert [i.id for i in await recent()] == ["q-3", "q-2", "q-1"]
    assert [i.id for i in await recent(limit=1)] == ["q-3"]
    assert [i.id for i in await recent(name="b.csv")] == ["q-2"]
    assert [i.id for i in await recent(reason_code="bad-number")] == ["q-2", "q-1"]
    assert [i.id for i in await recent(reason_code="bad-number", waiting_only=True)] == ["q-2"]
    assert await store.quarantine.counts() == {"bad-number": 1, "bad-date": 1}
