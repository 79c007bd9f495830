"""The one thread of a process that writes: what waits at one moment is committed together."""

import asyncio
import queue
import sqlite3
import threading
from contextlib import suppress
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from shared.sqlite.connection import connect
from shared.sqlite.failures import translate
from shared.sqlite.jobs import Job, Outcome, results, tell

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

_MOST_JOBS_A_COMMIT = 64


class Writer:
    """Runs jobs in order, each all or nothing, in one transaction for all that wait (group commit).

    One power-safe commit costs milliseconds whatever it holds, so the callers that came meanwhile share the next one.
    """

    def __init__(self, path: "Path", connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = connection
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="zhitui-writer", daemon=True)
        self._thread.start()

    def submit(self, work: "Callable[[sqlite3.Connection], Any]") -> "asyncio.Future[Any]":
        """Queue a job; the future resolves after its commit. A caller that gives up does not undo the job."""
        return self._queue(Job(work, self._promise()))

    def submit_item(
        self, work: "Callable[[sqlite3.Connection, Sequence[Any]], Sequence[Any]]", item: object
    ) -> "asyncio.Future[Any]":
        """Queue an item of a job that does many in one go: those of the same job that wait beside one another."""
        return self._queue(Job(work, self._promise(), item))

    def _promise(self) -> "asyncio.Future[Any]":
        if self._closed:
            raise RuntimeError("the database is closed")
        return asyncio.get_running_loop().create_future()

    def _queue(self, job: Job) -> "asyncio.Future[Any]":
        self._jobs.put(job)
        return job.done

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
            tell(self._commit(group))
            if job is None:
                break
        self._drop_connection()

    def _commit(self, group: list[Job]) -> list[Outcome]:
        try:
            if self._connection is None:
                self._connection = connect(self._path)
            self._connection.execute("BEGIN IMMEDIATE")
            outcomes: list[Outcome] = []
            for _, alike in groupby(group, key=attrgetter("kind")):
                outcomes += self._attempt(self._connection, list(alike))
            self._connection.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - whatever it is, the callers must hear of it and the thread live on
            self._recover(error)
            return [Outcome(job, error=self._meaning(error)) for job in group]
        return outcomes

    def _attempt(self, connection: sqlite3.Connection, jobs: list[Job]) -> list[Outcome]:
        """Do jobs of one kind, all of them or, where that cannot be, each alone: who is not to blame gets his own."""
        connection.execute("SAVEPOINT job")
        try:
            values = results(connection, jobs)
            outcomes = [Outcome(job, value=_without_cursor(value)) for job, value in zip(jobs, values, strict=True)]
        except Exception as error:
            if not connection.in_transaction:
                raise  # SQLite has rolled the whole transaction back: nobody's job is stored
            connection.execute("ROLLBACK TO job")
            outcomes = [Outcome(job, error=self._meaning(error)) for job in jobs]
        connection.execute("RELEASE job")
        if len(jobs) > 1 and outcomes[0].error is not None:
            return [outcome for job in jobs for outcome in self._attempt(connection, [job])]
        return outcomes

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


def _without_cursor(value: Any) -> Any:  # noqa: ANN401 - whatever the job returns
    """Let no cursor out of this thread: where it is dropped, it resets its statement, which may be at work here again."""
    return None if isinstance(value, sqlite3.Cursor) else value
