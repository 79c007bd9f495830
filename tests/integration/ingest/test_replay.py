from pathlib import Path

from services.ingest.quarantine import replay
from services.ingest.wiring import make_pipeline
from shared.runtime.role import Surroundings
from shared.store.records import QuarantineItem
from tests.integration.ingest.made import ingest, open_surroundings, row, seen, table


async def replayed(around: Surroundings, item: QuarantineItem) -> str | None:
    done = await replay(item, store=around.store, pipeline=make_pipeline(around), clock=around.clock)
    return done.problem


async def test_what_still_cannot_be_read_stays_in_quarantine(tmp_path: Path) -> None:
    async with open_surroundings(tmp_path / "data") as around:
        path = tmp_path / "a.csv"
        path.write_text(table(row("")), "gb18030")
        await ingest(around, path)
        (item,) = await around.store.quarantine.recent()
        assert "缺少公开" in (await replayed(around, item) or "")
        assert len(await around.store.quarantine.recent(waiting_only=True)) == 1


async def test_a_row_is_read_again_under_its_own_header(tmp_path: Path) -> None:
    async with open_surroundings(tmp_path / "data") as around:
        # A row that today's rules take: put there as an older version would have, that did not know a form of number.
        path = tmp_path / "a.csv"
        path.write_text(table(row("")), "gb18030")
        await ingest(around, path)
        (item,) = await around.store.quarantine.recent()
        refused = QuarantineItem(
            id="q-old",
            kind="record",
            source="cli",
            name="old.csv",
            location="line 7",
            reason_code="bad-number",
            reason="旧版本不认识这种号码",
            size_bytes=1,
            format="gazette-csv",
            context=item.context,
            quarantined_at=around.clock.now(),
        )
        await around.store.quarantine.add([(refused, row("CN110007819A").encode("gb18030"))])
        assert await replayed(around, refused) is None
        assert [event.publication.title for event in await seen(around)] == ["一种固态电池"]
        kept = await around.store.quarantine.get("q-old")
        assert kept is not None
        assert kept.replayed_at is not None


async def test_reading_a_bad_file_twice_quarantines_once(tmp_path: Path) -> None:
    async with open_surroundings(tmp_path / "data") as around:
        path = tmp_path / "page.csv"
        path.write_text("<html>验证</html>", "utf-8")
        await ingest(around, path)
        await ingest(around, path)
        assert len(await around.store.quarantine.recent()) == 1
