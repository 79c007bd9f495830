"""What every collection does: JSON in and out of a ``doc`` column, lists of keys in one parameter."""

from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Sequence

D = TypeVar("D", bound=msgspec.Struct)

encode = msgspec.json.Encoder().encode

TOGETHER = "'[' || coalesce(group_concat(CAST({} AS TEXT)), '') || ']'"
"""A column of documents as one list.

A statement lets go of the interpreter at each row, and waits to have it back while the event loop is busy: so many rows are one.
"""

BY_ID = "ORDER BY id LIMIT coalesce(?, -1)"
"""The first so many rows; all of them where the parameter is ``None``."""

KEYS = "(SELECT value FROM json_each(?))"
"""For ``IN``: a list of keys as one parameter, made by `keys`, so that no list is too long for a statement."""


def keys(values: "Iterable[str | int]") -> str:
    """Return the parameter for `KEYS`."""
    return encode(list(values)).decode()


def rows(values: "Iterable[Sequence[object]]") -> tuple[str]:
    """Return the parameters of a statement that takes many rows from ``json_each(?)``, their columns as ``value ->> 0`` and so on."""
    return (encode(list(values)).decode(),)


def text(document: msgspec.Struct) -> str:
    """Return a document as a column of `rows`; the statement makes it a ``BLOB`` again."""
    return encode(document).decode()


class Documents(Generic[D]):
    """Reads one kind of document from rows whose first column is ``doc``.

    Attributes:
        decode: makes a document of a ``doc``.
        decode_list: makes documents of what `TOGETHER` returns.
    """

    def __init__(self, kind: type[D]) -> None:
        self.decode = msgspec.json.Decoder(kind).decode
        self.decode_list: Callable[[str], list[D]] = msgspec.json.Decoder(list[kind]).decode  # type: ignore[valid-type]

    def one(self, connection: "sqlite3.Connection", statement: str, parameters: "Sequence[object]" = ()) -> D | None:
        """Return the first row's document."""
        row = connection.execute(statement, parameters).fetchone()
        return None if row is None else self.decode(row[0])

    def many(self, connection: "sqlite3.Connection", statement: str, parameters: "Sequence[object]" = ()) -> list[D]:
        """Return every row's document."""
        return [self.decode(row[0]) for row in connection.execute(statement, parameters)]

    def together(
        self, connection: "sqlite3.Connection", statement: str, parameters: "Sequence[object]" = ()
    ) -> list[D]:
        """Return every row's document in no order, which is quicker than `many` where they are a few or more."""
        all_of_them = f"SELECT {TOGETHER.format('doc')} FROM ({statement})"  # noqa: S608 - statements of the code
        (found,) = connection.execute(all_of_them, parameters).fetchone()
        return self.decode_list(found)
