"""The ingest role: its parts made and joined."""

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from services.ingest.pipeline import Pipeline
from services.ingest.sources.http_push import HttpPush
from services.ingest.sources.watch_folder import WatchFolder

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator, Sequence

    from aiohttp import web

    from shared.runtime.role import Role, Surroundings


class IngestRole:
    """Watches the folder, and answers the push."""

    name = "ingest"

    def __init__(self, watch_folder: WatchFolder, push: HttpPush) -> None:
        self._watch_folder = watch_folder
        self._push = push

    def routes(self) -> "Sequence[web.AbstractRouteDef]":
        """Return ``POST /api/v1/publications``."""
        return self._push.routes()

    async def run(self, stop: "asyncio.Event") -> None:
        """Watch until ``stop`` is set."""
        await self._watch_folder.run(stop)

    async def is_idle(self) -> bool:
        """Whether no file waits and no push is under way."""
        return self._push.in_flight == 0 and await self._watch_folder.is_idle()

    async def problems(self) -> list[str]:
        """Return why the folder cannot be watched, if so."""
        return [self._watch_folder.problem] if self._watch_folder.problem else []


@asynccontextmanager
async def open_role(around: "Surroundings") -> "AsyncIterator[Role]":
    """Wire the role."""
    watch_folder = WatchFolder(
        around.settings.watch_folder,
        pipeline=make_pipeline(around),
        store=around.store,
        clock=around.clock,
        files_after=around.settings.files_after,
    )
    push = HttpPush(
        pipeline=make_pipeline(around, patient=False), clock=around.clock, token=around.settings.ingest_token
    )
    yield IngestRole(watch_folder, push)


def make_pipeline(around: "Surroundings", *, patient: bool = True) -> Pipeline:
    """Return a pipeline on these surroundings."""
    return Pipeline(bus=around.bus, store=around.store, clock=around.clock, metrics=around.metrics, patient=patient)
