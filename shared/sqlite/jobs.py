"""Jobs that threads do for coroutines: what is to be done, what came of it, and how the caller hears."""

from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import asyncio
    import sqlite3
    from collections.abc import Callable, Sequence

ALONE = object()
"""In place of an item: the job does one thing."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done, and who waits for what it returns.

    Attributes:
        work: a function of a connection, with ``item`` of a connection and a list of items.
        item: what it is to do in one go with what others bring to the same work.
    """

    work: "Callable[..., Any]"
    done: "asyncio.Future[Any]"
    item: object = ALONE

    @property
    def kind(self) -> object:
        """What is the same for jobs that can be done in one go."""
        return self.done if self.item is ALONE else self.work


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job: a value, or an error."""

    job: Job
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


def results(connection: "sqlite3.Connection", jobs: "Sequence[Job]") -> "Sequence[Any]":
    """Do jobs of one kind, and return what each returns, in their order."""
    work = jobs[0].work
    if jobs[0].item is ALONE:
        return [work(connection)]
    found: Sequence[Any] = work(connection, [job.item for job in jobs])
    return found


def tell(outcomes: "Sequence[Outcome]") -> None:
    """Tell the callers, each in its own loop; from any thread."""
    for loop, told in groupby(outcomes, key=lambda outcome: outcome.job.done.get_loop()):
        with suppress(RuntimeError):  # the loop has ended: nobody waits any more
            loop.call_soon_threadsafe(_settle_all, list(told))


def _settle_all(outcomes: "Sequence[Outcome]") -> None:
    for outcome in outcomes:
        outcome.settle()
