"""New, unchanged or corrected, as far as number and content hash tell: what ``zhitui parse`` says, which keeps no contents."""

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from shared.wire.identity import item_key, says_nothing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from services.ingest.records import Parsed


class Outcome(StrEnum):
    """What became of a record that was read; with the rejected ones they sum up to what was read."""

    ACCEPTED = "accepted"
    UNCHANGED = "unchanged"
    CORRECTED = "corrected"


class Hashed(NamedTuple):
    """A publication that was read, with its content hash."""

    parsed: "Parsed"
    content_hash: str


def classify(batch: "Iterable[Hashed]", known: "Mapping[str, set[str]]") -> list[tuple[Hashed, Outcome]]:
    """Judge records in their order, each against what is known and what came before it in the batch.

    Args:
        batch: what was read.
        known: item key → every content it ever had. A record that says again what an earlier version said is unchanged.
    """
    here: dict[str, set[str]] = {}
    judged = []
    for hashed in batch:
        key = item_key(hashed.parsed.publication)
        contents = here.get(key)
        if contents is None:
            contents = here[key] = set(known.get(key, ()))
        if hashed.content_hash in contents or says_nothing(hashed.parsed.publication):
            outcome = Outcome.UNCHANGED
        else:
            outcome = Outcome.CORRECTED if contents else Outcome.ACCEPTED
            contents.add(hashed.content_hash)
        judged.append((hashed, outcome))
    return judged
