"""How often a vendor may be called: turns that all notifiers take from the store, so that no restart forgets any."""

import asyncio
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.notifier.channels.port import LANES_APART
from shared.errors import RetryLaterError

if TYPE_CHECKING:
    from services.notifier.channels.port import Rate
    from shared.store.coordination import Lanes

MARGIN_SECONDS = 1.0
"""Added to the vendor's window: its minute need not be ours to the millisecond."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The right to one call.

    Attributes:
        lanes: in which it counts.
        id: empty when they have no limit, and nothing needs to be counted.
    """

    lanes: tuple[str, ...]
    id: str
    window_seconds: float


class Turns:
    """Takes turns and gives them back.

    Args:
        lanes: where all processes count.
        hold_seconds: longer than a call lasts, from taking the turn to its end.
    """

    def __init__(self, lanes: "Lanes", *, hold_seconds: float) -> None:
        self._lanes = lanes
        self._hold_seconds = hold_seconds

    async def take(self, lane: str, rate: "Rate | None") -> "Turn | float":
        """Return a turn to call now, or how many seconds to wait before it is worth asking again."""
        if rate is None:
            return Turn(lanes=(), id="", window_seconds=0.0)
        window_seconds = rate.window_seconds + MARGIN_SECONDS
        turn = Turn(lanes=tuple(lane.split(LANES_APART)), id=secrets.token_hex(8), window_seconds=window_seconds)
        waits = await asyncio.gather(
            *(
                self._lanes.take(
                    one, turn.id, calls=rate.calls, window_seconds=window_seconds, hold_seconds=self._hold_seconds
                )
                for one in turn.lanes
            )
        )
        if not any(waits):
            return turn
        await self.over(turn, called=False)
        return max(waits)

    async def over(self, turn: Turn, *, called: bool) -> None:
        """Say that the call is over, or that none was made and the turn is free again."""
        if not turn.id:
            return
        try:
            window_seconds = turn.window_seconds if called else 0.0
            await asyncio.gather(
                *(self._lanes.done(lane, turn.id, window_seconds=window_seconds) for lane in turn.lanes)
            )
        except RetryLaterError:
            return  # then it counts for longer than it need
