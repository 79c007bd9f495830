"""How often something may be done that cannot be taken back: counted in the store, over all processes."""

import secrets as random_letters
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.store.coordination import Lanes


async def seconds_to_wait(lanes: "Lanes", lane: str, *, calls: int, window_seconds: float) -> float:
    """Count one more; return 0.0, or how long there is no turn left, and then it was not counted.

    Args:
        lanes: of the store.
        lane: what is counted; it lies in the clear, so that it names no person.
        calls: so many in a window.
        window_seconds: how long each counts.

    Raises:
        RetryLaterError: the store does not answer.
    """
    turn = random_letters.token_hex(8)
    return await lanes.take(lane, turn, calls=calls, window_seconds=window_seconds, hold_seconds=0.0)
