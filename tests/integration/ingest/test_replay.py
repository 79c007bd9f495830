import zipfile
from pathlib import Path

import msgspec
import pytest

from services.ingest.replay import replay, replay_all
from services.ingest.wiring import make_pipeline
from shared.runtime.role import Surroundings
from shared.store.quarantined import QuarantineItem, Wanted
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
        assert len(await around.store.quarantine.recent(Wanted(waiting=True))) == 1


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


def file_item(around: Surroundings, name: str, location: str = "") -> QuarantineItem:
    """Return an item as an older version would have filed a file that it could not read."""
    return QuarantineItem(
        id="q-file",
        kind="file",
        source="cli",
        name=name,
        location=location,
        reason_code="unrecognised",
        reason="旧版本不认识这种文件",
        size_bytes=1,
        quarantined_at=around.clock.now(),
    )


async def test_rows_newly_refused_in_a_file_that_is_read_again_become_items_of_their_own(tmp_path: Path) -> None:
    async with open_surroundings(tmp_path / "data") as around:
        content = table(row(), row(""), row("CN1A")).encode("gb18030")
        item = file_item(around, "old.csv")
        await around.store.quarantine.add([(item, content)])
        assert await replayed(around, item) is None
        assert len(await seen(around)) == 1
        waiting = await around.store.quarantine.recent(Wanted(waiting=True))
        assert {(one.name, one.location, one.kind) for one in waiting} == {
            ("old.csv", "line 3", "record"),
            ("old.csv", "line 4", "record"),
        }
        # The ids are those that reading the input itself gives.
        (tmp_path / "old.csv").write_bytes(content)
        await ingest(around, tmp_path / "old.csv")
        assert len(await around.store.quarantine.recent()) == 3


async def test_a_file_of_an_archive_keeps_its_place_when_it_is_read_again(tmp_path: Path) -> None:
    async with open_surroundings(tmp_path / "data") as around:
        item = file_item(around, "day.zip", "a/b.csv")
        await around.store.quarantine.add([(item, table(row(), row("")).encode("gb18030"))])
        assert await replayed(around, item) is None
        (waiting,) = await around.store.quarantine.recent(Wanted(waiting=True))
        assert waiting.location == "a/b.csv line 3"
        (version,) = await around.store.publications.history("CN110007813A")
        assert version.origin == "day.zip!a/b.csv line 2"


async def test_a_file_of_which_no_row_can_be_read_stays_and_its_rows_lie_beside_it(tmp_path: Path) -> None:
    async with open_surroundings(tmp_path / "data") as around:
        item = file_item(around, "old.csv")
        await around.store.quarantine.add([(item, table(row("")).encode("gb18030"))])
        assert "缺少公开" in (await replayed(around, item) or "")
        waiting = await around.store.quarantine.recent(Wanted(waiting=True))
        assert {one.location for one in waiting} == {"", "line 2"}


async def test_a_file_that_is_refused_whole_again_stays_without_a_second_item(tmp_path: Path) -> None:
    async with open_surroundings(tmp_path / "data") as around:
        path = tmp_path / "day.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a.csv", table(row()).encode("gb18030"))
            archive.writestr("b.csv", table(row("CN110007819A")).encode("gb18030"))
        path.write_bytes(path.read_bytes()[:-200])
        await ingest(around, path)
        (item,) = await around.store.quarantine.recent()
        assert item.reason_code == "torn-zip"
        assert "压缩包损坏" in (await replayed(around, item) or "")
        assert await around.store.quarantine.recent(Wanted(waiting=True)) == [item]


async def test_reading_a_bad_file_twice_quarantines_once(tmp_path: Path) -> None:
    async with open_surroundings(tmp_path / "data") as around:
        path = tmp_path / "page.csv"
        path.write_text("<html>验证</html>", "utf-8")
        await ingest(around, path)
        await ingest(around, path)
        assert len(await around.store.quarantine.recent()) == 1


class KilledError(Exception):
    """The process ended here."""


async def test_a_replay_that_was_killed_before_it_was_noted_tells_nothing_twice_and_the_account_balances(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_surroundings(tmp_path / "data") as around:
        item = file_item(around, "old.csv")
        await around.store.quarantine.add([(item, table(row(), row(""), row("CN110007819A")).encode("gb18030"))])

        async def killed(item_id: str, *, at: object) -> None:
            raise KilledError

        with monkeypatch.context() as patch:
            patch.setattr(around.store.quarantine, "mark_replayed", killed)
            with pytest.raises(KilledError):
                await replayed(around, item)
        done = await replay(item, store=around.store, pipeline=make_pipeline(around), clock=around.clock)
        assert done.problem is None
        assert done.run is not None
        assert (done.run.read, done.run.accepted, done.run.unchanged, done.run.rejected) == (3, 0, 2, 1)
        assert len(await seen(around)) == 2
        (row_left,) = await around.store.quarantine.recent(Wanted(waiting=True))
        assert (row_left.location, row_left.source, row_left.count) == ("line 3", item.source, 2)


async def test_all_that_is_wanted_is_read_once_each_and_not_what_is_refused_inside_it(tmp_path: Path) -> None:
    async with open_surroundings(tmp_path / "data") as around:
        item = file_item(around, "old.csv")
        await around.store.quarantine.add([(item, table(row(), row("")).encode("gb18030"))])
        cut = msgspec.structs.replace(item, id="q-cut", kept_bytes=4, size_bytes=10**12)
        await around.store.quarantine.add([(cut, b"item")])
        read_again = [
            (one.item.id, one.problem)
            async for one in replay_all(
                Wanted(waiting=True), store=around.store, pipeline=make_pipeline(around), clock=around.clock
            )
        ]
        assert [name for name, _ in read_again] == ["q-cut", "q-file"]
        assert "重新放入" in (read_again[0][1] or "")
        assert read_again[1][1] is None


async def test_an_item_whose_content_somebody_took_away_stops_no_other(tmp_path: Path) -> None:
    async with open_surroundings(tmp_path / "data") as around:
        first = msgspec.structs.replace(file_item(around, "large.csv"), id="q-a")
        second = file_item(around, "old.csv")
        await around.store.quarantine.add([(first, b"x" * 70_000), (second, table(row()).encode("gb18030"))])
        (tmp_path / "data" / "quarantine" / "q-a").unlink()
        problems = {
            one.item.id: one.problem
            async for one in replay_all(
                Wanted(), store=around.store, pipeline=make_pipeline(around), clock=around.clock
            )
        }
        assert "已经不在" in (problems["q-a"] or "")
        assert problems["q-file"] is None
