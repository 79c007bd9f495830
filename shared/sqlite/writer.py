"""The one thread of a process that writes: what waits at one moment is committed together."""

import asyncio
import queue
import sqlite3
import threading
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from shared.sqlite.connection import connect
from shared.sqlite.failures import translate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_MOST_JOBS_A_COMMIT = 64


@dataclass(frozen=True, slots=True)
class _Job:
    work: "Callable[[sqlite3.Connection], Any]"
    done: "asyncio.Future[Any]"


@dataclass(frozen=True, slots=True)
class _Outcome:
    job: _Job
    value: Any = None
    error: Exception | None = None

    def settle(self) -> None:
        """Tell the caller, unless it has gone."""
        if self.job.done.done():
            return
        if self.error is None:
            self.job.done.set_result(self.value)
        else:
            self.job.done.set_exception(self.error)


class Writer:
    """Runs jobs in order, each all or nothing, in one transaction for all that wait (group commit).

    One power-safe commit costs milliseconds whatever it holds, so the callers that came meanwhile share the next one.
    """

    def __init__(self, path: "Path", connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = connection
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="zhitui-writer", daemon=True)
        self._thread.start()

    def submit(self, work: "Callable[[sqlite3.Connection], Any]") -> "asyncio.Future[Any]":
        """Queue a job; the future resolves after its commit. A caller that gives up does not undo the job."""
        if self._closed:
            raise RuntimeError("the database is closed")
        done = asyncio.get_running_loop().create_future()
        self._jobs.put(_Job(work, done))
        return done

    def close(self) -> None:
        """Finish what is queued, then end the thread."""
        self._closed = True
        self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        while True:
            job = self._jobs.get()
            group = []
            while job is not None:
                group.append(job)
                if len(group) == _MOST_JOBS_A_COMMIT or self._jobs.empty():
                    break
                job = self._jobs.get()
            self._tell(self._commit(group))
            if job is None:
                break
        self._drop_connection()

    def _commit(self, group: list[_Job]) -> list[_Outcome]:
        try:
            if self._connection is None:
                self._connection = connect(self._path)
            self._connection.execute("BEGIN IMMEDIATE")
            outcomes = [self._attempt(self._connection, job) for job in group]
            self._connection.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - whatever it is, the callers must hear of it and the thread live on
            self._recover(error)
            return [_Outcome(job, error=self._meaning(error)) for job in group]
        return outcomes

    def _attempt(self, connection: sqlite3.Connection, job: _Job) -> _Outcome:
        connection.execute("SAVEPOINT job")
        try:
            outcome = _Outcome(job, value=_without_cursor(job.work(connection)))
        except Exception as error:
            if not connection.in_transaction:
                raise  # SQLite has rolled the whole transaction back: nobody's job is stored
            connection.execute("ROLLBACK TO job")
            outcome = _Outcome(job, error=self._meaning(error))
        connection.execute("RELEASE job")
        return outcome

    def _meaning(self, error: Exception) -> Exception:
        return translate(error, self._path) if isinstance(error, sqlite3.Error) else error

    def _recover(self, error: Exception) -> None:
        """Leave no transaction open; after anything but a lack of room, start over with a fresh connection."""
        if self._connection is not None and self._connection.in_transaction:
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
        if getattr(error, "sqlite_errorcode", None) != sqlite3.SQLITE_FULL:
            self._drop_connection()

    def _drop_connection(self) -> None:
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def _tell(self, outcomes: list[_Outcome]) -> None:
        for loop, told in groupby(outcomes, key=lambda outcome: outcome.job.done.get_loop()):
            with suppress(RuntimeError):  # the loop has ended: nobody waits any more
                loop.call_soon_threadsafe(_settle_all, list(told))


def _without_cursor(value: Any) -> Any:  # noqa: ANN401 - whatever the job returns
    """Let no cursor out of this thread: where it is dropped, it resets its statement, which may be at work here again."""
    return None if isinstance(value, sqlite3.Cursor) else value


def _settle_all(outcomes: list[_Outcome]) -> None:
    for outcome in outcomes:
        outcome.settle()
