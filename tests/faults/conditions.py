"""How the network is: what holds for all connections of a proxy."""

import asyncio
import random
from dataclasses import dataclass, field
from enum import Enum


class Direction(Enum):
    """Which way bytes go."""

    TO_SERVER = "to server"
    TO_CLIENT = "to client"


BOTH = frozenset(Direction)


@dataclass(slots=True)
class Conditions:
    """Changed and read on the proxy's loop only.

    Attributes:
        gates: open ones let bytes pass.
        delay_seconds, jitter_seconds: every byte arrives this much later, plus a random part of the jitter.
        tears: after how many more bytes the connection that carries the last of them is closed.
        recordings: of each connection since recording began, what went by each way; ``None`` when nobody records.
    """

    gates: dict[Direction, asyncio.Event] = field(default_factory=lambda: {way: asyncio.Event() for way in Direction})
    delay_seconds: float = 0.0
    jitter_seconds: float = 0.0
    tears: dict[Direction, int] = field(default_factory=dict)
    recordings: list[dict[Direction, bytearray]] | None = None
    chance: random.Random = field(default_factory=random.Random)

    def heal(self) -> None:
        """Let everything pass at once."""
        self.delay_seconds = self.jitter_seconds = 0.0
        self.tears.clear()
        for gate in self.gates.values():
            gate.set()

    def due_in_seconds(self) -> float:
        """Return how long what is read now is on its way."""
        return self.delay_seconds + self.chance.uniform(0, self.jitter_seconds)

    def allowance(self, direction: Direction, wanted_bytes: int) -> tuple[int, bool]:
        """Return how many of these bytes may still go, and whether the connection ends after them."""
        left = self.tears.get(direction)
        if left is None:
            return wanted_bytes, False
        if wanted_bytes < left:
            self.tears[direction] = left - wanted_bytes
            return wanted_bytes, False
        del self.tears[direction]
        return left, True

    def new_recording(self) -> dict[Direction, bytearray] | None:
        """Return where one connection notes what goes by, if somebody wants to know."""
        if self.recordings is None:
            return None
        self.recordings.append({way: bytearray() for way in Direction})
        return self.recordings[-1]
