"""Collection ``profiles``."""

from functools import partial
from typing import TYPE_CHECKING

from shared.sqlite.moments import to_microseconds
from shared.store.embedded.documents import BY_ID, KEYS, Documents, encode, keys
from shared.wire.profile import Profile

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from shared.sqlite.database import Database

_documents = Documents(Profile)

_MANY = f"SELECT doc FROM profiles WHERE id IN {KEYS}"  # noqa: S608 - a constant
_ALL = f"SELECT doc FROM profiles {BY_ID}"  # noqa: S608 - a constant
_PUT = (
    "INSERT INTO profiles (id, saved_at, doc) VALUES (?, ?, ?)"
    " ON CONFLICT (id) DO UPDATE SET saved_at = excluded.saved_at, doc = excluded.doc"
)


class EmbeddedProfiles:
    """See `shared.store.port.Profiles`."""

    def __init__(self, database: "Database") -> None:
        self._database = database

    async def put(self, profiles: "Sequence[Profile]", *, saved_at: "datetime") -> None:
        """Add or replace."""
        rows = [(profile.id, to_microseconds(saved_at), encode(profile)) for profile in profiles]
        if rows:
            await self._database.write(lambda connection: connection.executemany(_PUT, rows))

    async def get(self, profile_id: str) -> Profile | None:
        """Return one."""
        return await self._database.read(
            partial(_documents.one, statement="SELECT doc FROM profiles WHERE id = ?", parameters=(profile_id,))
        )

    async def many(self, profile_ids: "Sequence[str]") -> dict[str, Profile]:
        """Return those of these that there are, by id."""
        found = await self._database.read(partial(_documents.many, statement=_MANY, parameters=(keys(profile_ids),)))
        return {profile.id: profile for profile in found}

    async def all(self, *, limit: int | None = None) -> list[Profile]:
        """Return all, or the first ones."""
        return await self._database.read(partial(_documents.many, statement=_ALL, parameters=(limit,)))

    async def count(self) -> int:
        """Return how many there are."""
        return await self._database.read(
            lambda connection: int(connection.execute("SELECT count(*) FROM profiles").fetchone()[0])
        )

    async def remove(self, profile_id: str) -> bool:
        """Forget one."""
        return await self._database.write(
            lambda connection: connection.execute("DELETE FROM profiles WHERE id = ?", (profile_id,)).rowcount > 0
        )
