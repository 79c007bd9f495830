"""What a batch gave: arrays, and on demand objects, or JSON."""

from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from services.matcher.engine import strings
from services.matcher.engine.conditions import FIELD_PREFIXES, FIELD_SUFFIXES
from services.matcher.engine.evidence import FIELD_BITS
from services.matcher.engine.hold import PROFILE, SCORED
from services.matcher.engine.index import SHOWN
from services.matcher.engine.needs import KINDS
from services.matcher.engine.scoring import UNITS
from services.matcher.engine.written import write_matches
from shared.wire.match import Evidence, Match

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from services.matcher.engine.hold import Held
    from services.matcher.engine.index import Bytes, Index
    from shared.wire.publication import Publication

_MATCHES_OF_A_PIECE = 50_000


class Found:
    """The matches of consecutive publications of a batch, from one index or several.

    Attributes:
        publications: those it tells of; there may be more of them in the batch, told of by the next `Found`.
        candidates: rules that were looked at closely.
    """

    def __init__(
        self, publications: "Sequence[Publication]", first: int, parts: "Sequence[tuple[Index, Held]]"
    ) -> None:
        """Take what was found.

        Args:
            publications: the batch.
            first: the first of them that the parts tell of.
            parts: what each index gave for the same publications.
        """
        self._first = first
        self._batch = publications
        self._parts = parts
        self.publications = publications[first : first + parts[0][1].done] if parts else publications[first:]
        self.candidates = sum(held.tried for _, held in parts)

    def __len__(self) -> int:
        return sum(len(held.order) for _, held in self._parts)

    def matches(self) -> "list[list[Match]]":
        """Return each publication's matches, best first, then by profile id."""
        found = []
        for offset in range(len(self.publications)):
            here = [
                self._match(index, held, int(row))
                for index, held in self._parts
                for row in held.order[held.starts[offset] : held.starts[offset + 1]]
            ]
            found.append(here if len(self._parts) == 1 else sorted(here, key=lambda one: (-one.score, one.profile_id)))
        return found

    def best_scores(self) -> "NDArray[np.float64]":
        """Return the score of each publication's best match, -1 where there is none."""
        best = np.full(len(self.publications), -1.0)
        for _, held in self._parts:
            matched = np.flatnonzero(np.diff(held.starts))
            first = held.order[held.starts[matched]]
            best[matched] = np.maximum(best[matched], held.matches[first, SCORED] / UNITS)
        return best

    def _match(self, index: "Index", held: "Held", row: int) -> Match:
        document, profile, rule, units, start, end = held.matches[row].tolist()
        return Match(
            profile_id=strings.text_at(index.profiles.ids, profile),
            publication_number=self._batch[document].publication_number,
            score=units / UNITS,
            rule=rule,
            evidence=tuple(_evidence(index, *one) for one in held.evidence[start:end].tolist()),
        )

    def names(self) -> "list[list[bytes]]":
        """Return for each match, in the order of `matches`, ``"profile id":"profile name"`` in JSON."""
        return self._in_order([self._names_of(index, held) for index, held in self._parts])

    def json_lines(self) -> "list[list[bytes]]":
        """Return each publication's matches as JSON, in the order of `matches`."""
        numbers = [publication.publication_number for publication in self._batch]
        return self._in_order([_lines(*write_matches(index, held, numbers)) for index, held in self._parts])

    def json(self) -> bytes:
        """Return all matches as JSON Lines, in the order of `matches`."""
        return b"".join(self.json_pieces())

    def json_pieces(self, room: "Callable[[], Bytes] | None" = None) -> "Iterator[bytes | memoryview]":
        """Give all matches as JSON Lines, in the order of `matches`, in pieces that are never very large.

        Args:
            room: gives where a piece may be written, which then lies at its beginning, or elsewhere if that is too small.
        """
        if len(self._parts) != 1:
            yield b"".join(line + b"\n" for lines in self.json_lines() for line in lines)
            return
        index, held = self._parts[0]
        numbers = [one.publication_number for one in self._batch]
        for first in range(0, max(1, len(held.order)), _MATCHES_OF_A_PIECE):
            some = held._replace(order=held.order[first : first + _MATCHES_OF_A_PIECE])
            yield write_matches(index, some, numbers, room() if room else None)[0].data

    @staticmethod
    def _names_of(index: "Index", held: "Held") -> list[bytes]:
        encode = msgspec.json.encode
        return [
            encode(strings.text_at(index.profiles.ids, profile))
            + b":"
            + encode(strings.text_at(index.profiles.names, profile))
            for profile in held.matches[held.order, PROFILE].tolist()
        ]

    def _in_order(self, of_parts: "Sequence[Sequence[bytes]]") -> "list[list[bytes]]":
        """Bring together, publication by publication, what was written of each part's matches."""
        if len(of_parts) == 1:
            bounds = self._parts[0][1].starts.tolist()
            return [list(of_parts[0][first:end]) for first, end in pairwise(bounds)]
        whole = []
        for offset in range(len(self.publications)):
            keyed = []
            for (index, held), written in zip(self._parts, of_parts, strict=True):
                for place in range(held.starts[offset], held.starts[offset + 1]):
                    row = held.order[place]
                    profile_id = strings.text_at(index.profiles.ids, held.matches[row, PROFILE])
                    keyed.append((-int(held.matches[row, SCORED]), profile_id, written[place]))
            whole.append([written for _, _, written in sorted(keyed)])
        return whole


def _lines(data: "Bytes", starts: "NDArray[np.int64]") -> list[bytes]:
    """Cut what was written into lines, without their ends."""
    written = data.tobytes()
    return [written[start : end - 1] for start, end in pairwise(starts.tolist())]


def _evidence(index: "Index", wording: int, field: int, start: int, end: int, kind: int, units: int) -> Evidence:
    shown = index.wordings.facts[wording, SHOWN]
    points_of_term = index.wordings.shown_points[
        index.wordings.shown_starts[shown] : index.wordings.shown_starts[shown + 1]
    ]
    number = field & ((1 << FIELD_BITS) - 1)
    position = str(field >> FIELD_BITS) if FIELD_SUFFIXES[number] else ""
    return Evidence(
        term=points_of_term.tobytes().decode("utf-32-le", "surrogatepass"),
        field=f"{FIELD_PREFIXES[number]}{position}{FIELD_SUFFIXES[number]}",
        start=start,
        end=end,
        kind=KINDS[kind],
        score=units / UNITS,
    )
