"""Destinations in the states that tests need."""

import msgspec

from shared.store.port import Store
from shared.wire.subscription import Destination, DestinationState


async def put_in_state(
    store: Store, destination_id: str, state: DestinationState, reason: str | None = None
) -> Destination:
    """Bring a destination that there is into a state, whatever it was in; return it."""
    there = await store.destinations.get(destination_id)
    assert there is not None, destination_id
    now = msgspec.structs.replace(there, state=state, state_reason=reason)
    await store.destinations.put(now)
    return now
