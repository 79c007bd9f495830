"""A segment: up to 65,536 publications and what they are found by, in a folder of arrays that are never changed."""

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from services.matcher.engine.batch import boundaries, join_texts
from services.matcher.engine.kernel import kernel
from services.matcher.engine.segment import character_classes
from services.matcher.lookback import characters, values
from services.matcher.lookback.postings import Postings
from shared.wire.publication import Publication

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

MOST = 1 << int(characters.DOCUMENT_BITS)
"""Publications of a segment."""

UNKNOWN_DAY = 0
"""Stands for a date that nobody knows; days are `date.toordinal`."""

_encode = msgspec.msgpack.encode
_decode = msgspec.msgpack.Decoder(Publication).decode
POSTINGS = ("pairs", "keys", "numbers")
_BITS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """What is known of some publications; a document is a position among them.

    Attributes:
        records, record_starts: each publication, encoded, and where it begins, and one past the last.
        cuts, cut_starts: a bit for each character of the document's texts and their separators, whether a token begins or
            ends there; the first byte of each document, and one past the last.
        lengths: of its texts and their separators, in characters.
        days: when it was published.
        pairs: see `characters`.
        keys: bibliographic values, see `values`.
        numbers: publication numbers.
    """

    records: "NDArray[np.uint8]"
    record_starts: "NDArray[np.int64]"
    cuts: "NDArray[np.uint8]"
    cut_starts: "NDArray[np.int64]"
    lengths: "NDArray[np.int32]"
    days: "NDArray[np.int32]"
    pairs: Postings
    keys: Postings
    numbers: Postings

    def __len__(self) -> int:
        return len(self.days)

    def publication(self, document: int) -> Publication:
        """Return a publication."""
        return _decode(self.record(document))

    def record(self, document: int) -> bytes:
        """Return a publication as it is kept."""
        return self.records[self.record_starts[document] : self.record_starts[document + 1]].tobytes()

    def boundary(self, documents: "NDArray[np.int64]") -> "NDArray[np.bool_]":
        """Return what `batch.boundaries` says of the joined texts of these documents."""
        boundary = np.ones(int(self.lengths[documents].sum()) + 1, np.bool_)
        _unpack(self.cuts, self.cut_starts, self.lengths, documents, boundary)
        return boundary

    def with_number(self, number: str) -> int | None:
        """Return the document with a publication number."""
        for document in self.numbers.with_key(values.number_key(number)).tolist():
            if self.publication(document).publication_number == number:
                return int(document)
        return None


def build(publications: "Sequence[Publication]", boundary: "NDArray[np.bool_] | None" = None) -> Segment:
    """Make a segment.

    Args:
        publications: at most `MOST`.
        boundary: `batch.boundaries` of their joined texts, where it is known already.
    """
    joined = join_texts(publications)
    if boundary is None:
        boundary = boundaries(joined.points, character_classes(joined.points))
    lengths = np.zeros(len(publications), np.int32)
    np.add.at(lengths, joined.documents, np.diff(joined.starts).astype(np.int32))
    cut_starts = _starts((lengths + _BITS - 1) // _BITS)
    cuts = np.zeros(int(cut_starts[-1]), np.uint8)
    _pack(boundary, lengths, cut_starts, cuts)
    records = [_encode(publication) for publication in publications]
    days = [0 if one.published_on is None else one.published_on.toordinal() for one in publications]
    return Segment(
        records=np.frombuffer(b"".join(records), np.uint8),
        record_starts=_starts(np.fromiter(map(len, records), np.int64, len(records))),
        cuts=cuts,
        cut_starts=cut_starts,
        lengths=lengths,
        days=np.array(days, np.int32),
        pairs=Postings.of(characters.entries(joined)),
        keys=Postings.of(values.entries(publications)),
        numbers=Postings.of(values.number_entries(publications)),
    )


def _starts(lengths: "NDArray[np.int64] | NDArray[np.int32]") -> "NDArray[np.int64]":
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)))


def save(segment: Segment, folder: "Path") -> None:
    """Write the arrays of a segment into a folder that is made for it."""
    folder.mkdir(parents=True)
    for column in fields(segment):
        value = getattr(segment, column.name)
        if column.name in POSTINGS:
            for part, array in value._asdict().items():
                np.save(folder / f"{column.name}-{part}.npy", array)
        else:
            np.save(folder / f"{column.name}.npy", value)


def load(folder: "Path") -> Segment:
    """Map the arrays of a segment.

    Raises:
        OSError: the folder is not there, or not whole.
        ValueError: a file is damaged.
    """
    columns: dict[str, Any] = {}
    for name in (column.name for column in fields(Segment)):
        parts = (f"{name}-{part}" for part in Postings._fields) if name in POSTINGS else (name,)
        arrays = [_mapped(folder / f"{part}.npy") for part in parts]
        columns[name] = Postings(*arrays) if name in POSTINGS else arrays[0]
    return Segment(**columns)


def _mapped(path: "Path") -> "NDArray[Any]":
    try:
        return np.asarray(np.load(path, mmap_mode="r"))
    except ValueError:  # what is empty cannot be mapped
        return np.asarray(np.load(path))


@kernel
def _pack(
    boundary: "NDArray[np.bool_]",
    lengths: "NDArray[np.int32]",
    cut_starts: "NDArray[np.int64]",
    cuts: "NDArray[np.uint8]",
) -> None:
    at = 0
    for document in range(len(lengths)):
        for offset in range(lengths[document]):
            if boundary[at]:
                cuts[cut_starts[document] + (offset >> 3)] |= np.uint8(1 << (offset & 7))
            at += 1


@kernel
def _unpack(
    cuts: "NDArray[np.uint8]",
    cut_starts: "NDArray[np.int64]",
    lengths: "NDArray[np.int32]",
    documents: "NDArray[np.int64]",
    boundary: "NDArray[np.bool_]",
) -> None:
    at = 0
    for document in documents:
        for offset in range(lengths[document]):
            boundary[at] = (cuts[cut_starts[document] + (offset >> 3)] >> (offset & 7)) & 1
            at += 1
