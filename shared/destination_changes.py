"""A destination that several change at the same time: each changes its part, of what it has looked at, and overrules nobody.

People write its address, a notifier switches it off, who reads there wants silence. Who knows something of an address (its
code was typed in, its mailbox is gone) knows it of that address alone: when it was replaced meanwhile, nothing is changed.
"""

from typing import TYPE_CHECKING

import msgspec

from shared.errors import RetryLaterError
from shared.wire.subscription import DestinationState

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.store.telling import Destinations
    from shared.wire.subscription import Destination

TRIES = 20


async def changed(
    destinations: "Destinations", read: "Destination", change: "Callable[[Destination], Destination]"
) -> "Destination | None":
    """Change a destination as it is now; ``None``: it is gone, or leads elsewhere than when it was read.

    Args:
        destinations: of the store.
        read: as the caller has looked at it.
        change: returns what it is to be; called again when somebody else was quicker.

    Raises:
        RetryLaterError: others change it all the time, or the store does not answer.
    """
    for _ in range(TRIES):
        now = await destinations.get(read.id)
        if now is None or not leads_where(now, read):
            return None
        wanted = change(now)
        if wanted == now or await destinations.replace(now, wanted):
            return wanted
    raise RetryLaterError(f"目的地 {read.id} 正被别处修改，请稍后再试。")


async def activated(destinations: "Destinations", proven: "Destination") -> "Destination | None":
    """Let alerts go to a destination that was proven; one that came into another state meanwhile stays in that.

    Returns and raises as `changed`.
    """

    def activate(now: "Destination") -> "Destination":
        if now.state is not proven.state:
            return now
        return msgspec.structs.replace(now, state=DestinationState.ACTIVE, state_reason=None)

    return await changed(destinations, proven, activate)


async def readdressed(
    destinations: "Destinations", read: "Destination", made: "Destination", *, to_be_proven: bool = False
) -> "Destination | None":
    """Give a destination the address and options that were made of it; no alert goes there before it is proven, if it must be.

    Args:
        destinations: of the store.
        read: as it was when they were made.
        made: has them.
        to_be_proven: whether somebody must say anew that it is theirs.

    Returns and raises as `changed`.
    """

    def write(now: "Destination") -> "Destination":
        written = msgspec.structs.replace(now, address=made.address, options=made.options)
        if not to_be_proven:
            return written
        return msgspec.structs.replace(written, state=DestinationState.UNVERIFIED, state_reason=None)

    return await changed(destinations, read, write)


def leads_where(one: "Destination", other: "Destination") -> bool:
    """Whether what goes to both reaches the same receiver in the same way."""
    return (one.channel, one.address, one.options) == (other.channel, other.address, other.options)
