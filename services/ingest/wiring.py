"""The ingest role: its parts made and joined."""

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from services.ingest.pipeline import Pipeline
from services.ingest.sources.http_push import HttpPush
from services.ingest.sources.watch_folder import WatchFolder
from shared.runtime.members import process_name
from shared.runtime.ownership import Alone, Leased
from shared.runtime.patience import Patience

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from aiohttp import web

    from shared.runtime.ownership import Ownership
    from shared.runtime.role import Role, Surroundings


class IngestRole:
    """Watches the folder, and answers the push."""

    name = "ingest"

    def __init__(self, watch_folder: WatchFolder, push: HttpPush, patience: Patience) -> None:
        self._watch_folder = watch_folder
        self._push = push
        self._patience = patience

    def routes(self) -> "Sequence[web.AbstractRouteDef]":
        """Return ``POST /api/v1/publications``."""
        return self._push.routes()

    async def run(self, stop: asyncio.Event) -> None:
        """Watch until ``stop`` is set."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watch_folder.run(self._patience.stop))
            await stop.wait()
            self._patience.stop.set()

    async def is_idle(self) -> bool:
        """Whether no file waits and no push is under way."""
        return self._push.in_flight == 0 and await self._watch_folder.is_idle()

    async def problems(self) -> list[str]:
        """Return why the folder cannot be watched, if so."""
        return [self._watch_folder.problem] if self._watch_folder.problem else []


@asynccontextmanager
async def open_role(around: "Surroundings") -> "AsyncIterator[Role]":
    """Wire the role."""
    patience = _patience(around)
    ownership = _ownership(around, patience)
    watch_folder = WatchFolder(
        around.settings.watch_folder,
        pipeline=_pipeline(around, patience, ownership),
        store=around.store,
        clock=around.clock,
        files_after=around.settings.files_after,
        ownership=ownership,
    )
    push = HttpPush(
        pipeline=_pipeline(around, None),
        clock=around.clock,
        keys=around.store.idempotency,
        token=around.settings.ingest_token,
        limit_bytes=around.settings.push_limit_bytes,
    )
    yield IngestRole(watch_folder, push, patience)


def make_pipeline(around: "Surroundings", *, patient: bool = True) -> Pipeline:
    """Return a pipeline on these surroundings; a patient one waits while the disk is full."""
    return _pipeline(around, _patience(around) if patient else None)


def _patience(around: "Surroundings") -> Patience:
    return Patience("ingest", around.clock, around.metrics, asyncio.Event())


def _ownership(around: "Surroundings", patience: Patience) -> "Ownership":
    if not around.settings.on_cluster:
        return Alone()
    return Leased(process_name(around.settings), around.store.leases, patience)


def _pipeline(around: "Surroundings", patience: Patience | None, ownership: "Ownership | None" = None) -> Pipeline:
    return Pipeline(
        bus=around.bus,
        store=around.store,
        clock=around.clock,
        metrics=around.metrics,
        patience=patience,
        tracing=around.tracing,
        sure=(ownership or Alone()).sure,
    )
