"""Somebody says that a destination is theirs: the code that went there is typed in, and not often enough to be guessed."""

import secrets as random_letters
from typing import TYPE_CHECKING

from shared.destination_changes import activated
from shared.errors import InvalidInputError
from shared.verification import Verifier

if TYPE_CHECKING:
    from shared.runtime.role import Surroundings
    from shared.wire.subscription import Destination

HOUR_SECONDS = 3600.0

TRIES = 10
"""Codes that may be tried for a destination in an hour."""


async def accept(around: "Surroundings", destination: "Destination", code: str) -> bool:
    """Return whether a code is right, and if so let alerts go there; of an address that was replaced meanwhile it is not.

    Raises:
        InvalidInputError: too many were tried.
    """
    await count_in_hour(around, f"verify-try:{destination.id}", TRIES, "验证码试得太多了")
    if not Verifier(around.secrets).accepts_code(destination, code, around.clock.now()):
        return False
    return await activated(around.store.destinations, destination) is not None


async def count_in_hour(around: "Surroundings", lane: str, calls: int, too_many: str) -> None:
    """Count one more in a lane.

    Raises:
        InvalidInputError: there were ``calls`` in the last hour; ``too_many`` says of what, in Chinese.
    """
    turn = random_letters.token_hex(8)
    wait_seconds = await around.store.lanes.take(lane, turn, calls=calls, window_seconds=HOUR_SECONDS, hold_seconds=0.0)
    if wait_seconds:
        raise InvalidInputError(f"{too_many}，请过 {wait_seconds / 60:.0f} 分钟再试。")
