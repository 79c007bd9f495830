"""Values that come again and again, kept with what was made of them."""

from collections.abc import Callable
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Kept(dict[K, V]):
    """What was made of values: ``kept[value]`` makes it the first time.

    Unlike `functools.lru_cache` it does not note when a value was last asked for. With thousands of values that note lies far away in
    memory, and so does the value that has to go for every new one: together they cost more than most values take to make. When
    there is no more room, all go.

    Args:
        make: makes it; must give the same for the same, and nothing that changes.
        most: so many are kept; whoever asks sees to it that none takes the room of many.
    """

    def __init__(self, make: Callable[[K], V], most: int) -> None:
        super().__init__()
        self.most = most
        self._make = make

    def __missing__(self, value: K) -> V:
        if len(self) >= self.most:
            self.clear()
        made = self[value] = self._make(value)
        return made
