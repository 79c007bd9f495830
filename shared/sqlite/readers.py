"""The threads of a process that read: what is asked at one moment is answered together."""

import asyncio
import queue
import sqlite3
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from shared.sqlite.connection import connect
from shared.sqlite.failures import translate
from shared.sqlite.jobs import Job, Outcome, tell

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_THREADS = 3
_MOST_JOBS_A_GROUP = 8


class Readers:
    """Runs jobs that read.

    To wake a thread, and to be woken by it, costs several times what most questions do. So what a loop's callbacks ask in one
    turn goes to one thread together; and all of it sees one moment's content.
    """

    def __init__(self, path: "Path") -> None:
        self._path = path
        self._groups: queue.SimpleQueue[list[Job] | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._opening: tuple[asyncio.AbstractEventLoop, list[Job]] | None = None
        self._gate = threading.Lock()
        self._closed = False

    def submit(self, work: "Callable[[sqlite3.Connection], Any]") -> "asyncio.Future[Any]":
        """Ask; the future resolves with what the job returns."""
        if self._closed:
            raise RuntimeError("the database is closed")
        loop = asyncio.get_running_loop()
        done = loop.create_future()
        if self._opening is None or self._opening[0] is not loop:
            self._opening = (loop, [])
            loop.call_soon(self._hand_over, self._opening[1])
        group = self._opening[1]
        group.append(Job(work, done))
        if len(group) == _MOST_JOBS_A_GROUP:
            self._opening = None
        return done

    def _hand_over(self, group: list[Job]) -> None:
        if self._opening is not None and self._opening[1] is group:
            self._opening = None
        with self._gate:
            if self._closed:
                tell([Outcome(job, error=RuntimeError("the database is closed")) for job in group])
                return
            if len(self._threads) < _THREADS:
                number = len(self._threads) + 1
                self._threads.append(threading.Thread(target=self._run, name=f"zhitui-reader-{number}", daemon=True))
                self._threads[-1].start()
            self._groups.put(group)

    def close(self) -> None:
        """Finish what is queued, then end the threads."""
        with self._gate:
            self._closed = True
        for _ in self._threads:
            self._groups.put(None)
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        connection: sqlite3.Connection | None = None
        while (group := self._groups.get()) is not None:
            outcomes = []
            for job in group:
                outcome, connection = self._answer(connection, job)
                outcomes.append(outcome)
            connection = _at_rest(connection)
            tell(outcomes)
        if connection is not None:
            connection.close()

    def _answer(self, connection: sqlite3.Connection | None, job: Job) -> tuple[Outcome, sqlite3.Connection | None]:
        """Do a job; after an error the connection is given up, and ``None`` is what goes on."""
        try:
            connection = connection or connect(self._path, read_only=True)
            if not connection.in_transaction:
                connection.execute("BEGIN")
            return Outcome(job, value=job.work(connection)), connection
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller must hear of it and the thread live on
            if connection is not None:
                with suppress(sqlite3.Error):
                    connection.close()
            meaning = translate(error, self._path) if isinstance(error, sqlite3.Error) else error
            return Outcome(job, error=meaning), None


def _at_rest(connection: sqlite3.Connection | None) -> sqlite3.Connection | None:
    """End the transaction; a connection that cannot is given up."""
    if connection is None or not connection.in_transaction:
        return connection
    try:
        connection.execute("COMMIT")
    except sqlite3.Error:
        with suppress(sqlite3.Error):
            connection.close()
        return None
    return connection
