"""Transactions whose process died in the middle.

MongoDB keeps what such a transaction has written locked until it expires, 60 s after it began
(``transactionLifetimeLimitSeconds``, which only an administrator of the server may shorten): a city could not change a
subscription for so long. Every process therefore looks for them and ends them. Users may see and end what runs under their own
name without any further right: ``$currentOp`` with ``allUsers: false``, ``killSessions``
(https://www.mongodb.com/docs/v6.0/reference/command/killSessions/). Whoever lives nonetheless, frozen or slow, is told to begin
its transaction anew, which `Link.transaction` does.
"""

import asyncio
from typing import TYPE_CHECKING

import structlog
from pymongo.errors import PyMongoError

from shared.store.mongo.documents import CODEC, Document
from shared.store.mongo.link import PROGRAM

if TYPE_CHECKING:
    from shared.store.mongo.link import Link

QUIET_SECONDS = 5.0
"""After this long without an operation, a transaction counts as abandoned; it is ended within twice as long."""

_OPEN: list[Document] = [
    {"$currentOp": {"allUsers": False, "idleSessions": True}},
    {"$match": {"type": "idleSession", "appName": PROGRAM, "transaction": {"$exists": True}}},
]

_log = structlog.get_logger()


async def end_abandoned(link: "Link") -> None:
    """Look for ever for transactions that stand still, and end them; what cannot be asked now is asked again."""
    seen: frozenset[tuple[object, ...]] = frozenset()
    while True:
        await asyncio.sleep(QUIET_SECONDS)
        try:
            seen = await _end_those_seen(link, seen)
        except PyMongoError as error:  # an election, or a server that does not allow it: they expire by themselves
            _log.debug("open_transactions_unknown", error=type(error).__name__)


async def _end_those_seen(link: "Link", before: "frozenset[tuple[object, ...]]") -> "frozenset[tuple[object, ...]]":
    """End those transactions that stood exactly there before; return where those stand that are open now."""
    admin = link.database.client.get_database("admin", codec_options=CODEC)
    open_now = [one async for one in await admin.aggregate(_OPEN)]
    for one in open_now:
        if _where(one) not in before:
            continue
        await admin.command("killSessions", [{"id": one["lsid"]["id"]}])
        _log.warning("abandoned_transaction_ended", client=one.get("client"))
    return frozenset(map(_where, open_now))


def _where(one: Document) -> tuple[object, ...]:
    """Which transaction it is, and how far: every operation adds to the time that it was active."""
    transaction = one["transaction"]
    return one["lsid"]["id"], transaction["parameters"]["txnNumber"], transaction["timeActiveMicros"]
