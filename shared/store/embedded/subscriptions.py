"""Collections ``subscriptions`` and ``unsubscribe_tokens``."""

from functools import partial
from typing import TYPE_CHECKING

import msgspec

from shared.store.embedded.alerts import drop_waiting
from shared.store.embedded.documents import KEYS, Documents, encode, keys
from shared.wire.subscription import Subscription

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from shared.sqlite.database import Database

_documents = Documents(Subscription)

_ONE = "SELECT doc FROM subscriptions WHERE id = ?"
_FOR_PROFILES = (
    "SELECT doc FROM subscriptions WHERE id IN"  # noqa: S608 - a constant
    f" (SELECT subscription_id FROM subscription_profiles WHERE profile_id IN {KEYS}) ORDER BY id"
)


class EmbeddedSubscriptions:
    """See `shared.store.port.Subscriptions`."""

    def __init__(self, database: "Database") -> None:
        self._database = database

    async def put(self, subscription: Subscription) -> None:
        """Add or replace."""
        await self._database.write(partial(put, subscription=subscription))

    async def get(self, subscription_id: str) -> Subscription | None:
        """Return one."""
        return await self._database.read(partial(_documents.one, statement=_ONE, parameters=(subscription_id,)))

    async def all(self) -> list[Subscription]:
        """Return all, by id."""
        return await self._database.read(
            partial(_documents.many, statement="SELECT doc FROM subscriptions ORDER BY id")
        )

    async def for_profiles(self, profile_ids: "Sequence[str]") -> list[Subscription]:
        """Return those that hold any of the profiles, by id."""
        return await self._database.read(
            partial(_documents.many, statement=_FOR_PROFILES, parameters=(keys(profile_ids),))
        )

    async def remove(self, subscription_id: str) -> bool:
        """Forget one and drop its waiting alerts."""

        def work(connection: "sqlite3.Connection") -> bool:
            drop_waiting(connection, subscription_id=subscription_id)
            connection.execute("DELETE FROM subscription_profiles WHERE subscription_id = ?", (subscription_id,))
            return connection.execute("DELETE FROM subscriptions WHERE id = ?", (subscription_id,)).rowcount > 0

        return await self._database.write(work)

    async def save_token(self, token_hash: str, subscription_id: str, destination_id: str) -> None:
        """Remember what an unsubscribe token stands for."""
        row = (token_hash, subscription_id, destination_id)
        await self._database.write(
            lambda connection: connection.execute(
                "INSERT INTO unsubscribe_tokens VALUES (?, ?, ?) ON CONFLICT DO NOTHING", row
            )
        )

    async def find_token(self, token_hash: str) -> tuple[str, str] | None:
        """Return (subscription id, destination id)."""
        found: tuple[str, str] | None = await self._database.read(
            lambda connection: connection.execute(
                "SELECT subscription_id, destination_id FROM unsubscribe_tokens WHERE token_hash = ?", (token_hash,)
            ).fetchone()
        )
        return found

    async def opt_out(self, subscription_id: str, destination_id: str) -> bool:
        """Stop telling this subscription to this destination."""

        def work(connection: "sqlite3.Connection") -> bool:
            subscription = _documents.one(connection, _ONE, (subscription_id,))
            if subscription is None:
                return False
            opted_out = tuple(sorted({*subscription.opted_out, destination_id}))
            put(connection, msgspec.structs.replace(subscription, opted_out=opted_out))
            drop_waiting(connection, subscription_id=subscription_id, destination_id=destination_id)
            return True

        return await self._database.write(work)


def put(connection: "sqlite3.Connection", subscription: Subscription) -> None:
    """Add or replace a subscription, and the rows that find it by its profiles."""
    connection.execute(
        "INSERT INTO subscriptions (id, doc) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc",
        (subscription.id, encode(subscription)),
    )
    connection.execute("DELETE FROM subscription_profiles WHERE subscription_id = ?", (subscription.id,))
    connection.executemany(
        "INSERT INTO subscription_profiles (profile_id, subscription_id) VALUES (?, ?)",
        [(profile_id, subscription.id) for profile_id in dict.fromkeys(subscription.profiles)],
    )
