"""The store on MongoDB; what it promises stands in `shared.store.port`."""

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from shared.runtime.cancelling import cancel
from shared.store.filing import Filing
from shared.store.mongo import migrations, retention
from shared.store.mongo.abandoned import end_abandoned
from shared.store.mongo.alerts import MongoAlerts
from shared.store.mongo.archive import MongoArchive
from shared.store.mongo.deliveries import MongoDeliveries
from shared.store.mongo.destinations import MongoDestinations
from shared.store.mongo.failures import translated
from shared.store.mongo.families import MongoFamilies
from shared.store.mongo.idempotency import MongoIdempotency
from shared.store.mongo.lanes import MongoLanes
from shared.store.mongo.leases import MongoLeases
from shared.store.mongo.link import open_link
from shared.store.mongo.members import MongoMembers
from shared.store.mongo.profiles import MongoProfiles
from shared.store.mongo.publications import MongoPublications
from shared.store.mongo.quarantine import MongoQuarantine
from shared.store.mongo.runs import MongoRuns
from shared.store.mongo.schema import PINGS
from shared.store.mongo.server_time import from_now
from shared.store.mongo.shelf import MongoShelf
from shared.store.mongo.sources import MongoSources
from shared.store.mongo.subscriptions import MongoSubscriptions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.clock import Clock
    from shared.secret_box import SecretBox
    from shared.settings import Settings
    from shared.store.filed import Kind
    from shared.store.mongo.link import Link

D = TypeVar("D", bound=msgspec.Struct)


class MongoStore:
    """See `shared.store.port.Store`."""

    def __init__(self, link: "Link", secrets: "SecretBox") -> None:
        self._link = link
        self._secrets = secrets
        self._filings: dict[Kind[Any], Filing[Any]] = {}
        self.publications = MongoPublications(link)
        self.profiles = MongoProfiles(link)
        self.destinations = MongoDestinations(link, secrets)
        self.subscriptions = MongoSubscriptions(link)
        self.alerts = MongoAlerts(link)
        self.deliveries = MongoDeliveries(link)
        self.runs = MongoRuns(link)
        self.quarantine = MongoQuarantine(link)
        self.sources = MongoSources(link)
        self.families = MongoFamilies(link)
        self.idempotency = MongoIdempotency(link)
        self.leases = MongoLeases(link)
        self.lanes = MongoLanes(link)
        self.members = MongoMembers(link)
        self.archive = MongoArchive(link)

    def shelf(self, kind: "Kind[D]") -> MongoShelf[D]:
        """Return the shelf of a kind."""
        filing: Filing[D] = self._filings.setdefault(kind, Filing(kind, self._secrets))
        return MongoShelf(self._link, filing)

    @translated
    async def ping(self) -> None:
        """Raise when the store cannot be read and written: a write that has reached most members was read by them, too."""
        await self._link[PINGS].update_one({"_id": "ping"}, [{"$set": {"at": from_now(0)}}], upsert=True)


@asynccontextmanager
async def open_mongo_store(settings: "Settings", clock: "Clock", secrets: "SecretBox") -> "AsyncIterator[MongoStore]":
    """Open the store for as long as the context lasts; an empty database is set up first.

    Raises:
        MisconfiguredError: the connection string, the login, the kind of server or the version of the database is wrong.
        RetryLaterError: no server answers now, or another process sets the database up.
    """
    async with open_link(settings) as link:
        await migrations.prepare(link, clock)
        await retention.keep(link, settings)
        sweeping = asyncio.create_task(end_abandoned(link), name="abandoned transactions")
        try:
            yield MongoStore(link, secrets)
        finally:
            await cancel(sweeping)
