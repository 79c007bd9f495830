"""What unpacking may use up, counted while reading: what an archive declares of itself proves nothing."""

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from pathlib import Path

    from _typeshed import WriteableBuffer

    from services.ingest.containers.inventory import Inventory

MAX_ENTRIES = 200_000
MAX_DEPTH = 3
MAX_ENTRY_BYTES = 8 * 1024**3
MAX_TOTAL_BYTES = 64 * 1024**3
MAX_RATIO = 200
"""Text of patents shrinks to a tenth; nothing honest shrinks to a two-hundredth."""

RATIO_FROM_BYTES = 8 * 1024**2
"""Below this size a ratio says nothing: a page of blanks is no bomb."""


class BombError(ValueError):
    """An archive unpacks to more than it may.

    Attributes:
        whole: the limits of the whole input are used up, so that nothing more of it may be read.
    """

    def __init__(self, sentence: str, *, whole: bool = False) -> None:
        super().__init__(sentence)
        self.whole = whole


@dataclass(slots=True)
class Walk:
    """One input: what its archives have used up of the limits so far.

    Attributes:
        depth: how many archives the present one lies in.
        bomb: what was found while somebody else was reading.
    """

    spool: "Path"
    inventory: "Inventory"
    total_bytes: int = 0
    entries: int = 0
    depth: int = 0
    bomb: BombError | None = None

    def enter(self) -> None:
        """Count an entry.

        Raises:
            BombError: there are too many.
        """
        self.entries += 1
        if self.entries > MAX_ENTRIES:
            raise BombError(f"压缩包里的文件超过 {MAX_ENTRIES} 个", whole=True)


@dataclass(slots=True)
class Budget:
    """What one archive may unpack to.

    Attributes:
        packed_bytes: its own size.
    """

    walk: Walk
    packed_bytes: int
    spent_bytes: int = 0

    def spend(self, count: int) -> None:
        """Count unpacked bytes.

        Raises:
            BombError: there are too many.
        """
        self.spent_bytes += count
        self.walk.total_bytes += count
        if self.walk.total_bytes > MAX_TOTAL_BYTES:
            raise BombError(f"压缩包解开后超过 {MAX_TOTAL_BYTES // 1024**3} GiB", whole=True)
        if self.spent_bytes > allowed_bytes(self.packed_bytes):
            raise BombError(f"压缩包解开后是压缩时的 {MAX_RATIO} 倍以上")


def allowed_bytes(packed_bytes: int) -> int:
    """Return to how many bytes so many may unpack."""
    return max(RATIO_FROM_BYTES, MAX_RATIO * packed_bytes)


@dataclass(slots=True)
class Meter:
    """What one member may unpack to; reading it again is free.

    Attributes:
        packed_bytes: what it takes in its archive; ``None`` where only the archive as a whole can tell.
    """

    budget: Budget
    packed_bytes: int | None
    high_water: int = field(default=0)

    def reach(self, position: int) -> None:
        """Count the bytes up to here.

        Raises:
            BombError: there are too many.
        """
        if position <= self.high_water:
            return
        try:
            self._check(position)
            self.budget.spend(position - self.high_water)
        except BombError as error:
            self.budget.walk.bomb = error
            raise
        self.high_water = position

    def _check(self, position: int) -> None:
        if position > MAX_ENTRY_BYTES:
            raise BombError(f"压缩包里的一个文件超过 {MAX_ENTRY_BYTES // 1024**3} GiB")
        if self.packed_bytes is not None and position > allowed_bytes(self.packed_bytes):
            raise BombError(f"压缩包里的一个文件解开后是压缩时的 {MAX_RATIO} 倍以上")


class Metered(io.RawIOBase):
    """A member's stream under its meter."""

    def __init__(self, stream: BinaryIO, meter: Meter) -> None:
        super().__init__()
        self._stream = stream
        self._meter = meter
        self._position = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Read into a buffer."""
        view = memoryview(buffer)
        data = self._stream.read(len(view))
        self._position += len(data)
        self._meter.reach(self._position)
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close the stream below, too."""
        self._stream.close()
        super().close()


def metered(stream: BinaryIO, meter: Meter) -> io.BufferedReader:
    """Return the stream under the meter."""
    return io.BufferedReader(Metered(stream, meter), 256 * 1024)
