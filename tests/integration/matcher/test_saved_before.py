"""A profile whose saving was acknowledged is in force for every publication accepted later; others need not wait for it."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from services.matcher.engine.live import LiveEngine, Step
from shared.bus.port import Received, Record
from shared.bus.saved_before import HEADER, required, saved_before
from shared.bus.topics import PROFILES, PUBLICATIONS
from shared.runtime.role import Surroundings
from shared.wire import events
from shared.wire.events import PublicationSeen, encode_event
from shared.wire.publication import Publication
from tests.integration.matcher.made import NOW, open_surroundings, running, save, told, worked_off

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.matcher.engine.live import Change


def seen(title: str, headers: dict[str, str]) -> Record:
    event = PublicationSeen(
        publication=Publication(publication_number=title, kind="A", title=title),
        content_hash="h",
        change=events.Change.NEW,
        seen_at=NOW,
    )
    return Record(key=title, value=encode_event(event), headers=headers)


def caught_up(around: Surroundings) -> float:
    return around.metrics.registry.get_sample_value("zhitui_matcher_caught_up_timestamp_seconds") or 0.0


class SlowEngine(LiveEngine):
    """Compiles changes only as long as it may."""

    may = asyncio.Event()

    def prepare(self, changes: "Sequence[Change]") -> Step:
        asyncio.run_coroutine_threadsafe(self.may.wait(), self.loop).result()
        return super().prepare(changes)

    loop: asyncio.AbstractEventLoop


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> type[SlowEngine]:
    monkeypatch.setattr("services.matcher.profiles.LiveEngine", SlowEngine)
    SlowEngine.may = asyncio.Event()
    return SlowEngine


async def test_a_publication_waits_for_the_profiles_saved_before_it_and_for_no_others(
    tmp_path: Path, slowly: type[SlowEngine]
) -> None:
    slowly.loop = asyncio.get_running_loop()
    async with open_surroundings(tmp_path) as around, running(around) as role:
        await worked_off(role)
        before = await saved_before(around.bus)
        await save(around, "a", "电池")
        after = await saved_before(around.bus)
        await around.bus.append(PUBLICATIONS, [seen("先到的电池", before)])
        await worked_off(role)
        assert await told(around) == {}
        await around.bus.append(PUBLICATIONS, [seen("后到的电池", after)])
        await asyncio.sleep(0.3)
        assert not await role.is_idle()
        waits_since = caught_up(around)
        await asyncio.sleep(0.6)  # longer than a poll takes: the wait shows
        assert caught_up(around) == waits_since
        slowly.may.set()
        await worked_off(role)
        assert caught_up(around) > waits_since
        assert await told(around) == {"后到的电池": ["a"]}


async def test_a_topic_that_was_made_anew_is_waited_for_to_its_end_only(tmp_path: Path) -> None:
    async with open_surroundings(tmp_path) as around, running(around) as role:
        await save(around, "a", "电池")
        await around.bus.append(PUBLICATIONS, [seen("电池", {HEADER: "0:1000000"})])
        await worked_off(role)
        assert await told(around) == {"电池": ["a"]}


@pytest.mark.parametrize("header", [None, "", "x", "0:x", "0"])
async def test_a_publication_that_does_not_tell_waits_for_all_there_is(tmp_path: Path, header: str | None) -> None:
    async with open_surroundings(tmp_path) as around:
        await save(around, "a", "电池")
        record = Received(
            topic=PUBLICATIONS.name,
            partition=0,
            offset=0,
            key="CN1A",
            value=b"",
            headers={} if header is None else {HEADER: header},
            appended_at=NOW,
        )
        assert await required(around.bus, [record]) == await around.bus.ends(PROFILES)
        assert await required(around.bus, []) == {}
