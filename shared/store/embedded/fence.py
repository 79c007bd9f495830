"""A fence around a database file: triggers that refuse every write, in whichever process or version it is tried.

A row that processes look at would stop only those that look; a trigger stops SQLite itself.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

_PREFIX = "closed_"
_OUTSIDE = frozenset({"closures", "archive_changes", "sqlite_sequence"})
_WRITES = ("INSERT", "UPDATE", "DELETE")


def put_up(connection: "sqlite3.Connection", reason: str) -> None:
    """Refuse every write to every table, with this sentence; only the closure itself can still be changed."""
    sentence = reason.replace("'", "''")
    for table in _names(connection, "table"):
        if table in _OUTSIDE:
            continue
        for write in _WRITES:
            connection.execute(
                f"CREATE TRIGGER {_PREFIX}{table}_{write.lower()} BEFORE {write} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
            )


def lower(connection: "sqlite3.Connection") -> None:
    """Take the fence away; where there is none, nothing happens."""
    for trigger in _names(connection, "trigger"):
        if trigger.startswith(_PREFIX):
            connection.execute(f"DROP TRIGGER {trigger}")


def _names(connection: "sqlite3.Connection", kind: str) -> list[str]:
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = ? ORDER BY name", (kind,))
    return [name for (name,) in rows if not name.startswith("sqlite_")]
