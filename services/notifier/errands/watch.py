"""Looks for errands; of several processes one does them. After a crash in between, one is done again: a mail then carries the same id."""

import asyncio
from typing import TYPE_CHECKING

from services.notifier.errands.doing import do
from shared.filing.errands import ERRANDS, ErrandState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.notifier.channels.port import ChannelAdapter
    from shared.filing.errands import Errand
    from shared.runtime.ownership import Ownership
    from shared.runtime.patience import Patience
    from shared.runtime.role import Surroundings
    from shared.store.filed import Filed
    from shared.wire.subscription import Channel

LOOK_SECONDS = 0.5
"""How long an errand waits at most before somebody looks: a person sits in front of a page."""

AT_A_TIME = 20
"""Errands under way at once; a server that does not answer holds up as many."""

REST_SECONDS = 10.0
"""How long a mail rests whose server is not to be had."""


class ErrandWatch:
    """Does what the portal asks for."""

    def __init__(
        self,
        around: "Surroundings",
        channels: "Mapping[Channel, ChannelAdapter]",
        ownership: "Ownership",
        patience: "Patience",
    ) -> None:
        self._around = around
        self._channels = channels
        self._shelf = around.store.shelf(ERRANDS)
        self._ownership = ownership
        self._patience = patience
        self._resting: dict[str, float] = {}

    async def run(self) -> None:
        """Look again and again until the process is to stop."""
        await self._ownership.keep(self._name, self._watch)

    async def is_idle(self) -> bool:
        """Whether nothing is asked for."""
        return await self._shelf.count(ErrandState.WAITING.value) == 0

    async def look(self) -> int:
        """Do what waits; return how many were tried.

        Raises:
            RetryLaterError: the store does not answer.
        """
        waiting = await self._shelf.page(ErrandState.WAITING.value, limit=AT_A_TIME * 5)
        now = self._around.clock.now().timestamp()
        self._resting = {name: until for name, until in self._resting.items() if until > now}
        due = [filed for filed in waiting if filed.document.id not in self._resting][:AT_A_TIME]
        await asyncio.gather(*(self._do(filed) for filed in due))
        return len(due)

    async def _do(self, filed: "Filed[Errand]") -> None:
        done = await do(self._around, self._channels, filed.document)
        if done is None:
            self._resting[filed.document.id] = self._around.clock.now().timestamp() + REST_SECONDS
        else:
            await self._shelf.replace(done, revision=filed.revision)

    async def _watch(self) -> None:
        await self._patience.repeat(self.look, seconds=LOOK_SECONDS)

    async def _name(self) -> str:
        return "errands"
