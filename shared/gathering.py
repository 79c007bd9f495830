"""Questions that many ask at one moment, put to the store as one."""

import asyncio
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

K = TypeVar("K")
V = TypeVar("V")


class Gathering(Generic[K, V]):
    """Asks for many keys at a time; what comes while an answer is on its way goes into the next question.

    So an answer is never older than the asking for it.

    Args:
        ask: answers for all of these keys at once; a key that it knows nothing of is left out.
    """

    def __init__(self, ask: "Callable[[Sequence[K]], Awaitable[Mapping[K, V]]]") -> None:
        self._ask = ask
        self._waiting: dict[K, list[asyncio.Future[V | None]]] = {}
        self._asking: asyncio.Task[None] | None = None

    async def get(self, key: K) -> V | None:
        """Return what is known of one key; raises what the question raised."""
        answer: asyncio.Future[V | None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, []).append(answer)
        if self._asking is None:
            self._asking = asyncio.create_task(self._until_answered())
        return await answer

    async def _until_answered(self) -> None:
        try:
            while self._waiting:
                asked, self._waiting = self._waiting, {}
                await self._answer(asked)
        finally:
            self._asking = None

    async def _answer(self, asked: "dict[K, list[asyncio.Future[V | None]]]") -> None:
        try:
            known = await self._ask(list(asked))
        except Exception as error:  # noqa: BLE001 - it is theirs who asked
            for answer in (one for answers in asked.values() for one in answers if not one.done()):
                answer.set_exception(error)
        else:
            for key, answers in asked.items():
                for answer in answers:
                    if not answer.done():  # who asked may have gone
                        answer.set_result(known.get(key))
