"""A database of the version before goes on: what waited is planned, what was counted stays counted."""

import sqlite3
from pathlib import Path

import msgspec
from cryptography.fernet import Fernet

from shared.embedded import DATABASE_FILE, MIGRATIONS
from shared.secret_box import SecretBox
from shared.sqlite.database import open_database
from shared.sqlite.moments import to_microseconds
from shared.store.embedded import alert_schema
from shared.store.embedded.store import EmbeddedStore
from shared.store.records import AlertState
from shared.testing.clock import ManualClock
from tests.contract.made import NOW, alert, later, match, subscription

BEFORE = MIGRATIONS[: MIGRATIONS.index(alert_schema.V2)]


def fill(connection: sqlite3.Connection) -> None:
    """Write what the version before wrote."""
    for number, profile, at in (("CN1A", "p-1", NOW), ("CN1A", "p-2", NOW), ("CN2A", "p-1", later(5))):
        connection.execute("INSERT INTO matches VALUES (?, ?, ?, x'7b7d')", (profile, number, to_microseconds(at)))
    for told, state in ((alert("CN1A", family_key="f-1"), "pending"), (alert("CN2A"), "planned")):
        key = told.key
        connection.execute(
            "INSERT INTO alerts VALUES (?, ?, ?, ?, ?, NULL, ?, ?)",
            (
                *(key.subscription_id, key.publication_number, key.destination_id),
                *(told.family_key, state, to_microseconds(NOW), msgspec.json.encode(told)),
            ),
        )
    for n in (1, 2):
        doc = msgspec.json.encode(subscription(f"s-{n}"))
        connection.execute("INSERT INTO subscriptions VALUES (?, ?)", (f"s-{n}", doc))
        connection.execute("INSERT INTO subscription_profiles VALUES ('p-1', ?)", (f"s-{n}",))


async def test_a_database_of_the_version_before_goes_on(tmp_path: Path) -> None:
    async with open_database(tmp_path / DATABASE_FILE, BEFORE) as database:
        await database.write(fill)
    async with open_database(tmp_path / DATABASE_FILE, MIGRATIONS) as database:
        store = EmbeddedStore(database, SecretBox(Fernet.generate_key().decode()), ManualClock())
        assert await store.alerts.match_counts(limit=9) == [("p-1", 2, later(5)), ("p-2", 1, NOW)]
        await store.alerts.record([match("p-2", "p-3")], [])
        assert await store.alerts.match_count() == 4
        (due,) = await store.alerts.due(NOW, limit=9)
        assert (due.subscription_id, due.destination_id, due.oldest_created_at) == ("s-1", "d-1", NOW)
        assert await store.alerts.pending([("s-1", "d-1")], limit=9) == [alert("CN1A", family_key="f-1")]
        (relative,) = await store.alerts.family(["f-1"])
        assert (relative.kind, relative.state) == ("A", AlertState.PENDING)
        changes = await store.subscriptions.changes(after=0, limit=9)
        assert [(change.mark, change.subscription) for change in changes] == [
            (1, subscription("s-1")),
            (2, subscription("s-2")),
        ]
