"""The compiled index that a matcher leaves behind: the next one begins with it, and never with a wrong one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from services.matcher import kept_index, profiles
from services.matcher.engine import live
from services.matcher.engine.draft import Draft
from services.matcher.kept_index import FILE
from services.matcher.rings import Ring
from services.matcher.rings.files import RINGS, write_lines
from services.matcher.rings.rings import ACCEPTED_FILE
from shared.bus.port import TOMBSTONES_KEPT, Record
from shared.bus.topics import PROFILES
from shared.clock import SystemClock
from shared.runtime.role import Role, Surroundings
from tests.integration.matcher.made import open_surroundings, parked, running, save, see, told, worked_off

BATTERY = "电池"


class LaterClock(SystemClock):
    """A clock that is some time ahead."""

    def __init__(self, ahead: timedelta) -> None:
        self._ahead = ahead

    def now(self) -> datetime:
        return super().now() + self._ahead


class Drafts:
    """Counts how often all profiles were compiled from their topic."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self, *arguments: object) -> Draft:
        self.made += 1
        return Draft(*arguments)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def drafts(monkeypatch: pytest.MonkeyPatch) -> Drafts:
    """Keep however few profiles; count how often they are compiled."""
    counting = Drafts()
    monkeypatch.setattr(kept_index, "WORTH_KEEPING", 1)
    monkeypatch.setattr(profiles, "Draft", counting)
    return counting


@asynccontextmanager
async def matcher(folder: Path, *, later: timedelta = timedelta()) -> AsyncIterator[tuple[Surroundings, Role]]:
    async with open_surroundings(folder, LaterClock(later)) as around, running(around) as role:
        await worked_off(role)
        yield around, role


async def found(around: Surroundings, role: Role, title: str) -> list[str]:
    await see(around, title)
    await worked_off(role)
    return (await told(around)).get(title, [])


async def kept(folder: Path, before: int = 0) -> int:
    """Wait until an index is kept that is not the one from before; return what tells it from others."""
    async with asyncio.timeout(30):
        while not (folder / FILE).exists() or (folder / FILE).stat().st_ino == before:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)
    return (folder / FILE).stat().st_ino


async def counted(around: Surroundings, result: str) -> None:
    """Wait until it is counted that an index was kept, or could not be."""
    read = around.metrics.registry.get_sample_value
    async with asyncio.timeout(30):
        while read("zhitui_matcher_index_kept_total", {"result": result}) != 1:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)


def forget_the_bus(folder: Path) -> None:
    for file in folder.iterdir():
        if file.name != FILE and file.is_file():
            file.unlink()


def has_leftovers(folder: Path) -> bool:
    return any(path.suffix == ".part" for path in folder.iterdir())


def damage(file: Path, how: str) -> None:
    raw = file.read_bytes()
    last = len(raw.rstrip(b"\0")) - 1
    changed = raw[:last] + bytes([raw[last] ^ 1]) + raw[last + 1 :]
    file.write_bytes({"byte": changed, "cut": raw[: len(raw) // 2], "empty": b""}[how])


async def first_run(folder: Path) -> int:
    """Run a matcher with the profiles a, b and c once; return which index it left."""
    async with open_surroundings(folder) as around:
        for profile_id in ("a", "b", "c"):
            await save(around, profile_id, BATTERY)
    async with matcher(folder) as (around, role):
        assert await found(around, role, "一号电池") == ["a", "b", "c"]
        await counted(around, "kept")
        return await kept(folder)


async def test_profiles_are_in_force_from_the_kept_index(tmp_path: Path, drafts: Drafts) -> None:
    await first_run(tmp_path)
    assert drafts.made == 1
    async with matcher(tmp_path) as (around, role):
        assert await found(around, role, "二号电池") == ["a", "b", "c"]
        assert around.metrics.registry.get_sample_value("zhitui_matcher_profiles") == 3
    assert drafts.made == 1


async def test_what_changed_while_the_matcher_was_down_is_in_force(tmp_path: Path, drafts: Drafts) -> None:
    await first_run(tmp_path)
    async with open_surroundings(tmp_path) as around:
        await save(around, "a", None)
        await save(around, "b", "电机")
        await save(around, "d", BATTERY)
        await save(around, "e", BATTERY)
        await save(around, "e", None)
    for number in range(2):  # the second time, it changed behind the same index once more
        async with matcher(tmp_path) as (around, role):
            assert await found(around, role, f"{number}号电池") == ["c", "d"]
            assert await found(around, role, f"{number}号电机") == ["b"]
    assert drafts.made == 1


async def test_accepted_rings_make_the_index_anew(tmp_path: Path, drafts: Drafts) -> None:
    left = await first_run(tmp_path)
    write_lines(tmp_path / ACCEPTED_FILE, RINGS, [Ring(id="m-1", members=(BATTERY, "蓄能匣子"))])
    async with matcher(tmp_path) as (around, role):
        assert await found(around, role, "蓄能匣子") == ["a", "b", "c"]
        left = await kept(tmp_path, left)
    assert drafts.made == 2
    async with matcher(tmp_path) as (around, role):
        assert await found(around, role, "蓄能匣子的盖") == ["a", "b", "c"]
    assert drafts.made == 2


async def test_a_topic_that_was_made_anew_makes_the_index_anew(tmp_path: Path, drafts: Drafts) -> None:
    await first_run(tmp_path)
    forget_the_bus(tmp_path)
    async with open_surroundings(tmp_path) as around:
        await save(around, "z", BATTERY)
    async with matcher(tmp_path) as (around, role):
        assert await found(around, role, "一号电池") == ["z"]
    assert drafts.made == 2


async def test_an_index_older_than_tombstones_are_kept_is_made_anew(tmp_path: Path, drafts: Drafts) -> None:
    left = await first_run(tmp_path)
    async with open_surroundings(tmp_path) as around:
        await save(around, "a", None)
    later = TOMBSTONES_KEPT + timedelta(hours=1)
    async with matcher(tmp_path, later=later) as (around, role):
        assert await found(around, role, "二号电池") == ["b", "c"]
        left = await kept(tmp_path, left)
    assert drafts.made == 2
    async with matcher(tmp_path, later=later) as (around, role):
        assert await found(around, role, "三号电池") == ["b", "c"]
    assert drafts.made == 2


@pytest.mark.parametrize("how", ["byte", "cut", "empty"])
async def test_a_damaged_index_is_made_anew(tmp_path: Path, drafts: Drafts, how: str) -> None:
    left = await first_run(tmp_path)
    damage(tmp_path / FILE, how)
    async with matcher(tmp_path) as (around, role):
        assert await found(around, role, "二号电池") == ["a", "b", "c"]
        await kept(tmp_path, left)
    assert drafts.made == 2
    async with matcher(tmp_path) as (around, role):
        assert await found(around, role, "三号电池") == ["a", "b", "c"]
    assert drafts.made == 2


async def test_an_index_is_kept_after_everything_was_merged(
    tmp_path: Path, drafts: Drafts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "FEW", 1)
    left = await first_run(tmp_path)
    async with matcher(tmp_path) as (around, role):
        await save(around, "b", None)
        saved = ["a", "c"]
        while (tmp_path / FILE).stat().st_ino == left:
            await save(around, f"d{len(saved):04}", BATTERY)
            saved.append(f"d{len(saved):04}")
            assert await found(around, role, f"{len(saved)}号电池") == saved
    async with matcher(tmp_path) as (around, role):
        assert await found(around, role, "末号电池") == saved
        assert await role.problems() == []
    assert drafts.made == 1


async def test_few_profiles_are_not_worth_an_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_index, "WORTH_KEEPING", 4)
    async with open_surroundings(tmp_path) as around:
        await save(around, "a", BATTERY)
    async with matcher(tmp_path) as (around, role):
        assert await found(around, role, "一号电池") == ["a"]
    assert not (tmp_path / FILE).exists()


async def test_an_index_that_cannot_be_kept_stops_nothing(tmp_path: Path, drafts: Drafts) -> None:
    (tmp_path / FILE).mkdir(parents=True)
    async with open_surroundings(tmp_path) as around:
        await save(around, "a", BATTERY)
    for number in range(2):
        async with matcher(tmp_path) as (around, role):
            assert await found(around, role, f"{number}号电池") == ["a"]
            await counted(around, "failed")
    assert drafts.made == 2
    assert not has_leftovers(tmp_path)


async def test_a_profile_that_cannot_be_read_is_parked_though_an_index_is_kept(tmp_path: Path) -> None:
    async with open_surroundings(tmp_path) as around:
        await save(around, "a", BATTERY)
        await around.bus.append(PROFILES, [Record(key="bad", value=b"{")])
    async with matcher(tmp_path) as (around, role):
        await kept(tmp_path)
        await around.bus.append(PROFILES, [Record(key="worse", value=b"[")])
        assert await found(around, role, "一号电池") == ["a"]
        assert await parked(around, PROFILES) == [b"{", b"["]
    async with matcher(tmp_path) as (around, role):
        assert await found(around, role, "二号电池") == ["a"]
        assert await parked(around, PROFILES) >= [b"{", b"["]
