"""How many calls are out at a time: as few as keep those busy who answer at once.

What a kill makes come twice are calls that were taken and whose answer nobody has read yet. A receiver that answers within
milliseconds takes as many messages a second from four calls at a time as from sixty: the sixty would only wait for one another, at
the receiver and here, each of them perhaps taken already. So calls wait for one another before they go out, see `Width`.

Those who answered last time do not wait for those of whom nobody knows whether they do, who get a part of the room and what is left
of it. For the silent nobody waits: they are few. Who waits for an answer for longer than `QUICK_SECONDS` lets others call
meanwhile, and sooner where nobody knows whether one comes.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from services.notifier.delivery.breakers import NO_ANSWER, Standing
from services.notifier.delivery.places import QUICK_SECONDS
from services.notifier.delivery.width import Width
from shared.errors import ZhituiError
from shared.runtime.elapsed import elapsed_seconds

if TYPE_CHECKING:
    from types import TracebackType

UNKNOWN_PART = 2
"""This part of the width is theirs of whom nobody knows whether they answer, one call at least; beyond it they get what is left."""


@dataclass(eq=False)
class Line:
    """Calls of one standing.

    Attributes:
        patience: so long one of them keeps others from going out, in parts of what is quick.
        out: so many are out and keep others from it.
        queue: those that wait, in order.
    """

    patience: float
    out: int = 0
    queue: "deque[asyncio.Future[None]]" = field(default_factory=deque)


class Wire:
    """Lets as many calls out as the width says.

    Attributes:
        width: learns from each answer for which others waited.
        quick_seconds: who knows that an answer comes waits so long for it before others may call.
    """

    def __init__(self) -> None:
        self.width = Width()
        self.quick_seconds = QUICK_SECONDS
        self._living = Line(1)
        self._unknown = Line(1 / 4)  # many of them may be silent
        self._lines = {Standing.LIVING: self._living, Standing.UNKNOWN: self._unknown}

    @property
    def is_wanted(self) -> bool:
        """Whether calls wait until they may go out."""
        return any(line.queue for line in self._lines.values())

    def call(self, standing: Standing) -> "_Call":
        """Return the context of one call: it is entered when the call may go out, and how it ends says whether somebody spoke."""
        return _Call(self, self._lines.get(standing))

    async def enter(self, line: Line) -> None:
        """Wait until a call may go out."""
        if not line.queue and self._has_room(line):
            line.out += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        line.queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():
                self.leave(line)  # it had just been let out
            elif turn in line.queue:
                line.queue.remove(turn)
            raise

    def leave(self, line: Line) -> None:
        """Let others call instead."""
        line.out -= 1
        for other in self._lines.values():
            while other.queue and self._has_room(other):
                turn = other.queue.popleft()
                if not turn.done():
                    other.out += 1
                    turn.set_result(None)

    def _has_room(self, line: Line) -> bool:
        if line is self._living:
            return line.out < self.width.calls
        return line.out < max(self.width.calls // UNKNOWN_PART, 1) or line.out + self._living.out < self.width.calls


class _Call:
    def __init__(self, wire: Wire, line: Line | None) -> None:
        self._wire = wire
        self._line = line
        self._is_in = False
        self._slow: asyncio.TimerHandle | None = None
        self._began = 0.0

    async def __aenter__(self) -> None:
        if self._line is not None:
            await self._wire.enter(self._line)
            self._is_in = True
            patience_seconds = self._line.patience * self._wire.quick_seconds
            self._slow = asyncio.get_running_loop().call_later(patience_seconds, self._leave)
        self._began = elapsed_seconds()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: "TracebackType | None"
    ) -> None:
        if self._line is None:
            return
        if self._slow is not None:
            self._slow.cancel()
        has_spoken = error is None or (isinstance(error, ZhituiError) and error.reason not in NO_ANSWER)
        if has_spoken and self._line.queue:
            self._wire.width.answered(elapsed_seconds() - self._began)
        self._leave()

    def _leave(self) -> None:
        if self._is_in and self._line is not None:
            self._is_in = False
            self._wire.leave(self._line)
