"""Reading a batch: all its texts as one, normalised, cut and looked through in one go each.

The texts are joined with a character that no normalised text holds, so that neither a token nor a hit can reach from one into
the next; what a publication gives never depends on its neighbours.
"""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import rjieba

from services.matcher.engine.lattice import measure
from services.matcher.engine.segment import HAN, OTHER, character_classes, joins
from services.matcher.engine.text import SEPARATOR, translation
from shared.wire.profile import TEXT_FIELDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from shared.wire.publication import Publication

_ENCODING = "utf-32-le"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The texts of a batch.

    Attributes:
        text: all of them, normalised, each followed by a separator.
        points: its code points.
        starts: where each begins in `text`, and one past the last.
        documents: for each text, the position of its publication.
        fields: for each text, which of `TEXT_FIELDS` it is.
        boundary: for each position of `text`, and one past it, whether a token begins or ends there.
        boundaries_before: how many boundaries lie at or before each position.
        classes: the class of each character, see `segment`.
        han: which characters are ideographs.
        forward: what the best way from the beginning of a run of ideographs to each position costs; see `lattice.measure`.
        backward: from each position to the run's end.
        total: through the run.
    """

    text: str
    points: "NDArray[np.uint32]"
    starts: "NDArray[np.int64]"
    documents: "NDArray[np.int64]"
    fields: "NDArray[np.int64]"
    boundary: "NDArray[np.bool_]"
    boundaries_before: "NDArray[np.int32]"
    classes: "NDArray[np.uint8]"
    han: "NDArray[np.bool_]"
    forward: "NDArray[np.int32]"
    backward: "NDArray[np.int32]"
    total: "NDArray[np.int32]"


@cache
def _translation_table() -> "NDArray[np.uint32]":
    table = np.arange(0x10000, dtype=np.uint32)
    for point, to in translation().items():
        table[point] = to
    return table


class Joined(NamedTuple):
    """The texts of some publications as one, normalised; see `Batch` for what each is."""

    points: "NDArray[np.uint32]"
    starts: "NDArray[np.int64]"
    documents: "NDArray[np.int64]"
    fields: "NDArray[np.int64]"


def join_texts(publications: "Sequence[Publication]") -> Joined:
    """Normalise the texts of some publications, each followed by a separator."""
    texts: list[str] = []
    documents: list[int] = []
    fields: list[int] = []
    for document, publication in enumerate(publications):
        for field, text in enumerate((publication.title, publication.abstract, publication.claim)):
            if text:
                texts.append(text)
                documents.append(document)
                fields.append(field)
    starts = np.zeros(len(texts) + 1, np.int64)
    np.cumsum([len(text) + 1 for text in texts], out=starts[1:])
    joined = SEPARATOR.join(texts) + SEPARATOR * bool(texts)
    points = np.frombuffer(joined.encode(_ENCODING, "surrogatepass"), np.uint32).copy()
    basic = points < 0x10000  # noqa: PLR2004 - the basic plane
    points[basic] = _translation_table()[points[basic]]
    points[starts[1:] - 1] = ord(SEPARATOR)
    return Joined(points, starts, np.array(documents, np.int64), np.array(fields, np.int64))


def read_batch(publications: "Sequence[Publication]", boundary: "NDArray[np.bool_] | None" = None) -> Batch:
    """Normalise and cut the texts of some publications.

    Args:
        publications: the batch.
        boundary: where tokens begin and end, for who kept what `boundaries` said of the same texts: two thirds of the time.
    """
    points, starts, documents, fields = join_texts(publications)
    classes = character_classes(points)
    if boundary is None:
        boundary = boundaries(points, classes)
    han = classes == HAN
    forward, backward, total = measure(points, han)
    return Batch(
        text=points.tobytes().decode(_ENCODING),
        points=points,
        starts=starts,
        documents=documents,
        fields=fields,
        boundary=boundary,
        boundaries_before=np.cumsum(boundary, dtype=np.int32),
        classes=classes,
        han=han,
        forward=forward,
        backward=backward,
        total=total,
    )


def boundaries(points: "NDArray[np.uint32]", classes: "NDArray[np.uint8]") -> "NDArray[np.bool_]":
    """Return for each position of joined texts, and one past the last, whether a token begins or ends there."""
    boundary = np.ones(len(points) + 1, np.bool_)
    before, after = classes[:-1], classes[1:]
    boundary[1:-1] = (before != after) | (after == OTHER)
    han_alone = np.where(classes == HAN, points, np.uint32(ord("\n")))
    pieces = rjieba.cut(han_alone.tobytes().decode(_ENCODING))
    cuts = np.cumsum(np.fromiter(map(len, pieces), np.int64, len(pieces)))[:-1]
    boundary[cuts[(classes[cuts - 1] == HAN) & (classes[cuts] == HAN)]] = True
    boundary[joins(points)] = False
    return boundary


assert TEXT_FIELDS == ("title", "abstract", "claim")  # noqa: S101 - read_batch numbers them in this order
