"""Work that many ask for at one moment, done once for all of them."""

import asyncio
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable


class Soon:
    """Does its work in the next turn of the loop, once however often it was asked for; only while it is entered.

    Args:
        work: raises nothing.
    """

    def __init__(self, work: "Callable[[], None]") -> None:
        self._work = work
        self._is_open = False
        self._is_asked = False

    def __enter__(self) -> Self:
        self._is_open = True
        return self

    def __exit__(self, *_: object) -> None:
        self._is_open = False

    def ask(self) -> None:
        """Ask for it."""
        if not self._is_asked:
            self._is_asked = True
            asyncio.get_running_loop().call_soon(self._do)

    def _do(self) -> None:
        self._is_asked = False
        if self._is_open:
            self._work()
