"""What every collection does: JSON in and out of a ``doc`` column, lists of keys in one parameter."""

from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

D = TypeVar("D", bound=msgspec.Struct)

encode = msgspec.json.Encoder().encode

BY_ID = "ORDER BY id LIMIT coalesce(?, -1)"
"""The first so many rows; all of them where the parameter is ``None``."""

KEYS = "(SELECT value FROM json_each(?))"
"""For ``IN``: a list of keys as one parameter, made by `keys`, so that no list is too long for a statement."""


def keys(values: "Iterable[str]") -> str:
    """Return the parameter for `KEYS`."""
    return encode(list(values)).decode()


class Documents(Generic[D]):
    """Reads one kind of document from rows whose first column is ``doc``."""

    def __init__(self, kind: type[D]) -> None:
        self.decode = msgspec.json.Decoder(kind).decode

    def one(self, connection: "sqlite3.Connection", statement: str, parameters: "Sequence[object]" = ()) -> D | None:
        """Return the first row's document."""
        row = connection.execute(statement, parameters).fetchone()
        return None if row is None else self.decode(row[0])

    def many(self, connection: "sqlite3.Connection", statement: str, parameters: "Sequence[object]" = ()) -> list[D]:
        """Return every row's document."""
        return [self.decode(row[0]) for row in connection.execute(statement, parameters)]
