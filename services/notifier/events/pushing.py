"""Calls webhooks with events that are owed to them; what is not taken is tried again for a day, and once more when a person asks."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from services.notifier.channels.port import Announces
from shared.errors import ZhituiError
from shared.filing.event_calls import EVENT_CALLS
from shared.filing.events import EVENTS
from shared.logs import get_logger
from shared.wire.subscription import DestinationState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.notifier.channels.port import ChannelAdapter
    from shared.filing.event_calls import EventCall
    from shared.runtime.ownership import Ownership
    from shared.runtime.patience import Patience
    from shared.runtime.role import Surroundings
    from shared.store.filed import Filed
    from shared.wire.subscription import Channel

LOOK_SECONDS = 1.0
AT_A_TIME = 20
FIRST_WAIT = timedelta(seconds=30)
MOST_WAIT = timedelta(hours=2)

_log = get_logger("notifier")


class EventPusher:
    """Makes the calls; of several processes one does."""

    def __init__(
        self,
        around: "Surroundings",
        channels: "Mapping[Channel, ChannelAdapter]",
        ownership: "Ownership",
        patience: "Patience",
    ) -> None:
        self._around = around
        self._channels = channels
        self._shelf = around.store.shelf(EVENT_CALLS)
        self._events = around.store.shelf(EVENTS)
        self._ownership = ownership
        self._patience = patience

    async def run(self) -> None:
        """Look again and again until the process is to stop."""
        await self._ownership.keep(self._name, self._watch)

    async def look(self) -> int:
        """Make the calls that are due; return how many those were.

        Raises:
            RetryLaterError: the store does not answer.
        """
        now = self._around.clock.now()
        waiting = await self._shelf.page("", limit=AT_A_TIME)
        due = [filed for filed in waiting if filed.document.due_at <= now]
        await asyncio.gather(*(self._call(filed) for filed in due))
        return len(due)

    async def _call(self, filed: "Filed[EventCall]") -> None:
        call = filed.document
        destination = await self._around.store.destinations.get(call.destination_id)
        channel = None if destination is None else self._channels.get(destination.channel)
        if (
            destination is None
            or destination.state is not DestinationState.ACTIVE
            or not isinstance(channel, Announces)
        ):
            await self._shelf.remove(call.id)  # it can be read, and asked for once somebody wants it there
            return
        try:
            await channel.announce(destination, call.event)
        except Exception as error:  # noqa: BLE001 - one receiver that nobody thought of must not hold up the others
            if isinstance(error, ZhituiError):
                _log.warning("event_call_failed", call=call.id, destination=call.destination_id, detail=str(error))
            else:
                _log.exception("event_call_crashed", call=call.id, destination=call.destination_id)
            wait = min(FIRST_WAIT * 2**call.tries, MOST_WAIT)
            later = msgspec.structs.replace(call, tries=call.tries + 1, due_at=self._around.clock.now() + wait)
            await self._shelf.replace(later, revision=filed.revision)
        else:
            await self._told(call)
            await self._shelf.remove(call.id)

    async def _told(self, call: "EventCall") -> None:
        """Note on the event that this receiver has it; others may be noted on it at the same moment."""
        while (filed := await self._events.get(call.event.id)) is not None:
            untold = tuple(one for one in filed.document.untold if one != call.destination_id)
            if untold == filed.document.untold:
                return
            changed = msgspec.structs.replace(filed.document, untold=untold)
            if await self._events.replace(changed, revision=filed.revision) is not None:
                return

    async def _watch(self) -> None:
        await self._patience.repeat(self.look, seconds=LOOK_SECONDS)

    async def _name(self) -> str:
        return "event calls"
