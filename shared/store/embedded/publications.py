"""Collections ``publications`` and ``publication_versions``."""

from functools import partial
from typing import TYPE_CHECKING

import msgspec

from shared.sqlite.moments import to_microseconds
from shared.store.embedded.documents import KEYS, Documents, encode, keys
from shared.store.records import PublicationVersion

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import AsyncIterator, Sequence
    from datetime import date

    from shared.sqlite.database import Database
    from shared.wire.publication import Publication

_documents = Documents(PublicationVersion)

_CURRENT = "SELECT doc FROM publications WHERE number = ?"
_HISTORY = "SELECT doc FROM publication_versions WHERE number = ? ORDER BY version"
_HAD_ITS_TURN = "SELECT 1 FROM publication_versions WHERE number = ? AND content_hash = ? AND accepted_at = ?"
_PAGE = (
    "SELECT doc, published_on, number FROM publications WHERE (published_on, number) > (?, ?)"
    " ORDER BY published_on, number LIMIT ?"
)


class EmbeddedPublications:
    """See `shared.store.port.Publications`."""

    def __init__(self, database: "Database") -> None:
        self._database = database

    async def content_hashes(self, numbers: "Sequence[str]") -> dict[str, str]:
        """Return number → content hash of those that are known."""
        return await self._database.read(partial(_hashes, numbers=numbers))

    async def save(self, versions: "Sequence[PublicationVersion]") -> None:
        """Store new publications and new versions of known ones."""
        if versions:
            await self._database.write(partial(_save, versions=versions))

    async def get(self, number: str) -> PublicationVersion | None:
        """Return the current version."""
        return await self._database.read(partial(_documents.one, statement=_CURRENT, parameters=(number,)))

    async def history(self, number: str) -> list[PublicationVersion]:
        """Return every version, oldest first."""

        def work(connection: "sqlite3.Connection") -> list[PublicationVersion]:
            earlier = _documents.many(connection, _HISTORY, (number,))
            return earlier + _documents.many(connection, _CURRENT, (number,))

        return await self._database.read(work)

    async def scan(self, *, since: "date | None" = None, batch_size: int = 500) -> "AsyncIterator[list[Publication]]":
        """Walk over the current versions by (published_on, number)."""
        after = ("" if since is None else since.isoformat(), "")
        while True:
            rows = await self._database.read(
                lambda connection, place=after: connection.execute(_PAGE, (*place, batch_size)).fetchall()  # type: ignore[misc]
            )
            if not rows:
                return
            yield [_documents.decode(doc).publication for doc, _, _ in rows]
            after = rows[-1][1:]

    async def count(self) -> int:
        """Return how many publications are known."""
        return await self._database.read(
            lambda connection: int(connection.execute("SELECT count(*) FROM publications").fetchone()[0])
        )


def _hashes(connection: "sqlite3.Connection", numbers: "Sequence[str]") -> dict[str, str]:
    return dict(
        connection.execute(f"SELECT number, content_hash FROM publications WHERE number IN {KEYS}", (keys(numbers),))  # noqa: S608 - a constant
    )


def _save(connection: "sqlite3.Connection", versions: "Sequence[PublicationVersion]") -> None:
    hashes = _hashes(connection, [version.publication.publication_number for version in versions])
    fresh: dict[str, PublicationVersion] = {}
    for version in versions:
        number = version.publication.publication_number
        if hashes.get(number) == version.content_hash:
            continue
        if number in hashes:
            _insert(connection, fresh)
            fresh = {}
            if not _correct(connection, version):
                continue
        else:
            fresh[number] = msgspec.structs.replace(version, version=1)
        hashes[number] = version.content_hash
    _insert(connection, fresh)


def _insert(connection: "sqlite3.Connection", fresh: dict[str, PublicationVersion]) -> None:
    connection.executemany(
        "INSERT INTO publications (number, published_on, content_hash, doc) VALUES (?, ?, ?, ?)",
        [(number, date_column(version), version.content_hash, encode(version)) for number, version in fresh.items()],
    )


def _correct(connection: "sqlite3.Connection", version: PublicationVersion) -> bool:
    """Put the current version into the history and this one in its place; false when it already had its turn there."""
    number = version.publication.publication_number
    told = (number, version.content_hash, to_microseconds(version.accepted_at))
    current = _documents.one(connection, _CURRENT, (number,))
    if current is None or connection.execute(_HAD_ITS_TURN, told).fetchone():
        return False
    connection.execute(
        "INSERT INTO publication_versions (number, version, content_hash, accepted_at, doc) VALUES (?, ?, ?, ?, ?)",
        (number, current.version, current.content_hash, to_microseconds(current.accepted_at), encode(current)),
    )
    following = msgspec.structs.replace(version, version=current.version + 1)
    connection.execute(
        "UPDATE publications SET published_on = ?, content_hash = ?, doc = ? WHERE number = ?",
        (date_column(following), following.content_hash, encode(following), number),
    )
    return True


def date_column(version: PublicationVersion) -> str:
    """Return the date as text that sorts; an unknown one comes first."""
    published_on = version.publication.published_on
    return "" if published_on is None else published_on.isoformat()
