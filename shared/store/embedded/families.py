"""Collection ``families``: a row a key."""

from typing import TYPE_CHECKING

from shared.store.embedded.documents import KEYS, keys
from shared.store.families import FamilyKey, bind

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from shared.sqlite.database import Database

_KNOWN = f"SELECT key, family_id, width FROM families WHERE key IN {KEYS}"  # noqa: S608 - a constant
_SAVE = (
    "INSERT INTO families (key, family_id, width) VALUES (?, ?, ?)"
    " ON CONFLICT (key) DO UPDATE SET family_id = excluded.family_id, width = excluded.width"
)


class EmbeddedFamilies:
    """See `shared.store.intake.Families`."""

    def __init__(self, database: "Database") -> None:
        self._database = database

    async def join(self, groups: "Sequence[Sequence[str]]") -> list[str]:
        """Give every group its family, in one transaction."""
        if not groups:
            return []
        asked = sorted({key for group in groups for key in group})

        def work(connection: "sqlite3.Connection") -> list[str]:
            ids, changed = bind(groups, _known(connection, asked))
            connection.executemany(_SAVE, [(one.key, one.family_id, one.width) for one in changed.values()])
            return ids

        return await self._database.write(work)


def _known(connection: "sqlite3.Connection", asked: "Iterable[str]") -> dict[str, FamilyKey]:
    rows = connection.execute(_KNOWN, (keys(asked),))
    return {key: FamilyKey(key=key, family_id=family_id, width=width) for key, family_id, width in rows}
