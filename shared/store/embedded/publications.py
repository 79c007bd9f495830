"""Collections ``publications`` and ``publication_versions``."""

from functools import partial
from typing import TYPE_CHECKING

from shared.sqlite.moments import to_microseconds
from shared.store.embedded.documents import KEYS, Documents, encode, keys
from shared.store.records import PublicationVersion
from shared.store.walking import AFTER_ALL_DATES, date_of, events_between
from shared.wire.identity import is_document, item_key

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import AsyncIterator, Sequence
    from datetime import date

    from shared.sqlite.database import Database
    from shared.wire.publication import Publication

_documents = Documents(PublicationVersion)

CURRENT_COLUMNS = ("published_on", "application_number", "content_hash", "doc")
EARLIER_COLUMNS = ("content_hash", "accepted_at", "doc")

_CURRENT = "SELECT doc FROM publications WHERE number = ?"
_HISTORIES = (
    f"SELECT doc, number, version FROM publication_versions WHERE number IN {KEYS}"  # noqa: S608 - a constant
    f" UNION ALL SELECT doc, number, NULL FROM publications WHERE number IN {KEYS}"
    " ORDER BY number, version NULLS LAST"
)
_DOCUMENTS = (
    f"SELECT doc FROM publications WHERE number IN {KEYS}"  # noqa: S608 - a constant
    f" UNION SELECT doc FROM publications WHERE application_number IN {KEYS}"
)
_EVENTS = "SELECT doc FROM publications WHERE number > ? AND number < ? ORDER BY number"
_HAD_ITS_TURN = "SELECT 1 FROM publication_versions WHERE number = ? AND content_hash = ? AND accepted_at = ?"
_INSERT = (
    f"INSERT INTO publications (number, {', '.join(CURRENT_COLUMNS)})"  # noqa: S608 - names above
    f" VALUES (?{', ?' * len(CURRENT_COLUMNS)})"
)
_REPLACE = f"UPDATE publications SET {', '.join(f'{column} = ?' for column in CURRENT_COLUMNS)} WHERE number = ?"  # noqa: S608 - names above
_KEEP = (
    f"INSERT INTO publication_versions (number, version, {', '.join(EARLIER_COLUMNS)})"  # noqa: S608 - names above
    f" VALUES (?, ?{', ?' * len(EARLIER_COLUMNS)})"
)
_PAGE = (
    "SELECT doc, published_on, number FROM publications WHERE (published_on, number) > (?, ?) AND published_on < ?"
    " ORDER BY published_on, number LIMIT ?"
)


class EmbeddedPublications:
    """See `shared.store.port.Publications`."""

    def __init__(self, database: "Database") -> None:
        self._database = database

    async def content_hashes(self, keys: "Sequence[str]") -> dict[str, str]:
        """Return item key → content hash of those that are known."""
        return await self._database.read(partial(_hashes, numbers=keys))

    async def save(self, versions: "Sequence[PublicationVersion]") -> list[str]:
        """Store each as the version that it says it is; return the keys of those that came too late."""
        if not versions:
            return []
        return await self._database.write(partial(_save, versions=versions))

    async def get(self, key: str) -> PublicationVersion | None:
        """Return the current version."""
        return await self._database.read(partial(_documents.one, statement=_CURRENT, parameters=(key,)))

    async def history(self, key: str) -> list[PublicationVersion]:
        """Return every version, oldest first."""
        return (await self.histories([key])).get(key, [])

    async def histories(self, keys: "Sequence[str]") -> dict[str, list[PublicationVersion]]:
        """Return item key → every version, oldest first, of those that are known."""
        return await self._database.read(partial(_histories, numbers=keys))

    async def documents(self, *, numbers: "Sequence[str]", applications: "Sequence[str]") -> list[PublicationVersion]:
        """Return the current versions of the documents with one of these numbers or of one of these applications."""
        asked = (keys(numbers), keys(applications))
        return await self._database.read(partial(_documents.many, statement=_DOCUMENTS, parameters=asked))

    async def events(self, number: str) -> list[PublicationVersion]:
        """Return the legal events told under a publication number, by item key."""
        between = events_between(number)
        return await self._database.read(partial(_documents.many, statement=_EVENTS, parameters=between))

    async def scan(self, *, since: "date | None" = None, batch_size: int = 500) -> "AsyncIterator[list[Publication]]":
        """Walk over the documents by (published_on, number)."""
        after = ("" if since is None else since.isoformat(), "")
        while True:
            rows = await self._database.read(
                lambda connection, place=after: connection.execute(  # type: ignore[misc]
                    _PAGE, (*place, AFTER_ALL_DATES, batch_size)
                ).fetchall()
            )
            if not rows:
                return
            yield [_documents.decode(doc).publication for doc, _, _ in rows]
            after = rows[-1][1:]

    async def count(self) -> int:
        """Return how many documents are known."""
        asked = "SELECT count(*) FROM publications WHERE published_on < ?"
        return await self._database.read(
            lambda connection: int(connection.execute(asked, (AFTER_ALL_DATES,)).fetchone()[0])
        )


def _hashes(connection: "sqlite3.Connection", numbers: "Sequence[str]") -> dict[str, str]:
    return dict(
        connection.execute(f"SELECT number, content_hash FROM publications WHERE number IN {KEYS}", (keys(numbers),))  # noqa: S608 - a constant
    )


def _histories(connection: "sqlite3.Connection", numbers: "Sequence[str]") -> dict[str, list[PublicationVersion]]:
    found: dict[str, list[PublicationVersion]] = {}
    asked = keys(numbers)
    for doc, number, _ in connection.execute(_HISTORIES, (asked, asked)):
        found.setdefault(number, []).append(_documents.decode(doc))
    return found


def _save(connection: "sqlite3.Connection", versions: "Sequence[PublicationVersion]") -> list[str]:
    known = set(_hashes(connection, [item_key(version.publication) for version in versions]))
    fresh: dict[str, PublicationVersion] = {}
    late: dict[str, None] = {}
    for version in versions:
        key = item_key(version.publication)
        if key not in known and version.version == 1:
            fresh[key] = version
            known.add(key)
            continue
        _insert(connection, fresh)
        fresh = {}
        if key in late or not _follow(connection, key, version):
            late[key] = None
    _insert(connection, fresh)
    return list(late)


def _insert(connection: "sqlite3.Connection", fresh: dict[str, PublicationVersion]) -> None:
    connection.executemany(_INSERT, [(key, *current_columns(version)) for key, version in fresh.items()])


def _follow(connection: "sqlite3.Connection", key: str, version: PublicationVersion) -> bool:
    """Put the current version into the history and this one in its place; false when it follows an older one."""
    current = _documents.one(connection, _CURRENT, (key,))
    if current is None or version.version != current.version + 1:
        told = (key, version.content_hash, to_microseconds(version.accepted_at))
        says_it = current is not None and current.content_hash == version.content_hash
        return says_it or connection.execute(_HAD_ITS_TURN, told).fetchone() is not None
    connection.execute(_KEEP, (key, current.version, *earlier_columns(current)))
    connection.execute(_REPLACE, (*current_columns(version), key))
    return True


def current_columns(version: PublicationVersion) -> tuple[object, ...]:
    """Return what `CURRENT_COLUMNS` hold: what a document is walked over by, and the application by which it is found."""
    publication = version.publication
    application = publication.application_number if is_document(publication) else None
    return date_of(publication), application, version.content_hash, encode(version)


def earlier_columns(version: PublicationVersion) -> tuple[object, ...]:
    """Return what `EARLIER_COLUMNS` hold."""
    return version.content_hash, to_microseconds(version.accepted_at), encode(version)
