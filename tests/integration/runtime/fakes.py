"""A role that does as a test tells it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field

from aiohttp import web

from shared.runtime.role import Surroundings


@dataclass
class ScriptedRole:
    """Works off ``todo`` units, answers at its name, and ends, hangs or crashes as told.

    Attributes:
        finishing_seconds: how long it takes to finish after it was asked to stop.
        crash: raised as soon as it runs.
        missing: its problems.
        done: units worked off.
        finished: it returned by itself after it was asked to stop.
        deaf: whoever asks for its problems loses a cancellation, as with libraries that get an answer at the same moment.
    """

    name: str = "fake"
    todo: int = 0
    finishing_seconds: float = 0.0
    crash: Exception | None = None
    ends_early: bool = False
    missing: list[str] = field(default_factory=list)
    done: int = 0
    finished: bool = False
    cancelled: bool = False
    deaf: bool = False
    around: Surroundings | None = None

    def routes(self) -> list[web.AbstractRouteDef]:
        async def fake(_request: web.Request) -> web.Response:
            """A fake answer."""
            return web.Response(text="fake")

        return [web.get(f"/{self.name}/{{thing}}", fake)]

    async def run(self, stop: asyncio.Event) -> None:
        if self.crash is not None:
            raise self.crash
        if self.ends_early:
            return
        assert self.around is not None
        while self.todo:
            await asyncio.sleep(0.01)
            self.todo -= 1
            self.done += 1
            self.around.metrics.matcher_publications.inc()
        await stop.wait()
        try:
            await asyncio.sleep(self.finishing_seconds)
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        self.finished = True

    async def is_idle(self) -> bool:
        return self.todo == 0

    async def problems(self) -> list[str]:
        if self.deaf:
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(60)
        return self.missing


def opener(role: ScriptedRole) -> Callable[[Surroundings], AbstractAsyncContextManager[ScriptedRole]]:
    @asynccontextmanager
    async def open_role(around: Surroundings) -> AsyncIterator[ScriptedRole]:
        role.around = around
        yield role

    return open_role
