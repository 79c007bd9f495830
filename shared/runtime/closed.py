"""A store that is closed for a restore or a move: nobody begins to work on it, and who does comes to an end."""

import asyncio
from typing import TYPE_CHECKING

from shared.errors import MisconfiguredError, RetryLaterError
from shared.logs import get_logger
from shared.store.archived import ClosureState

if TYPE_CHECKING:
    from shared.store.port import Store

LOOK_SECONDS = 1.0

log = get_logger("process")


async def refuse_closed(store: "Store") -> None:
    """Return when everybody may work on the store.

    Raises:
        MisconfiguredError: it is closed; the sentence says why, and what to do.
    """
    closure = await store.archive.closure()
    if closure is not None and closure.state is not ClosureState.COPYING:
        raise MisconfiguredError(closure.reason)


async def stop_when_closed(store: "Store", stop: asyncio.Event) -> MisconfiguredError | None:
    """Look once a second; when the store was closed, ask the process to stop as a signal would, and return why; ``None`` when it stops for another reason.

    So roles finish what is in flight, and commit. Whoever closed the store waits for that.
    """
    while not stop.is_set():
        try:
            await refuse_closed(store)
        except RetryLaterError:
            pass  # who cannot ask cannot write either
        except MisconfiguredError as error:
            log.warning("store_closed", reason=str(error))
            stop.set()
            return error
        await asyncio.sleep(LOOK_SECONDS)
    return None
