"""The end of a task that somebody else began."""

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from asyncio import Future

AGAIN_SECONDS = 2.0
"""Longer than most of what a task has to put away before it ends."""


async def cancel(task: "Future[Any]") -> None:
    """Cancel a task and return when it has ended, whatever with; it is told again until then.

    Once may not be enough: a library that is cancelled while it waits for a server can lose that in an error, or an answer, of
    its own, and the task goes on. PyMongo did so when a replica set had lost its primary.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=AGAIN_SECONDS)
    if not task.cancelled():
        task.exception()  # looked at: who cancels does not ask what it ended with


async def end(task: "Future[Any]") -> None:
    """Cancel a task as `cancel` does; what else than that it ended with is raised."""
    await cancel(task)
    if not task.cancelled():
        task.result()
