"""Collections ``matches`` and ``match_counts``: a row a publication with the profiles that found it, a row a profile with how often.

Of what most matches are, found for nobody, only that remains: a row for each would be most of the database.
"""

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import msgspec

from shared.sqlite.moments import from_microseconds, to_microseconds
from shared.store.embedded.documents import KEYS, encode, keys
from shared.store.records import MatchRecord

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime

_decode = msgspec.json.Decoder(list[str]).decode

_KNOWN = f"SELECT publication_number, profiles FROM matches WHERE publication_number IN {KEYS}"  # noqa: S608 - a constant
_SAVE = (
    "INSERT INTO matches (publication_number, matched_at, profiles) VALUES (?, ?, ?)"
    " ON CONFLICT (publication_number) DO UPDATE SET matched_at = excluded.matched_at, profiles = excluded.profiles"
)
_COUNT = (
    "INSERT INTO match_counts (profile_id, found, last_matched_at) VALUES (?, ?, ?) ON CONFLICT (profile_id)"
    " DO UPDATE SET found = found + excluded.found, last_matched_at = max(last_matched_at, excluded.last_matched_at)"
)


def record(connection: "sqlite3.Connection", matches: "Sequence[MatchRecord]") -> None:
    """Unite what was found with what is known, and count what is new."""
    if not matches:
        return
    numbers = {match.publication_number for match in matches}
    known: defaultdict[str, set[str]] = defaultdict(set)
    for number, profiles in connection.execute(_KNOWN, (keys(numbers),)):
        known[number].update(_decode(profiles))
    found: Counter[str] = Counter()
    last: dict[str, int] = {}
    changed: dict[str, int] = {}
    for match in sorted(matches, key=lambda match: match.matched_at):
        before = known[match.publication_number]
        fresh = set(match.profile_ids).difference(before)
        if fresh:
            at = changed[match.publication_number] = to_microseconds(match.matched_at)
            found.update(fresh)
            last.update(dict.fromkeys(fresh, at))
            before |= fresh
    connection.executemany(_SAVE, [(number, at, encode(sorted(known[number]))) for number, at in changed.items()])
    # In order, because neighbours lie on one page of the table.
    connection.executemany(_COUNT, [(profile_id, found[profile_id], last[profile_id]) for profile_id in sorted(found)])


def counts(connection: "sqlite3.Connection", limit: int) -> "list[tuple[str, int, datetime]]":
    """Return (profile id, publications found, when the newest was), most first."""
    rows = connection.execute(
        "SELECT profile_id, found, last_matched_at FROM match_counts ORDER BY found DESC, profile_id LIMIT ?", (limit,)
    )
    return [(profile_id, found, from_microseconds(last)) for profile_id, found, last in rows]


def count(connection: "sqlite3.Connection") -> int:
    """Return how many (profile, publication) were found."""
    return int(connection.execute("SELECT coalesce(sum(found), 0) FROM match_counts").fetchone()[0])


def match_of(row: "Sequence[Any]") -> MatchRecord:
    """Return the document of a row (publication number, matched at, profiles)."""
    number, matched_at, profiles = row
    return MatchRecord(
        publication_number=number, profile_ids=tuple(_decode(profiles)), matched_at=from_microseconds(matched_at)
    )


def forget(connection: "sqlite3.Connection", number: str) -> None:
    """Forget what was found in a publication, and count it no more."""
    row = connection.execute(
        "DELETE FROM matches WHERE publication_number = ? RETURNING profiles", (number,)
    ).fetchone()
    if row is not None:
        connection.executemany(
            "UPDATE match_counts SET found = found - 1 WHERE profile_id = ?",
            [(profile_id,) for profile_id in _decode(row[0])],
        )
