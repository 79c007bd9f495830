"""How many calls are out at a time: as few as keep those busy who answer at once.

What a kill makes come twice are calls that were taken and whose answer nobody has read yet. A receiver that answers within
milliseconds takes as many messages a second from four calls at a time as from sixty: the sixty would only wait for one another, at
the receiver and here, each of them perhaps taken already. So calls wait for one another before they go out, see `Width`.

Those who answered last time do not wait for those of whom nobody knows whether they do, and for the silent nobody waits: they are
few. Who waits for an answer for longer than `QUICK_SECONDS` lets others call meanwhile, and sooner where nobody knows whether one comes.
"""

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from services.notifier.delivery.breakers import NO_ANSWER, Standing
from services.notifier.delivery.places import QUICK_SECONDS
from services.notifier.delivery.width import Width
from shared.errors import ZhituiError
from shared.runtime.elapsed import elapsed_seconds

if TYPE_CHECKING:
    from types import TracebackType

PATIENCE_SECONDS = {Standing.LIVING: QUICK_SECONDS, Standing.UNKNOWN: QUICK_SECONDS / 4}
"""So long a call keeps others from going out: many of the unknown may be silent."""


class Wire:
    """Lets calls go out."""

    def __init__(self) -> None:
        self._width = Width()
        self._gates = {standing: Gate(self._width, patience) for standing, patience in PATIENCE_SECONDS.items()}

    @property
    def is_wanted(self) -> bool:
        """Whether calls wait until they may go out."""
        return any(gate.waiting for gate in self._gates.values())

    def call(self, standing: Standing) -> "_Call":
        """Return the context of one call: it is entered when the call may go out, and how it ends says whether somebody spoke."""
        return _Call(self._gates.get(standing))


class Gate:
    """Lets as many calls out as the width says, in order.

    Attributes:
        width: learns from each answer for which others waited.
        patience_seconds: after so long others may call instead.
    """

    def __init__(self, width: Width, patience_seconds: float) -> None:
        self.width = width
        self.patience_seconds = patience_seconds
        self._out = 0
        self._queue: deque[asyncio.Future[None]] = deque()

    @property
    def waiting(self) -> int:
        """So many calls wait."""
        return len(self._queue)

    async def enter(self) -> None:
        """Wait until a call may go out."""
        if not self._queue and self._out < self.width.calls:
            self._out += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._queue.remove(turn)
            else:
                self.leave()
            raise

    def leave(self) -> None:
        """Let others call instead."""
        self._out -= 1
        while self._queue and self._out < self.width.calls:
            turn = self._queue.popleft()
            if not turn.done():
                self._out += 1
                turn.set_result(None)


class _Call:
    def __init__(self, gate: Gate | None) -> None:
        self._gate = gate
        self._is_in = False
        self._slow: asyncio.TimerHandle | None = None
        self._began = 0.0

    async def __aenter__(self) -> None:
        if self._gate is not None:
            await self._gate.enter()
            self._is_in = True
            self._slow = asyncio.get_running_loop().call_later(self._gate.patience_seconds, self._leave)
        self._began = elapsed_seconds()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: "TracebackType | None"
    ) -> None:
        if self._gate is None:
            return
        if self._slow is not None:
            self._slow.cancel()
        has_spoken = error is None or (isinstance(error, ZhituiError) and error.reason not in NO_ANSWER)
        if has_spoken and self._gate.waiting:
            self._gate.width.answered(elapsed_seconds() - self._began)
        self._leave()

    def _leave(self) -> None:
        if self._is_in and self._gate is not None:
            self._is_in = False
            self._gate.leave()
