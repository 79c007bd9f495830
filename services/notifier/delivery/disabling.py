"""The end of a destination: nothing is sent to it until somebody registers it anew."""

from functools import partial
from typing import TYPE_CHECKING

import msgspec

from shared.destination_changes import changed, leads_where
from shared.logs import get_logger
from shared.wire.subscription import DestinationState

if TYPE_CHECKING:
    from datetime import datetime

    from services.notifier.events.recording import Recorder
    from shared.store.port import Store
    from shared.wire.subscription import Destination

_log = get_logger("notifier")


async def disable(store: "Store", events: "Recorder", destination: "Destination", reason: str, now: "datetime") -> None:
    """Disable a destination, and tell its people's programs; one that was removed, or leads elsewhere by now, stays as it is.

    Raises:
        RetryLaterError: it could not be stored.
    """
    there = await store.destinations.get(destination.id)
    if there is None or not leads_where(there, destination):
        return
    # First the event: whoever breaks off in between does it again.
    await events.disabled(destination.id, reason, now)
    if await changed(store.destinations, destination, partial(_disabled, reason=reason)) is None:
        return
    _log.error("destination_disabled", destination=destination.id, channel=destination.channel, reason=reason)


def _disabled(destination: "Destination", *, reason: str) -> "Destination":
    return msgspec.structs.replace(destination, state=DestinationState.DISABLED, state_reason=reason)
