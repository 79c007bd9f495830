"""What the store promises about ingest runs and the quarantine."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from shared.errors import NotFoundError
from shared.store.incoming import IngestRun, RunState, SourceHour
from shared.store.port import Store
from shared.store.quarantined import Wanted
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


async def test_what_a_source_sent_is_counted_by_the_hour(store: Store) -> None:
    hour = NOW.replace(minute=0, second=0, microsecond=0)

    def run(number: int, minutes: float, **more: object) -> IngestRun:
        base = IngestRun(
            id=f"r-{number}",
            source="ops",
            name="1.xml",
            state=RunState.DONE,
            started_at=hour + timedelta(minutes=minutes),
        )
        return msgspec.structs.replace(base, **more)

    for one in (
        run(1, -0.001, read=9, accepted=9),
        run(2, 0, read=5, accepted=2, unchanged=1, corrected=1, rejected=1),
        run(3, 59.999, read=4, unchanged=4),
        run(4, 30, read=1, rejected=1, state=RunState.FAILED),
        run(5, 31, state=RunState.READING),
        run(6, 60, read=1, accepted=1),
        run(7, 5, source="cli", read=7, accepted=7),
    ):
        await store.runs.save(one)
    assert await store.runs.hours(since=hour) == [
        SourceHour(source="cli", hour=hour, inputs=1, failed=0, read=7, new=7),
        SourceHour(source="ops", hour=hour, inputs=3, failed=1, read=10, new=3),
        SourceHour(source="ops", hour=hour + timedelta(hours=1), inputs=1, failed=0, read=1, new=1),
    ]


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
    assert [i.id for i in await recent(Wanted(name="b.csv"))] == ["q-2"]
    assert [i.id for i in await recent(Wanted(reason_codes=("bad-number",)))] == ["q-2", "q-1"]
    assert [i.id for i in await recent(Wanted(reason_codes=("bad-number",), waiting=True))] == ["q-2"]
    assert await store.quarantine.counts() == {"bad-number": 1, "bad-date": 1}
