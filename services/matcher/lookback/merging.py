"""One segment of several: their arrays put together, without reading a publication again."""

from typing import TYPE_CHECKING

import numpy as np

from services.matcher.lookback.characters import DOCUMENT_BITS
from services.matcher.lookback.postings import Postings
from services.matcher.lookback.segment import POSTINGS, Segment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_ABSENT = np.uint64(0xFFFF_FFFF)


def merged(segments: "Sequence[Segment]", documents: "Sequence[NDArray[np.int64]]") -> Segment:
    """Return a segment of these documents of each, in this order; all in all not more than fit."""
    records, record_starts = _pieces(
        [one.records for one in segments], [one.record_starts for one in segments], documents
    )
    cuts, cut_starts = _pieces([one.cuts for one in segments], [one.cut_starts for one in segments], documents)
    numberings = _numberings(segments, documents)
    postings = {name: _together([getattr(segment, name) for segment in segments], numberings) for name in POSTINGS}
    return Segment(
        records=records,
        record_starts=record_starts,
        cuts=cuts,
        cut_starts=cut_starts,
        lengths=np.concatenate([one.lengths[some] for one, some in zip(segments, documents, strict=True)]),
        days=np.concatenate([one.days[some] for one, some in zip(segments, documents, strict=True)]),
        **postings,
    )


def _numberings(segments: "Sequence[Segment]", documents: "Sequence[NDArray[np.int64]]") -> "list[NDArray[np.uint64]]":
    """Return for each segment where each of its documents stands in the new one."""
    numberings = []
    first = 0
    for segment, some in zip(segments, documents, strict=True):
        numbering = np.full(len(segment), _ABSENT)
        numbering[some] = np.arange(first, first + len(some))
        numberings.append(numbering)
        first += len(some)
    return numberings


def _together(postings: "Sequence[Postings]", numberings: "Sequence[NDArray[np.uint64]]") -> Postings:
    pieces = []
    for one, numbering in zip(postings, numberings, strict=True):
        documents = numbering[one.documents]
        entries = (np.repeat(one.keys, np.diff(one.starts)) << DOCUMENT_BITS) | documents
        pieces.append(entries[documents != _ABSENT])
    entries = np.concatenate(pieces)
    entries.sort()
    return Postings.of(entries)


def _pieces(
    data: "Sequence[NDArray[np.uint8]]", starts: "Sequence[NDArray[np.int64]]", documents: "Sequence[NDArray[np.int64]]"
) -> "tuple[NDArray[np.uint8], NDArray[np.int64]]":
    """Return the bytes of these documents one after the other, and where each begins, and one past the last."""
    lengths, kept = [np.zeros(1, np.int64)], []
    for one, bounds, some in zip(data, starts, documents, strict=True):
        of_all = np.diff(bounds)
        lengths.append(of_all[some])
        if len(some) == len(of_all):
            kept.append(one)
        else:
            counts = np.zeros(len(of_all), np.bool_)
            counts[some] = True
            kept.append(one[np.repeat(counts, of_all)])
    return np.concatenate(kept), np.cumsum(np.concatenate(lengths))
