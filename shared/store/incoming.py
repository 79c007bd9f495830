"""What the store keeps of what came in, as values: what was read, and how it stands with sources."""

from datetime import datetime
from enum import StrEnum

import msgspec


class RunState(StrEnum):
    """How far reading one input came."""

    READING = "reading"
    DONE = "done"
    FAILED = "failed"


class IngestRun(msgspec.Struct, frozen=True, kw_only=True):
    """One input that was read: a file, or one call of the HTTP push. ``read`` is the sum of the four after it."""

    id: str
    source: str
    name: str
    state: RunState
    format: str | None = None
    read: int = 0
    accepted: int = 0
    unchanged: int = 0
    corrected: int = 0
    rejected: int = 0
    error: str | None = None
    started_at: datetime
    finished_at: datetime | None = None


class SourceHour(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """What a source sent in one hour.

    Attributes:
        hour: its beginning.
        inputs: files and pushes that were begun in it and read to their end; ``failed`` of them were refused as a whole.
        read: records in them; ``new`` of these were accepted or corrected.
    """

    source: str
    hour: datetime
    inputs: int
    failed: int
    read: int
    new: int


class SourceState(msgspec.Struct, frozen=True, kw_only=True):
    """How it stands with a source.

    Attributes:
        kind: ``ops``, ``feed``, ``folder`` ...
        cursor: where the next visit goes on, in the source's own words.
        visited_at: when it was last asked; ``succeeded_at``: when it last answered as it should; ``new_at``: when it last
            brought something that was not known.
        problem: what is wrong with it, for people; ``problem_since``: since when.
        retry_at: when it is asked next, where that is not at its usual time: after trouble.
    """

    name: str
    kind: str
    cursor: dict[str, str] = {}
    visited_at: datetime | None = None
    succeeded_at: datetime | None = None
    new_at: datetime | None = None
    problem: str | None = None
    problem_since: datetime | None = None
    retry_at: datetime | None = None
