"""How each collection lies in its table: which columns a document fills, and how it is read back whole."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from shared.filing.kinds import KINDS
from shared.sqlite.moments import from_microseconds, to_microseconds
from shared.store.archived import COLLECTIONS, SavedProfile
from shared.store.embedded.alert_rows import ALERT_COLUMNS, alert_columns
from shared.store.embedded.delivery_rows import standing
from shared.store.embedded.documents import encode
from shared.store.embedded.matches import match_of
from shared.store.embedded.publications import CURRENT_COLUMNS, EARLIER_COLUMNS, current_columns, earlier_columns
from shared.store.embedded.shelf_rows import COLUMNS, record_of, row
from shared.store.incoming import IngestRun, SourceState
from shared.store.records import Alert, AlertState, Attempt, Delivery, PublicationVersion
from shared.wire.profile import Profile

if TYPE_CHECKING:
    from shared.store.archived import Document

MATCHES = "matches"

Values = tuple[object, ...]

_MARK_BITS = 50


@dataclass(frozen=True)
class Table:
    """A collection's table.

    Attributes:
        key: the columns that tell a row from the others, in the order of the collection's key.
        others: the columns that are written besides.
        values: returns what ``others`` get of a document.
        read: makes the document of a row of ``shown``.
        shown: the columns that a document is read from.
        order: the column in whose order rows were added.
    """

    name: str
    key: tuple[str, ...]
    others: tuple[str, ...]
    values: Callable[[Any], Values]
    read: Callable[[Sequence[Any]], "Document"]
    shown: tuple[str, ...] = ("doc",)
    order: str = "rowid"
    upsert: str = field(init=False)

    def __post_init__(self) -> None:
        columns = self.key + self.others
        changes = ", ".join(f"{column} = excluded.{column}" for column in self.others)
        object.__setattr__(
            self,
            "upsert",
            f"INSERT INTO {self.name} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608 - names of this module
            f" ON CONFLICT ({', '.join(self.key)}) DO UPDATE SET {changes}",
        )

    @property
    def all(self) -> str:
        """The statement that reads every row."""
        return f"SELECT {', '.join(self.shown)} FROM {self.name} ORDER BY {self.order}"  # noqa: S608 - names of this module

    @property
    def where(self) -> str:
        """The condition that finds a row by its key."""
        return " AND ".join(f"{column} = ?" for column in self.key)

    def row(self, document: "Document") -> Values:
        """Return the parameters of ``upsert``."""
        return (*COLLECTIONS[self.name].key(document), *self.values(document))


def _doc(kind: type[Any]) -> Callable[[Sequence[Any]], "Document"]:
    decode = msgspec.json.Decoder(kind).decode
    return lambda row: decode(row[0])


def _saved_profile(row: Sequence[Any], decode: Callable[[bytes], Profile]) -> SavedProfile:
    return SavedProfile(profile=decode(row[0]), saved_at=from_microseconds(row[1]))


def _alert(row: Sequence[Any], decode: Callable[[bytes], Alert]) -> Alert:
    return msgspec.structs.replace(decode(row[0]), state=AlertState(row[1]), delivery_id=row[2])


def _alert_values(alert: Alert) -> Values:
    values = list(alert_columns(alert))
    if alert.state is AlertState.PENDING:  # until when it may rest is not in a backup: somebody asks anew
        values[ALERT_COLUMNS.index("due")] = -1 - secrets.randbits(_MARK_BITS)
    return tuple(values)


def _delivery_values(delivery: Delivery) -> Values:
    fixed = (delivery.subscription_id, delivery.destination_id, delivery.channel, delivery.page)
    return (*fixed, to_microseconds(delivery.created_at), *standing(delivery))


def _attempt_values(attempt: Attempt) -> Values:
    return attempt.destination_id, to_microseconds(attempt.started_at), encode(attempt)


def _run_values(run: IngestRun) -> Values:
    return to_microseconds(run.started_at), encode(run)


def _plain(name: str) -> Table:
    return Table(name, ("id",), ("doc",), lambda document: (encode(document),), _doc(COLLECTIONS[name].kind))


def _in_columns(name: str, *, order: str = "rowid") -> Table:
    """Return a table without documents: a column for each field, the key first."""
    kind = COLLECTIONS[name].kind
    columns: tuple[str, ...] = kind.__struct_fields__
    return Table(
        name,
        columns[:1],
        columns[1:],
        lambda one: msgspec.structs.astuple(one)[1:],
        lambda row: kind(**dict(zip(columns, row, strict=True))),
        shown=columns,
        order=order,
    )


def _filed(name: str) -> Table:
    return Table(name, COLUMNS[:1], COLUMNS[1:], lambda record: row(record)[1:], record_of, shown=COLUMNS)


_VERSION = _doc(PublicationVersion)

TABLES = {
    table.name: table
    for table in (
        Table("publications", ("number",), CURRENT_COLUMNS, current_columns, _VERSION),
        Table("publication_versions", ("number", "version"), EARLIER_COLUMNS, earlier_columns, _VERSION),
        Table(
            "profiles",
            ("id",),
            ("saved_at", "doc"),
            lambda saved: (to_microseconds(saved.saved_at), encode(saved.profile)),
            partial(_saved_profile, decode=msgspec.json.Decoder(Profile).decode),
            shown=("doc", "saved_at"),
        ),
        _plain("destinations"),
        _plain("subscriptions"),
        _in_columns("unsubscribe_tokens", order="token_hash"),
        Table(
            MATCHES,
            ("publication_number",),
            ("matched_at", "profiles"),
            lambda match: (to_microseconds(match.matched_at), encode(match.profile_ids)),
            match_of,
            shown=("publication_number", "matched_at", "profiles"),
        ),
        Table(
            "alerts",
            ("subscription_id", "publication_number", "destination_id"),
            ALERT_COLUMNS,
            _alert_values,
            partial(_alert, decode=msgspec.json.Decoder(Alert).decode),
            shown=("doc", "state", "delivery_id"),
        ),
        Table(
            "deliveries",
            ("id",),
            (
                *("subscription_id", "destination_id", "channel", "page", "created_at"),
                *("state", "owner", "lease_until", "next_attempt_at", "doc"),
            ),
            _delivery_values,
            _doc(Delivery),
        ),
        Table(
            "delivery_attempts",
            ("delivery_id", "number"),
            ("destination_id", "started_at", "doc"),
            _attempt_values,
            _doc(Attempt),
        ),
        Table("ingest_runs", ("id",), ("started_at", "doc"), _run_values, _doc(IngestRun)),
        Table("source_states", ("name",), ("doc",), lambda state: (encode(state),), _doc(SourceState)),
        _in_columns("families"),
        *(_filed(kind.name) for kind in KINDS),
    )
}
"""All but ``quarantine_items``, whose contents are not documents."""
