"""Collection ``matches``: in which profiles each publication was found.

A document holds what one call found for the first time in one publication, under the publication's number and an ordinal;
that never changes. Two processes that tell of the same publication at once want the same ordinal, so one of them is refused,
reads what the other one wrote, and takes the next ordinal with what is left. So every (profile, publication) stands in exactly
one document, and counting is adding (`match_counts`).
"""

from typing import TYPE_CHECKING

from pymongo.errors import BulkWriteError

from shared.store.mongo.documents import Document, moment
from shared.store.mongo.failures import is_duplicate
from shared.store.mongo.match_counts import MATCHES, UNCOUNTED
from shared.store.mongo.walking import pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from shared.store.mongo.link import Link
    from shared.store.records import MatchRecord

NAME = MATCHES

LARGEST = 100_000
"""Profiles in a document: an id has at most 128 characters, and a document of MongoDB 16 MiB."""


class Matches:
    """Records them."""

    def __init__(self, link: "Link") -> None:
        self._matches = link[NAME]

    async def record(self, matches: "Sequence[MatchRecord]") -> None:
        """Unite what was found with what is known."""
        left: dict[str, dict[str, datetime]] = {}
        for match in sorted(matches, key=lambda match: match.matched_at):
            found = left.setdefault(match.publication_number, {})
            for profile_id in match.profile_ids:
                found.setdefault(profile_id, match.matched_at)
        known: dict[str, int] = {}
        while left:
            written, taken = await self._insert(left, known)
            for number, profiles in written.items():
                known[number] = known.get(number, 0) + 1
                for profile_id in profiles:
                    del left[number][profile_id]
            await self._leave_out_known(taken, left, known)
            left = {number: found for number, found in left.items() if found}

    async def _insert(
        self, left: "dict[str, dict[str, datetime]]", known: dict[str, int]
    ) -> tuple[dict[str, list[str]], list[str]]:
        """Store the next document of each publication; return what was written, and the numbers whose ordinal was taken."""
        documents = [document(number, known.get(number, 0), found) for number, found in left.items()]
        written = {number: document["profiles"] for number, document in zip(left, documents, strict=True)}
        taken = []
        try:
            await self._matches.insert_many(documents, ordered=False)
        except BulkWriteError as error:
            if not is_duplicate(error):
                raise
            taken = [documents[one["index"]]["publication_number"] for one in error.details["writeErrors"]]
            for number in taken:
                del written[number]
        return written, taken

    async def _leave_out_known(
        self, numbers: "Iterable[str]", left: "dict[str, dict[str, datetime]]", known: dict[str, int]
    ) -> None:
        for piece in pieces(numbers):
            fields = {"publication_number": 1, "part": 1, "profiles": 1}
            async for stored in self._matches.find({"publication_number": {"$in": piece}}, fields):
                number = stored["publication_number"]
                known[number] = max(known.get(number, 0), stored["part"] + 1)
                for profile_id in stored["profiles"]:
                    left[number].pop(profile_id, None)


def document(number: str, part: int, found: "dict[str, datetime]") -> Document:
    """Return the document of what was found at the earliest moment of these, as far as it has room."""
    at = min(found.values())
    profiles = [profile_id for profile_id, matched_at in found.items() if matched_at == at][:LARGEST]
    return {
        "_id": f"{number} {part}",
        "publication_number": number,
        "part": part,
        **moment("matched_at", at),
        "count": len(profiles),
        "profiles": profiles,
        **UNCOUNTED,
    }
