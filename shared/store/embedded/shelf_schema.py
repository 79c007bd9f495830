"""Tables of documents that have an owner: one a kind, made when it is first needed; and what all of them are found by."""

from typing import TYPE_CHECKING

from shared.store.embedded.documents import KEYS, keys

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from shared.sqlite.database import Database

V1 = """
CREATE TABLE filed_lookups (
  kind TEXT NOT NULL,
  lookup TEXT NOT NULL,
  id TEXT NOT NULL,
  PRIMARY KEY (kind, lookup)
) STRICT, WITHOUT ROWID
"""

_NOTE = "INSERT INTO filed_lookups (kind, lookup, id) SELECT '{kind}', value, NEW.id FROM json_each(NEW.lookups);"
_FORGET = (
    "DELETE FROM filed_lookups WHERE kind = '{kind}' AND id = OLD.id"
    " AND lookup IN (SELECT value FROM json_each(OLD.lookups));"
)
# Triggers keep the lookups, so that whoever writes a row, an archive too, neither forgets one nor takes another's.
_OF_A_KIND = (
    """
CREATE TABLE IF NOT EXISTS {kind} (
  id TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  ord TEXT NOT NULL,
  lookups TEXT NOT NULL,
  expires_at INTEGER,
  revision INTEGER NOT NULL,
  doc TEXT NOT NULL
) STRICT""",
    "CREATE INDEX IF NOT EXISTS {kind}_by_owner ON {kind} (owner, ord, id)",
    "CREATE INDEX IF NOT EXISTS {kind}_ending ON {kind} (expires_at) WHERE expires_at IS NOT NULL",
    f"CREATE TRIGGER IF NOT EXISTS {{kind}}_filed AFTER INSERT ON {{kind}} BEGIN {_NOTE} END",
    f"CREATE TRIGGER IF NOT EXISTS {{kind}}_refiled AFTER UPDATE OF lookups ON {{kind}} BEGIN {_FORGET} {_NOTE} END",
    f"CREATE TRIGGER IF NOT EXISTS {{kind}}_removed AFTER DELETE ON {{kind}} BEGIN {_FORGET} END",
)

_TABLES = f"SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN {KEYS}"  # noqa: S608 - a constant


async def lay_out(database: "Database", names: "Iterable[str]") -> None:
    """Make the tables of kinds of these names, where they are missing."""
    wanted = list(names)
    present = await database.read(lambda connection: connection.execute(_TABLES, (keys(wanted),)).fetchone()[0])
    if present == len(wanted):
        return

    def work(connection: "sqlite3.Connection") -> None:
        for name in wanted:
            for statement in _OF_A_KIND:
                connection.execute(statement.format(kind=name))

    await database.write(work)
