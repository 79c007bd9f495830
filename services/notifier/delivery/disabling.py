"""The end of a destination: nothing is sent to it until somebody registers it anew."""

from typing import TYPE_CHECKING

from shared.errors import NotFoundError
from shared.logs import get_logger
from shared.wire.subscription import DestinationState

if TYPE_CHECKING:
    from datetime import datetime

    from services.notifier.events.recording import Recorder
    from shared.store.port import Store
    from shared.wire.subscription import Destination

_log = get_logger("notifier")


async def disable(store: "Store", events: "Recorder", destination: "Destination", reason: str, now: "datetime") -> None:
    """Disable a destination, and tell its people's programs; one that was removed meanwhile is as good as disabled.

    Raises:
        RetryLaterError: it could not be stored.
    """
    await events.disabled(destination.id, reason, now)
    try:
        await store.destinations.set_state(destination.id, DestinationState.DISABLED, reason)
    except NotFoundError:
        return
    _log.error("destination_disabled", destination=destination.id, channel=destination.channel, reason=reason)
