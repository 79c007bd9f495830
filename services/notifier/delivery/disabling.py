"""The end of a destination: nothing is sent to it until somebody registers it anew."""

from typing import TYPE_CHECKING

from shared.errors import NotFoundError
from shared.logs import get_logger
from shared.wire.subscription import DestinationState

if TYPE_CHECKING:
    from shared.store.port import Store
    from shared.wire.subscription import Destination

_log = get_logger("notifier")


async def disable(store: "Store", destination: "Destination", reason: str) -> None:
    """Disable a destination; one that was removed meanwhile is as good as disabled.

    Raises:
        RetryLaterError: it could not be stored.
    """
    try:
        await store.destinations.set_state(destination.id, DestinationState.DISABLED, reason)
    except NotFoundError:
        return
    _log.error("destination_disabled", destination=destination.id, channel=destination.channel, reason=reason)
