"""Collections ``subscriptions`` and ``unsubscribe_tokens``."""

from functools import partial
from typing import TYPE_CHECKING

import msgspec

from shared.store.embedded.alerts import drop_waiting, look_again
from shared.store.embedded.documents import BY_ID, KEYS, Documents, encode, keys
from shared.store.records import SubscriptionChange
from shared.wire.subscription import Subscription

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from shared.sqlite.database import Database

_documents = Documents(Subscription)

_ONE = "SELECT doc FROM subscriptions WHERE id = ?"
_MANY = f"SELECT doc FROM subscriptions WHERE id IN {KEYS}"  # noqa: S608 - a constant
_ALL = f"SELECT doc FROM subscriptions {BY_ID}"  # noqa: S608 - a constant
_CHANGES = (
    "SELECT mark, subscription_id, doc FROM subscription_changes LEFT JOIN subscriptions ON id = subscription_id"
    " WHERE mark > ? ORDER BY mark LIMIT ?"
)
# Writes are one after another, also those of several processes: the marks are in the order of the commits.
_MARK = (
    "INSERT INTO subscription_changes (subscription_id, mark)"
    " VALUES (?, (SELECT coalesce(max(mark), 0) + 1 FROM subscription_changes))"
    " ON CONFLICT (subscription_id) DO UPDATE SET mark = excluded.mark"
)


class EmbeddedSubscriptions:
    """See `shared.store.telling.Subscriptions`."""

    def __init__(self, database: "Database") -> None:
        self._database = database

    async def put(self, subscription: Subscription) -> None:
        """Add or replace."""
        await self._database.write(partial(put, subscription=subscription))

    async def replace(self, before: Subscription | None, after: Subscription) -> bool:
        """Replace one that is still as it was read."""

        def work(connection: "sqlite3.Connection") -> bool:
            if _documents.one(connection, _ONE, (after.id,)) != before:
                return False
            put(connection, after)
            return True

        return await self._database.write(work)

    async def get(self, subscription_id: str) -> Subscription | None:
        """Return one."""
        return await self._database.read(partial(_documents.one, statement=_ONE, parameters=(subscription_id,)))

    async def all(self, *, limit: int | None = None) -> list[Subscription]:
        """Return all, or the first ones."""
        return await self._database.read(partial(_documents.many, statement=_ALL, parameters=(limit,)))

    async def many(self, subscription_ids: "Sequence[str]") -> dict[str, Subscription]:
        """Return those of these that there are, by id."""
        found = await self._database.read(
            partial(_documents.together, statement=_MANY, parameters=(keys(subscription_ids),))
        )
        return {subscription.id: subscription for subscription in found}

    async def changes(self, *, after: int, limit: int) -> list[SubscriptionChange]:
        """Return the last change of each subscription that changed after this mark."""
        rows = await self._database.read(lambda connection: connection.execute(_CHANGES, (after, limit)).fetchall())
        return [
            SubscriptionChange(
                mark=mark,
                subscription_id=subscription_id,
                subscription=None if doc is None else _documents.decode(doc),
            )
            for mark, subscription_id, doc in rows
        ]

    async def remove(self, subscription_id: str) -> bool:
        """Forget one and drop its waiting alerts."""

        def work(connection: "sqlite3.Connection") -> bool:
            drop_waiting(connection, subscription_id=subscription_id)
            return forget(connection, subscription_id)

        return await self._database.write(work)

    async def save_tokens(self, tokens: "Sequence[tuple[str, str, str]]") -> None:
        """Remember what unsubscribe tokens stand for."""
        await self._database.write(
            lambda connection: connection.executemany(
                "INSERT INTO unsubscribe_tokens VALUES (?, ?, ?) ON CONFLICT DO NOTHING", tokens
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
    """Add or replace a subscription."""
    connection.execute(
        "INSERT INTO subscriptions (id, doc) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc",
        (subscription.id, encode(subscription)),
    )
    connection.execute(_MARK, (subscription.id,))
    look_again(connection, subscription_ids=(subscription.id,))


def forget(connection: "sqlite3.Connection", subscription_id: str) -> bool:
    """Forget a subscription, but not that there was one; false when there was none."""
    if connection.execute("DELETE FROM subscriptions WHERE id = ?", (subscription_id,)).rowcount == 0:
        return False
    connection.execute(_MARK, (subscription_id,))
    return True


def forget_all(connection: "sqlite3.Connection") -> None:
    """Forget all subscriptions, but not that there were some."""
    connection.execute("DELETE FROM subscriptions")
    connection.execute("UPDATE subscription_changes SET mark = mark + (SELECT max(mark) FROM subscription_changes)")
