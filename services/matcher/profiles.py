"""The profiles in force: read from their topic, kept up with before every batch, kept compiled in a file between runs."""

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from services.matcher.engine.draft import Draft
from services.matcher.engine.live import LiveEngine
from services.matcher.kept_index import KeptIndex
from services.matcher.rings import ring_set
from shared.bus.topics import PROFILES
from shared.errors import InvalidInputError
from shared.logs import get_logger
from shared.runtime.memory import give_back_memory
from shared.wire.events import ProfileSaved, decode_event

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from services.matcher.engine.index import Index
    from services.matcher.engine.searcher import Searcher
    from services.matcher.rings.rings import Rings
    from shared.bus.port import Reader, Received
    from shared.runtime.role import Surroundings
    from shared.wire.profile import Profile

T = TypeVar("T")

MAX_RECORDS = 1_000


class ProfilesInForce:
    """Follows the profiles topic. A record that cannot be read is dead-lettered; the profile before it stays in force."""

    def __init__(
        self, around: "Surroundings", reader: "Reader", rings: "Rings", kept: KeptIndex, positions: dict[int, int]
    ) -> None:
        self._around = around
        self._reader = reader
        self._rings = rings
        self._kept = kept
        self._positions = positions
        self._log = get_logger("matcher")
        self._poison: list[tuple[Received, InvalidInputError]] = []
        self._merge: asyncio.Future[Searcher] | None = None
        self._merged_up_to: dict[int, int] | None = None
        self._unkept: tuple[Index, dict[int, int]] | None = None
        self.live = LiveEngine(rings)

    async def load(self, index: "Index | None") -> None:
        """Bring a compiled index into force, or all that was saved until now; `catch_up` goes on from there."""
        if index is None:
            draft = Draft(self._rings)
            async for changes in self._changes():
                await asyncio.to_thread(draft.change, changes)
            index = await asyncio.to_thread(draft.index)
            self._unkept = index, self._positions.copy()
        self.live = await asyncio.to_thread(LiveEngine, self._rings, index)
        self._around.metrics.matcher_profiles.set(len(self.live))
        give_back_memory()

    async def catch_up(self) -> None:
        """Bring into force all that was saved until now.

        Raises:
            StorageFullError: a poison record could not be kept yet; call again, nothing is forgotten.
        """
        async for changes in self._changes():
            await asyncio.to_thread(self.live.apply, changes)
            self._around.metrics.matcher_profiles.set(len(self.live))
        await self._merge_when_due()
        while self._poison:
            await self._park(*self._poison[0])
            del self._poison[0]
        if (
            self._unkept is not None
        ):  # not before all that it has passed is parked: after a crash nobody would read it again
            self._in_background(self._kept.keep, *self._unkept)
            self._unkept = None

    async def _changes(self) -> "AsyncIterator[list[tuple[str, Profile | None]]]":
        while received := await self._reader.poll(MAX_RECORDS, 0.0):
            changes: list[tuple[str, Profile | None]] = []
            for record in received:
                try:
                    changes.append((record.key, _decode(record)))
                except InvalidInputError as error:
                    self._poison.append((record, error))
            yield changes
            self._positions.update({record.partition: record.offset + 1 for record in received})

    async def _park(self, record: "Received", error: InvalidInputError) -> None:
        await self._around.bus.dead_letter(PROFILES, record, error)
        self._log.warning("profile_dead_lettered", profile=record.key, error=str(error))
        self._around.metrics.dead_letters.labels(topic=PROFILES.name).inc()

    async def _merge_when_due(self) -> None:
        """Merge on another thread while matching goes on, and put the result in place when it is ready."""
        if self._merge is not None and self._merge.done():
            merged, self._merge = self._merge.result(), None
            await asyncio.to_thread(self.live.end_merge, merged)
            if self._merged_up_to is not None:
                self._in_background(self._kept.keep, merged.index, self._merged_up_to)
        elif self._merge is None and (merging := self.live.begin_merge()) is not None:
            self._merged_up_to = self._positions.copy() if merging.whole else None
            self._merge = self._in_background(merging.build)

    def _in_background(self, work: "Callable[..., T]", *arguments: object) -> "asyncio.Future[T]":
        return asyncio.get_running_loop().run_in_executor(None, work, *arguments)


@asynccontextmanager
async def open_profiles(around: "Surroundings") -> "AsyncIterator[ProfilesInForce]":
    """Open the profiles topic, behind what a kept index holds of it if there is one that is still good."""
    rings = ring_set(around.settings.data_dir)
    kept = await KeptIndex.open(around, rings)
    index, positions = await asyncio.to_thread(kept.take)
    async with around.bus.reader(PROFILES, positions=positions) as reader:
        profiles = ProfilesInForce(around, reader, rings, kept, positions)
        await profiles.load(index)
        yield profiles


def _decode(record: "Received") -> "Profile | None":
    return None if record.value is None else decode_event(record.value, ProfileSaved).profile
