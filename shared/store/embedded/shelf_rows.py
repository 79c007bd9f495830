"""How a document of any kind lies in its table, as `shared.store.filing` has it."""

from typing import TYPE_CHECKING, Any

import msgspec

from shared.sqlite.moments import from_microseconds, to_microseconds
from shared.store.embedded.documents import KEYS, encode, keys
from shared.store.filing import FiledRecord

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

COLUMNS = ("id", "owner", "ord", "lookups", "expires_at", "revision", "doc")
"""Those of the table; the first is its key."""

_TAKE_AWAY = f"DELETE FROM filed_lookups WHERE kind = ? AND lookup IN {KEYS}"  # noqa: S608 - a constant


def row(record: FiledRecord) -> tuple[object, ...]:
    """Return what `COLUMNS` hold of a record."""
    expires_at = None if record.expires_at is None else to_microseconds(record.expires_at)
    lookups = encode(record.lookups).decode()
    return record.id, record.owner, record.order, lookups, expires_at, record.revision, record.text


def record_of(values: "Sequence[Any]") -> FiledRecord:
    """Return the record of a row of `COLUMNS`."""
    document_id, owner, order, lookups, expires_at, revision, text = values
    return FiledRecord(
        id=document_id,
        owner=owner,
        order=order,
        lookups=_lookups(lookups),
        expires_at=None if expires_at is None else from_microseconds(expires_at),
        revision=revision,
        text=text,
    )


def put(connection: "sqlite3.Connection", kind: str, upsert: str, records: "Sequence[FiledRecord]") -> None:
    """Add or replace records exactly as they are, in whatever order they come: one may have a lookup that another is about to lose.

    Args:
        connection: of the store.
        kind: the name of the records' kind.
        upsert: the statement that takes a `row`.
        records: of one moment, or on their way to it.
    """
    connection.execute(_TAKE_AWAY, (kind, keys(lookup for record in records for lookup in record.lookups)))
    connection.executemany(upsert, [row(record) for record in records])


_lookups = msgspec.json.Decoder(tuple[str, ...]).decode
