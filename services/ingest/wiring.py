"""The ingest role: its parts made and joined."""

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from services.ingest.mapping.folder import MappingFolder
from services.ingest.pipeline import Pipeline
from services.ingest.retention import QuarantineKeeper
from services.ingest.sources.configured import configured_sources
from services.ingest.sources.folder_lock import FolderLock
from services.ingest.sources.http_push import HttpPush
from services.ingest.sources.visit import Visiting
from services.ingest.sources.visits import Visits
from services.ingest.sources.watch_folder import WatchFolder
from services.ingest.sources.watching import SourceWatch
from shared.runtime.members import process_name
from shared.runtime.ownership import Alone, Leased
from shared.runtime.patience import Patience

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from aiohttp import web

    from services.ingest.formats.tables.layout import Written
    from services.ingest.sources.scheduled import ScheduledSource
    from shared.runtime.ownership import Ownership
    from shared.runtime.role import Role, Surroundings
    from shared.store.incoming import IngestRun


class IngestRole:
    """Watches the folder, answers the push, visits the scheduled sources, and looks at how it stands with all of them."""

    name = "ingest"

    def __init__(
        self,
        watch_folder: WatchFolder,
        push: HttpPush,
        visits: "Sequence[Visits]",
        source_watch: SourceWatch,
        patience: Patience,
        *,
        keeper: QuarantineKeeper,
        lock: FolderLock,
    ) -> None:
        self._watch_folder = watch_folder
        self._push = push
        self._visits = visits
        self._source_watch = source_watch
        self._patience = patience
        self._keeper = keeper
        self._lock = lock

    def routes(self) -> "Sequence[web.AbstractRouteDef]":
        """Return those of the push."""
        return self._push.routes()

    async def run(self, stop: asyncio.Event) -> None:
        """Watch and visit until ``stop`` is set."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watch_folder.run(self._patience.stop))
            group.create_task(self._source_watch.run())
            group.create_task(self._keeper.run(self._patience))
            for visits in self._visits:
                group.create_task(visits.run())
            await stop.wait()
            self._patience.stop.set()

    async def is_idle(self) -> bool:
        """Whether no file waits, no push is under way and no source is due."""
        if self._push.in_flight or not all(visits.is_idle for visits in self._visits):
            return False
        return await self._watch_folder.is_idle()

    async def problems(self) -> list[str]:
        """Return why the folder cannot be watched, if so."""
        return [self._watch_folder.problem] if self._watch_folder.problem else []

    async def warnings(self) -> list[str]:
        """Return what is wrong with sources, and what the quarantine had no room for: the rest works all the same."""
        return [*self._lock.warnings, *self._source_watch.warnings, *self._keeper.warnings]


@asynccontextmanager
async def open_role(around: "Surroundings") -> "AsyncIterator[Role]":
    """Wire the role."""
    patience = make_patience(around)
    lock = FolderLock(around.settings.watch_folder, patience)
    ownership = make_ownership(around, patience) if around.settings.on_cluster else lock
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
    sources = configured_sources(around.settings, around.clock)
    source_watch = SourceWatch(
        sources,
        store=around.store,
        clock=around.clock,
        zone=around.settings.zone,
        metrics=around.metrics,
        patience=patience,
    )
    visits = [_visits(around, source, patience) for source in sources]
    keeper = QuarantineKeeper(
        around.store,
        around.settings,
        clock=around.clock,
        metrics=around.metrics,
        instance=process_name(around.settings),
    )
    yield IngestRole(watch_folder, push, visits, source_watch, patience, keeper=keeper, lock=lock)


def make_pipeline(
    around: "Surroundings", *, patient: bool = True, written: "Callable[[], Written] | None" = None
) -> Pipeline:
    """Return a pipeline on these surroundings; a patient one waits while the disk is full.

    Args:
        around: the surroundings.
        patient: whether it waits.
        written: gives the tables that people wrote down, in the place of those in the folder of mapping files.
    """
    return _pipeline(around, make_patience(around) if patient else None, written=written)


def make_visiting(
    around: "Surroundings",
    source: "ScheduledSource",
    *,
    ownership: "Ownership",
    patience: Patience,
    on_run: "Callable[[IngestRun], None]" = lambda _run: None,
) -> Visiting:
    """Return what visits a source for as long as the right to it lasts."""
    return Visiting(
        source,
        pipeline=_pipeline(around, patience, ownership),
        states=around.store.sources,
        clock=around.clock,
        patience=patience,
        sure=ownership.sure,
        on_run=on_run,
    )


def _visits(around: "Surroundings", source: "ScheduledSource", patience: Patience) -> Visits:
    ownership = make_ownership(around, patience)
    visiting = make_visiting(around, source, ownership=ownership, patience=patience)
    return Visits(visiting, ownership=ownership, metrics=around.metrics)


def make_patience(around: "Surroundings") -> Patience:
    """Return patience of the role's, with a sign to stop of its own."""
    return Patience("ingest", around.clock, around.metrics, asyncio.Event())


def make_ownership(around: "Surroundings", patience: Patience) -> "Ownership":
    """Return the right to work that processes of one installation share: leased where there may be several."""
    if not around.settings.on_cluster:
        return Alone()
    return Leased(process_name(around.settings), around.store.leases, patience)


def _pipeline(
    around: "Surroundings",
    patience: Patience | None,
    ownership: "Ownership | None" = None,
    written: "Callable[[], Written] | None" = None,
) -> Pipeline:
    return Pipeline(
        bus=around.bus,
        store=around.store,
        clock=around.clock,
        metrics=around.metrics,
        patience=patience,
        tracing=around.tracing,
        sure=(ownership or Alone()).sure,
        quarantine_item_bytes=around.settings.quarantine_item_bytes,
        written=written or MappingFolder(around.settings.mappings_folder),
    )
