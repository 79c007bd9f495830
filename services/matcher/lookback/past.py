"""The past: what an index in a folder held at one moment. Nobody changes it; a later one takes its place.

The folder holds segments, for each what was taken away from it since, and ``past.json``, which names those that count. That
file is replaced whole, so that every process sees one state or the next, and what a crash left behind counts for nothing.
"""

import threading
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

import msgspec
import numpy as np

from services.matcher.engine import storage
from services.matcher.lookback.folder import BEFORE, CONTENTS
from services.matcher.lookback.segment import UNKNOWN_DAY, load
from services.matcher.rings.rings import Rings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from services.matcher.lookback.segment import Segment
    from shared.wire.publication import Publication

FORMAT = 1
"""Grows when what lies in the arrays of a segment means something else."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A segment that counts.

    Attributes:
        name: of its folder.
        gone: the file with the documents that count no longer, ``None`` without any.
    """

    name: str
    gone: str | None = None


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """What ``past.json`` says.

    Attributes:
        made_by: the program whose texts, tokens and keys are in the segments: those of another are made anew, and answer
            until that is done.
        serial: grows with every change, and is part of the names of new files.
        is_whole: whether all that was stored at the beginning has been read.
        incarnation: of the topic that the positions are about.
        positions: partition → up to where it has been read.
    """

    made_by: str
    serial: int = 0
    is_whole: bool = False
    incarnation: str = ""
    positions: dict[int, int] = {}
    parts: tuple[Part, ...] = ()


def made_by() -> str:
    """Return the name of this program's segments."""
    return f"{FORMAT}/{storage.provenance(Rings())}"


def read_contents(folder: "Path", name: str = CONTENTS) -> Contents | None:
    """Return what a folder says that it holds, or held before; ``None`` where that is nothing of use."""
    contents = read_any_contents(folder, name)
    if contents is None or name == BEFORE:
        return contents
    return contents if contents.made_by == made_by() else None


def read_any_contents(folder: "Path", name: str) -> Contents | None:
    """Return what a folder says, whichever program of this format wrote it."""
    try:
        contents = msgspec.json.decode((folder / name).read_bytes(), type=Contents)
    except (OSError, msgspec.MsgspecError):
        return None
    return contents if contents.made_by.startswith(f"{FORMAT}/") else None


@dataclass(frozen=True, slots=True)
class Kept:
    """A segment, and which of its documents count."""

    part: Part
    segment: "Segment"
    alive: "NDArray[np.bool_]"


@dataclass(frozen=True, slots=True)
class Places:
    """Documents of a past: for each the number of its segment, and where it stands there."""

    segments: "NDArray[np.int64]"
    documents: "NDArray[np.int64]"

    def __len__(self) -> int:
        return len(self.segments)

    def some(self, which: "NDArray[np.int64] | slice") -> "Places":
        """Return some of them."""
        return Places(self.segments[which], self.documents[which])

    def by_segment(self) -> "Iterator[tuple[int, NDArray[np.int64]]]":
        """Give for each segment its documents; they must lie in the order of the segments."""
        edges = np.flatnonzero(np.diff(self.segments, prepend=-1, append=-1))
        for start, end in pairwise(edges.tolist()):
            yield int(self.segments[start]), self.documents[start:end]


class Finder(Protocol):
    """What names documents."""

    def documents(self, segment: "Segment") -> "NDArray[np.bool_]":
        """Return which documents of a segment are meant."""
        ...


class Past:
    """The publications of an index, at one moment."""

    def __init__(self, contents: Contents, kept: tuple[Kept, ...]) -> None:
        self.contents = contents
        self.kept = kept

    def __len__(self) -> int:
        return sum(int(kept.alive.sum()) for kept in self.kept)

    def find(self, wanted: "Finder", *, since: date | None = None, before: date | None = None) -> Places:
        """Return the documents that may match, in the order of the segments, published in this span."""
        least = UNKNOWN_DAY if since is None else since.toordinal()
        end = (date.max if before is None else before).toordinal()
        return self.places(_candidates(kept, wanted, least, end) for kept in self.kept)

    @staticmethod
    def places(flags: "Iterator[NDArray[np.bool_]]") -> Places:
        """Return the documents that are flagged in each segment."""
        of_segments = [np.flatnonzero(flagged) for flagged in flags]
        numbers = np.repeat(np.arange(len(of_segments)), [len(some) for some in of_segments])
        return Places(numbers, np.concatenate([np.zeros(0, np.int64), *of_segments]))

    @cached_property
    def _all_days(self) -> "tuple[NDArray[np.int32], NDArray[np.int64]]":
        """Return the days of all documents, segment by segment, and where each segment's begin."""
        days = [np.zeros(0, np.int32), *(kept.segment.days for kept in self.kept)]
        return np.concatenate(days), np.cumsum([0, *map(len, days[1:-1])])

    def days(self, places: Places) -> "NDArray[np.int32]":
        """Return when each was published, see `segment.Segment.days`."""
        days, starts = self._all_days
        return np.take(days, starts[places.segments] + places.documents)

    def publications(self, places: Places) -> "list[Publication]":
        """Return the publications of some places."""
        pairs = zip(places.segments.tolist(), places.documents.tolist(), strict=True)
        return [self.kept[number].segment.publication(document) for number, document in pairs]

    def place_of(self, number: str) -> tuple[int, int] | None:
        """Return segment and document of the publication with a number."""
        for at in range(len(self.kept) - 1, -1, -1):
            document = self.kept[at].segment.with_number(number)
            if document is not None and self.kept[at].alive[document]:
                return at, document
        return None

    def with_number(self, number: str) -> "Publication | None":
        """Return the publication with a number."""
        place = self.place_of(number)
        return None if place is None else self.kept[place[0]].segment.publication(place[1])


def _candidates(kept: Kept, wanted: "Finder", least: int, end: int) -> "NDArray[np.bool_]":
    days = kept.segment.days
    in_time = kept.alive & (days >= least) & (days < end)
    return in_time & wanted.documents(kept.segment) if in_time.any() else in_time


def open_part(folder: "Path", part: Part) -> Kept:
    """Map one segment."""
    segment = load(folder / part.name)
    alive = np.ones(len(segment), np.bool_)
    if part.gone is not None:
        alive[np.load(folder / part.gone)] = False
    return Kept(part, segment, alive)


class OpenPast:
    """The latest past of a folder, or the one before; what is mapped stays mapped as long as it counts. Threads may share it."""

    def __init__(self, folder: "Path", name: str = CONTENTS) -> None:
        self._folder = folder
        self._name = name
        self._lock = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._past: Past | None = None

    def latest(self) -> Past | None:
        """Return it; ``None`` while there is none, or where it is damaged.

        Raises:
            OSError: it cannot be read now.
        """
        with self._lock:
            try:
                told = (self._folder / self._name).stat()
            except OSError:
                self._seen = self._past = None
                return None
            if self._seen != (seen := (told.st_mtime_ns, told.st_ino)):
                self._reopen()
                self._seen = seen
            return self._past

    def _reopen(self) -> None:
        known = {} if self._past is None else {kept.part: kept for kept in self._past.kept}
        while (contents := read_contents(self._folder, self._name)) is not None:
            try:
                kept = tuple(known.get(part) or open_part(self._folder, part) for part in contents.parts)
            except (FileNotFoundError, ValueError):
                if read_contents(self._folder, self._name) == contents:
                    break  # somebody damaged it
                continue  # it was replaced, and what it named taken away, in between
            self._past = Past(contents, kept)
            return
        self._past = None
