"""The profiles in force: followed on their topic, compiled ahead of matching, kept in a file between runs."""

import asyncio
import sys
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from services.matcher.engine.draft import Draft
from services.matcher.engine.kernel import let_go_of_compiler
from services.matcher.engine.live import LiveEngine
from services.matcher.kept_index import KeptIndex
from services.matcher.rings import ring_set
from services.matcher.shard import Shard
from shared.bus.topics import PROFILES
from shared.errors import InvalidInputError
from shared.logs import get_logger
from shared.runtime.memory import settle_memory
from shared.wire.events import ProfileSaved, decode_event

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    from services.matcher.engine.index import Index
    from services.matcher.engine.live import Step
    from services.matcher.engine.searcher import Searcher
    from services.matcher.rings.rings import Rings
    from shared.bus.port import Reader, Received
    from shared.runtime.patience import Patience
    from shared.runtime.role import Surroundings
    from shared.wire.profile import Profile

T = TypeVar("T")

MAX_RECORDS = 2_000
"""Changes that are compiled together: a fifth of a second's work at most, done beside matching."""

SWITCH_SECONDS = 0.0001
"""How long a thread that compiles may keep the interpreter from one that matches, which asks for it after every kernel: some
eighty times for a publication."""

_STEPS_AHEAD = 4
_POLL_SECONDS = 0.5


class _Read(NamedTuple):
    """What was read of the topic: changes, what cannot be read, and up to where that is."""

    changes: "list[tuple[str, Profile | None]]"
    poison: "list[tuple[Received, InvalidInputError]]"
    positions: dict[int, int]


class ProfilesInForce:
    """Follows the profiles topic. A record that cannot be read is dead-lettered; the profile before it stays in force."""

    def __init__(
        self, around: "Surroundings", reader: "Reader", rings: "Rings", kept: KeptIndex, patience: "Patience"
    ) -> None:
        self._around = around
        self._reader = reader
        self._rings = rings
        self._kept = kept
        self._patience = patience
        self._shard = Shard.of(around.settings)
        self._log = get_logger("matcher")
        self._ready: asyncio.Queue[tuple[Step | None, _Read]] = asyncio.Queue(_STEPS_AHEAD)
        self._in_force: Mapping[int, int] = {}
        self._settled: Mapping[int, int] = {}  # before these, all changes are in what can be merged and kept
        self._merge: asyncio.Future[Searcher] | None = None
        self._merged_up_to: Mapping[int, int] | None = None
        self._unkept: tuple[Index, Mapping[int, int]] | None = None
        self.live = LiveEngine(rings)

    async def load(self, index: "Index | None") -> None:
        """Bring into force what a kept index holds, and all else that was saved until now; `follow` goes on from there."""
        poison: list[tuple[Received, InvalidInputError]] = []
        if index is None:
            draft = Draft(self._rings)
            ends = await self._patience.persist(lambda: self._around.bus.ends(PROFILES))
            while not _reaches(self._reader.positions, ends) and not self._patience.stop.is_set():
                read = await self._read()
                poison += read.poison
                await asyncio.to_thread(draft.change, read.changes)
            index = await asyncio.to_thread(draft.index)
            self._unkept = index, dict(self._reader.positions)
        self.live = await asyncio.to_thread(LiveEngine, self._rings, index)
        self._in_force = self._settled = dict(self._reader.positions)
        await self._park(poison)
        self._told_and_kept()
        let_go_of_compiler()
        settle_memory()

    async def follow(self) -> None:
        """Read on and compile what changes, for as long as the matcher runs; `catch_up` puts it in force."""
        while True:
            read = await self._read()
            step = await asyncio.to_thread(self.live.prepare, read.changes) if read.changes else None
            if step is not None or read.poison or read.positions != self._in_force:
                await self._ready.put((step, read))

    async def catch_up(self, needed: "Mapping[int, int] | None" = None) -> None:
        """Put in force what is compiled, and wait until everything before these positions is."""
        while not self._ready.empty():
            await self._put_in_force(*self._ready.get_nowait())
        if needed is not None and not _reaches(self._in_force, needed):
            # The topic may have been made anew since the publication was accepted: its end is all there is to wait for.
            ends = await self._patience.persist(lambda: self._around.bus.ends(PROFILES))
            needed = {partition: min(offset, ends.get(partition, 0)) for partition, offset in needed.items()}
            while not _reaches(self._in_force, needed):
                await self._put_in_force(*await self._ready.get())
        await self._merge_when_due()
        self._told_and_kept()
        self._around.metrics.matcher_caught_up_at.set(self._around.clock.now().timestamp())

    async def _read(self) -> _Read:
        """Wait for records and decode them, away from the event loop."""
        received = await self._patience.persist(lambda: self._reader.poll(MAX_RECORDS, _POLL_SECONDS))
        positions = dict(self._reader.positions)
        changes, poison = await asyncio.to_thread(self._decode, received) if received else ([], [])
        return _Read(changes, poison, positions)

    def _decode(
        self, received: "Sequence[Received]"
    ) -> "tuple[list[tuple[str, Profile | None]], list[tuple[Received, InvalidInputError]]]":
        changes: list[tuple[str, Profile | None]] = []
        poison: list[tuple[Received, InvalidInputError]] = []
        for record in received:
            if not self._shard.holds(record.key):
                continue
            try:
                saved = None if record.value is None else decode_event(record.value, ProfileSaved)
                changes.append((record.key, None if saved is None else saved.profile))
            except InvalidInputError as error:
                poison.append((record, error))
        return changes, poison

    async def _put_in_force(self, step: "Step | None", read: _Read) -> None:
        if step is not None:
            await asyncio.to_thread(self.live.install, step)
        await self._park(read.poison)
        self._in_force = read.positions
        if self.live.is_settled:
            self._settled = read.positions

    async def _park(self, poison: "Sequence[tuple[Received, InvalidInputError]]") -> None:
        for record, error in poison:
            await self._patience.persist(partial(self._around.bus.dead_letter, PROFILES, record, error))
            self._log.warning("profile_dead_lettered", profile=record.key, error=str(error))
            self._around.metrics.dead_letters.labels(topic=PROFILES.name).inc()

    async def _merge_when_due(self) -> None:
        """Merge on another thread while matching goes on, and put the result in place when it is ready."""
        if self._merge is not None and self._merge.done():
            merged, self._merge = self._merge.result(), None
            await asyncio.to_thread(self.live.end_merge, merged)
            if self._merged_up_to is not None:
                self._unkept = merged.index, self._merged_up_to
        elif self._merge is None and (merging := self.live.begin_merge()) is not None:
            self._merged_up_to = dict(self._settled) if merging.whole else None
            self._merge = self._in_background(merging.build)

    def _told_and_kept(self) -> None:
        self._around.metrics.matcher_profiles.set(len(self.live))
        if self._unkept is not None:  # all that it has passed is parked: after a crash nobody would read it again
            self._in_background(self._kept.keep, *self._unkept)
            self._unkept = None

    def _in_background(self, work: "Callable[..., T]", *arguments: object) -> "asyncio.Future[T]":
        return asyncio.get_running_loop().run_in_executor(None, work, *arguments)


@asynccontextmanager
async def open_profiles(around: "Surroundings", patience: "Patience") -> "AsyncIterator[ProfilesInForce]":
    """Open the profiles topic, behind what a kept index holds of it if there is one that is still good."""
    sys.setswitchinterval(SWITCH_SECONDS)
    rings = ring_set(around.settings.data_dir)
    kept = await KeptIndex.open(around, rings)
    index, positions = await asyncio.to_thread(kept.take)
    async with around.bus.reader(PROFILES, positions=positions) as reader:
        profiles = ProfilesInForce(around, reader, rings, kept, patience)
        await profiles.load(index)
        yield profiles


def _reaches(positions: "Mapping[int, int]", needed: "Mapping[int, int]") -> bool:
    return all(positions.get(partition, 0) >= offset for partition, offset in needed.items())
