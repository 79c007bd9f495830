import asyncio
import os
from pathlib import Path

import pytest

from services.ingest.reader import Reading
from services.ingest.sources import watch_folder, watched_files
from services.ingest.wiring import open_role
from shared.bus.port import Record
from shared.bus.topics import Topic
from shared.runtime.role import Role
from shared.settings_sources import FilesAfter
from tests.integration.ingest.made import open_surroundings, row, running, seen, table


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_folder, "POLL_SECONDS", 0.02)
    monkeypatch.setattr(watch_folder, "QUIET_SECONDS", 0.06)


async def settled(role: Role) -> None:
    async with asyncio.timeout(10):
        while not await role.is_idle():  # noqa: ASYNC110 - a role has no event for it
            await asyncio.sleep(0.01)


async def test_a_complete_file_is_read_and_moved_to_done(tmp_path: Path) -> None:
    async with open_surroundings(tmp_path) as around, running(around) as role:
        inbox = around.settings.watch_folder
        (inbox / "a.csv").write_text(table(row()), "gb18030")
        await settled(role)
        assert (inbox / "done" / "a.csv").exists()
        assert not (inbox / "a.csv").exists()
        assert len(await seen(around)) == 1
        assert await role.problems() == []


async def test_a_file_of_the_same_name_gets_a_suffix(tmp_path: Path) -> None:
    async with open_surroundings(tmp_path) as around, running(around) as role:
        inbox = around.settings.watch_folder
        for number in ("CN110007813A", "CN110007814A"):
            (inbox / "a.csv").write_text(table(row(number)), "gb18030")
            await settled(role)
        assert {path.name for path in (inbox / "done").iterdir()} == {"a.csv", "a-1.csv"}
        assert len(await around.store.runs.recent()) == 2


async def test_what_cannot_be_read_is_moved_to_failed(tmp_path: Path) -> None:
    async with open_surroundings(tmp_path) as around, running(around) as role:
        inbox = around.settings.watch_folder
        folder = inbox / "x.csv"
        folder.mkdir()
        (folder / "page.csv").write_text("<html>", "utf-8")
        await settled(role)
        assert (inbox / "failed" / "x.csv" / "page.csv").exists()


@pytest.mark.parametrize("name", [".hidden.csv", "a.csv.part", "a.tmp", "a.CRDOWNLOAD", "a.csv~", "a.filepart"])
async def test_what_is_still_on_its_way_is_left_alone(name: str, tmp_path: Path) -> None:
    async with open_surroundings(tmp_path) as around, running(around) as role:
        (around.settings.watch_folder / name).write_text(table(row()), "gb18030")
        await asyncio.sleep(0.2)
        assert await role.is_idle()
        assert (around.settings.watch_folder / name).exists()


async def test_a_file_that_somebody_writes_is_waited_for(tmp_path: Path) -> None:
    async with open_surroundings(tmp_path) as around, running(around) as role:
        path = around.settings.watch_folder / "a.csv"
        with path.open("w", encoding="gb18030") as file:
            file.write(table(row()))
            file.flush()
            await asyncio.sleep(0.3)
            assert not await role.is_idle()
            assert await seen(around) == []
            file.write(row("CN110007814A") + "\n")
        await settled(role)
        assert len(await seen(around)) == 2


async def test_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text(table(row()), "gb18030")
    async with open_surroundings(tmp_path / "data") as around, running(around) as role:
        (around.settings.watch_folder / "link.csv").symlink_to(outside)
        await asyncio.sleep(0.2)
        assert await role.is_idle()
        assert await seen(around) == []


async def test_files_that_are_left_are_not_read_again_after_a_restart(tmp_path: Path) -> None:
    for runs in (1, 1):
        async with open_surroundings(tmp_path, files_after=FilesAfter.LEAVE) as around, running(around) as role:
            path = around.settings.watch_folder / "a.csv"
            if not path.exists():
                path.write_text(table(row()), "gb18030")
            await asyncio.sleep(0.05)
            await settled(role)
            assert path.exists()
            assert [run.accepted for run in await around.store.runs.recent()] == [1] * runs


async def test_a_folder_that_cannot_be_watched_is_a_problem_of_the_role(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    async with open_surroundings(tmp_path / "data", watch_dir=tmp_path / "file") as around, open_role(around) as role:
        assert await role.is_idle()
        (problem,) = await role.problems()
        assert "ZHITUI_WATCH_DIR" in problem


@pytest.mark.parametrize(
    ("raw", "shown"),
    [(b"\xb9\xab\xb1\xa8.csv", "公报.csv"), (b"bad\xff\xff.csv", "bad\\xff\\xff.csv")],
    ids=["gbk", "bytes"],
)
async def test_a_name_in_another_encoding_is_shown_as_well_as_it_can_be(raw: bytes, shown: str, tmp_path: Path) -> None:
    async with open_surroundings(tmp_path) as around, running(around) as role:
        (around.settings.watch_folder / os.fsdecode(raw)).write_text(table(row()), "gb18030")
        await settled(role)
        assert [run.name for run in await around.store.runs.recent()] == [shown]
        assert len(await seen(around)) == 1


async def test_a_file_that_brings_a_mistake_of_ours_to_light_does_not_stop_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_path = Reading.of_path

    def broken(path: Path, spool: Path) -> Reading:
        if path.name == "a.csv":
            raise KeyError("a mistake")
        return of_path(path, spool)

    monkeypatch.setattr(Reading, "of_path", broken)
    async with open_surroundings(tmp_path) as around, running(around) as role:
        for name in ("a.csv", "b.csv"):
            (around.settings.watch_folder / name).write_text(table(row(f"CN11000781{ord(name[0]) % 10}A")), "gb18030")
        await settled(role)
        runs = {run.name: run for run in await around.store.runs.recent()}
        assert "KeyError" in str(runs["a.csv"].error)
        assert runs["b.csv"].accepted == 1
        assert (around.settings.watch_folder / "a.csv").exists()


async def test_a_file_that_is_replaced_while_it_is_read_is_read_again_not_put_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_surroundings(tmp_path) as around:
        path = around.settings.watch_folder / "a.csv"
        append = around.bus.append

        async def replacing(topic: Topic, records: list[Record]) -> None:
            fresh = path.with_name("a.csv.part")
            fresh.write_text(table(row("CN110007814A")), "gb18030")
            fresh.rename(path)
            monkeypatch.setattr(around.bus, "append", append)
            await append(topic, records)

        monkeypatch.setattr(around.bus, "append", replacing)
        async with running(around) as role:
            path.write_text(table(row()), "gb18030")
            await settled(role)
            numbers = {one.publication.publication_number for one in await seen(around)}
            assert numbers == {"CN110007813A", "CN110007814A"}
            assert (around.settings.watch_folder / "done" / "a.csv").exists()


async def test_a_file_that_goes_away_again_is_nobodys_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_surroundings(tmp_path) as around, running(around) as role:
        first, second = (around.settings.watch_folder / name for name in ("a.csv", "b.csv"))
        first.write_text(table(row()), "gb18030")
        os.utime(first, (1, 1))
        second.write_text(table(row("CN110007814A")), "gb18030")
        is_being_written = watched_files.is_being_written

        def removing(path: Path) -> bool | None:
            second.unlink(missing_ok=True)
            return is_being_written(path)

        monkeypatch.setattr(watch_folder, "is_being_written", removing)
        await settled(role)
        assert [run.name for run in await around.store.runs.recent()] == ["a.csv"]
        assert await around.store.quarantine.recent() == []


async def test_where_the_kernel_does_not_tell_who_writes_a_file_must_be_quiet_for_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_folder, "is_being_written", lambda _: None)
    monkeypatch.setattr(watch_folder, "UNSURE_QUIET_SECONDS", 0.3)
    async with open_surroundings(tmp_path) as around, running(around) as role:
        (around.settings.watch_folder / "a.csv").write_text(table(row()), "gb18030")
        await asyncio.sleep(0.15)
        assert await seen(around) == []
        await settled(role)
        assert len(await seen(around)) == 1


async def test_a_file_that_cannot_be_put_away_is_a_problem_of_the_role(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_surroundings(tmp_path) as around, running(around) as role:
        (around.settings.watch_folder / "done").write_text("a file in the place of the folder", "utf-8")
        (around.settings.watch_folder / "a.csv").write_text(table(row()), "gb18030")
        await settled(role)
        (problem,) = await role.problems()
        assert "a.csv" in problem
        assert "ZHITUI_FILES_AFTER" in problem
