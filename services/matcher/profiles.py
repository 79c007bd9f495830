"""The profiles in force: read from their topic, kept up with before every batch."""

import asyncio
from typing import TYPE_CHECKING

from services.matcher.engine.live import LiveEngine, Merged, build
from shared.bus.topics import PROFILES
from shared.errors import InvalidInputError
from shared.logs import get_logger
from shared.wire.events import ProfileSaved, decode_event

if TYPE_CHECKING:
    from shared.bus.port import Reader, Received
    from shared.runtime.role import Surroundings
    from shared.wire.profile import Profile

MAX_RECORDS = 5000


class ProfilesInForce:
    """Follows the profiles topic. A record that cannot be read is dead-lettered; the profile before it stays in force."""

    def __init__(self, around: "Surroundings", reader: "Reader") -> None:
        self._around = around
        self._reader = reader
        self._log = get_logger("matcher")
        self._poison: list[tuple[Received, InvalidInputError]] = []
        self._merge: asyncio.Future[Merged] | None = None
        self.live = LiveEngine()

    async def catch_up(self) -> None:
        """Bring into force all that was saved until now.

        Raises:
            StorageFullError: a poison record could not be kept yet; call again, nothing is forgotten.
        """
        changes: list[tuple[str, Profile | None]] = []
        while received := await self._reader.poll(MAX_RECORDS, 0.0):
            for record in received:
                try:
                    changes.append((record.key, _decode(record)))
                except InvalidInputError as error:
                    self._poison.append((record, error))
        if changes:
            await asyncio.to_thread(self.live.apply, changes)
            self._around.metrics.matcher_profiles.set(len(self.live))
        await self._merge_when_due()
        while self._poison:
            await self._park(*self._poison[0])
            del self._poison[0]

    async def _park(self, record: "Received", error: InvalidInputError) -> None:
        await self._around.bus.dead_letter(PROFILES, record, error)
        self._log.warning("profile_dead_lettered", profile=record.key, error=str(error))
        self._around.metrics.dead_letters.labels(topic=PROFILES.name).inc()

    async def _merge_when_due(self) -> None:
        """Build a new base on another thread while matching goes on, and install it when it is ready."""
        if self._merge is not None and self._merge.done():
            merged, self._merge = self._merge.result(), None
            await asyncio.to_thread(self.live.install, merged)
        elif self._merge is None and self.live.wants_merge:
            self._merge = asyncio.get_running_loop().run_in_executor(None, build, self.live.profiles)


def _decode(record: "Received") -> "Profile | None":
    return None if record.value is None else decode_event(record.value, ProfileSaved).profile
