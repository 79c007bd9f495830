"""The processes that answer: begun before anybody asks, and begun anew when one dies. Nobody waits long for them to get ready."""

import asyncio
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from services.matcher.lookback.process import answer, start
from shared.errors import RetryLaterError
from shared.logs import get_logger
from shared.runtime.cancelling import end

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from multiprocessing.connection import Connection
    from pathlib import Path

    from prometheus_client import Histogram

_CONTEXT = multiprocessing.get_context("spawn")
"""Forking would take the caller's threads' locks along."""

WORKERS = 2
"""One may back-test, or build, while the other answers."""
AGAIN_SECONDS = 3.0
"""When who was sent away may ask again."""
REST_SECONDS = 5.0
"""How long nobody tries to begin processes anew that died while they got ready."""


class Processes:
    """Asked one question at a time each, a method of `answers.Answers`.

    Args:
        data_dir: its index is asked.
        seconds: how long each question took.
    """

    def __init__(self, data_dir: "Path", seconds: "Histogram") -> None:
        self._data_dir = data_dir
        self._seconds = seconds
        self._log = get_logger("lookback")
        self._end_of_them, self._end_here = _CONTEXT.Pipe(duplex=False)
        self._pool: Executor = pool(data_dir, self._end_of_them)
        self._is_ready = asyncio.Event()
        self._getting_ready: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Let them get ready; said again, it changes nothing."""
        if self._getting_ready is None:
            self._getting_ready = asyncio.create_task(self._get_ready())

    async def all_ready(self) -> None:
        """Wait until each of them can answer at once."""
        self.begin()
        while self._getting_ready is not None and not self._getting_ready.done():
            await asyncio.wait({self._getting_ready})

    async def wait(self, seconds: float) -> None:
        """Wait so long at most until one of them can answer at once.

        Raises:
            RetryLaterError: that was not enough.
        """
        self.begin()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._is_ready.wait(), seconds)
        if not self._is_ready.is_set():
            raise RetryLaterError("正在准备回看（启动后通常几秒），请稍后再试。", after_seconds=AGAIN_SECONDS)

    async def ask(self, question: str, *given: Any) -> Any:  # noqa: ANN401 - see `answers`
        """Return an answer.

        Raises:
            RetryLaterError: the process died; others take its place.
        """
        asked = self._pool
        try:
            with self._seconds.labels(question).time():
                return await asyncio.get_running_loop().run_in_executor(asked, answer, question, *given)
        except BrokenProcessPool as error:
            if self._pool is asked:
                self._log.warning("lookback_process_died", question=question)
                self._begin_anew()
            raise RetryLaterError("回看进程意外退出，已重新启动，请稍后再试。", after_seconds=AGAIN_SECONDS) from error

    async def close(self) -> None:
        """End them, whatever they are doing: the index is whole at every moment, and what was not added is added later."""
        if self._getting_ready is not None:
            await end(self._getting_ready)
        self._end_here.close()
        await asyncio.to_thread(self._pool.shutdown, cancel_futures=True)
        self._end_of_them.close()

    def _begin_anew(self) -> None:
        self._pool = pool(self._data_dir, self._end_of_them)
        self._is_ready.clear()
        if self._getting_ready is None or self._getting_ready.done():
            self._getting_ready = asyncio.create_task(self._get_ready())

    async def _get_ready(self) -> None:
        """Ask each of them something: what it must load it loads before it answers."""
        while True:
            began = self._pool
            done = await asyncio.gather(*(self._is_there() for _ in range(WORKERS)))
            if self._pool is began and all(done):
                return
            if not any(done):
                await asyncio.sleep(REST_SECONDS)

    async def _is_there(self) -> bool:
        asked = self._pool
        try:
            await self.ask("contents")
        except RetryLaterError:
            return False
        if self._pool is asked:
            self._is_ready.set()
        return True


def pool(data_dir: "Path", until: "Connection[None, None]") -> ProcessPoolExecutor:
    """Return processes that begin when they are asked, and end at the latest when the other end of ``until`` is closed."""
    return ProcessPoolExecutor(WORKERS, _CONTEXT, start, (data_dir, until))
