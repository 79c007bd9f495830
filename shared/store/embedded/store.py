"""The store on SQLite; what it promises stands in `shared.store.port`."""

from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from shared.store.embedded.alerts import EmbeddedAlerts
from shared.store.embedded.archive import EmbeddedArchive
from shared.store.embedded.deliveries import EmbeddedDeliveries
from shared.store.embedded.destinations import EmbeddedDestinations
from shared.store.embedded.families import EmbeddedFamilies
from shared.store.embedded.idempotency import EmbeddedIdempotency
from shared.store.embedded.lanes import EmbeddedLanes
from shared.store.embedded.leases import EmbeddedLeases
from shared.store.embedded.members import EmbeddedMembers
from shared.store.embedded.profiles import EmbeddedProfiles
from shared.store.embedded.publications import EmbeddedPublications
from shared.store.embedded.quarantine import EmbeddedQuarantine
from shared.store.embedded.runs import EmbeddedRuns
from shared.store.embedded.shelf import EmbeddedShelf
from shared.store.embedded.sources import EmbeddedSources
from shared.store.embedded.subscriptions import EmbeddedSubscriptions
from shared.store.filing import Filing

if TYPE_CHECKING:
    import sqlite3

    from shared.clock import Clock
    from shared.secret_box import SecretBox
    from shared.sqlite.database import Database
    from shared.store.filed import Kind

D = TypeVar("D", bound=msgspec.Struct)


class EmbeddedStore:
    """See `shared.store.port.Store`."""

    def __init__(self, database: "Database", secrets: "SecretBox", clock: "Clock") -> None:
        self._database = database
        self._secrets = secrets
        self._clock = clock
        self._filings: dict[Kind[Any], Filing[Any]] = {}
        self.publications = EmbeddedPublications(database)
        self.profiles = EmbeddedProfiles(database)
        self.destinations = EmbeddedDestinations(database, secrets)
        self.subscriptions = EmbeddedSubscriptions(database)
        self.alerts = EmbeddedAlerts(database)
        self.deliveries = EmbeddedDeliveries(database, clock)
        self.runs = EmbeddedRuns(database)
        self.quarantine = EmbeddedQuarantine(database)
        self.sources = EmbeddedSources(database)
        self.families = EmbeddedFamilies(database)
        self.idempotency = EmbeddedIdempotency(database, clock)
        self.archive = EmbeddedArchive(database)
        self.leases = EmbeddedLeases(database, clock)
        self.lanes = EmbeddedLanes(database, clock)
        self.members = EmbeddedMembers(database, clock)

    def shelf(self, kind: "Kind[D]") -> EmbeddedShelf[D]:
        """Return the shelf of a kind."""
        filing: Filing[D] = self._filings.setdefault(kind, Filing(kind, self._secrets))
        return EmbeddedShelf(self._database, filing, self._clock)

    async def ping(self) -> None:
        """Raise when the store cannot be read and written."""
        await self._database.write(_touch)


def _touch(connection: "sqlite3.Connection") -> None:
    """Write what is there already: the smallest change that reaches the disk."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    connection.execute(f"PRAGMA user_version = {version}")
