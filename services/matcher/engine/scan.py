"""Where the texts of a lexicon stand in a batch: one walk of the trie from each character, each hit judged at once."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from services.matcher.engine.kernel import kernel
from services.matcher.engine.lexicon import ABSENT, ROOT, child
from services.matcher.engine.terms import judge

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from services.matcher.engine.batch import Batch
    from services.matcher.engine.index import Bytes, Ints, Points, Words

    Flags = NDArray[np.bool_]

WHOLE = 10_000
"""The similarity, in ten-thousandths, of a text to itself."""

_FIRST_CAPACITY = 1024


class Hits(NamedTuple):
    """Texts found in a batch, a row each, document by document and field by field, in the order of their starts.

    Attributes:
        document: position of the publication in the batch.
        text: number of the text.
        field: one of `TEXT_FIELDS`, by number.
        code: what the hit is, see `needs`.
        start: in the field, in characters.
        end: one past the last.
        similarity: of what stands there to the text, in ten-thousandths.
    """

    document: "Ints"
    text: "Ints"
    field: "Bytes"
    code: "Bytes"
    start: "Ints"
    end: "Ints"
    similarity: "Ints"


def scan(batch: "Batch", words: "Words") -> Hits:
    """Find every text that stands in a batch in a way that could satisfy something."""
    start, end, text, code = _scan(
        batch.points,
        words.slots,
        words.terminal,
        words.cost,
        words.accepts,
        batch.boundary,
        batch.boundaries_before,
        batch.han,
        batch.forward,
        batch.backward,
        batch.total,
    )
    return placed(batch, start, end, text, code, np.full(len(start), WHOLE, np.int32))


def placed(batch: "Batch", start: "Ints", end: "Ints", text: "Ints", code: "Bytes", similarity: "Ints") -> Hits:
    """Turn places in the text of a batch into places in the fields of its publications."""
    number = np.searchsorted(batch.starts, start, side="right") - 1
    begin = batch.starts[number].astype(np.int32)
    return Hits(
        document=batch.documents[number].astype(np.int32),
        text=text,
        field=batch.fields[number].astype(np.uint8),
        code=code,
        start=start - begin,
        end=end - begin,
        similarity=similarity,
    )


def together(one: Hits, other: Hits) -> Hits:
    """Return the hits of both, in order."""
    both: list[NDArray[Any]] = [np.concatenate([a, b]) for a, b in zip(one, other, strict=True)]
    by = np.lexsort((both[3], both[5], both[4], both[2], both[0]))  # document, field, start, end, code
    return Hits(*(column[by] for column in both))


@kernel
def _scan(
    points: "Points",
    slots: "NDArray[np.uint64]",
    terminal: "Ints",
    cost: "Ints",
    accepts: "Bytes",
    boundary: "Flags",
    boundaries_before: "Ints",
    han: "Flags",
    forward: "Ints",
    backward: "Ints",
    total: "Ints",
) -> "tuple[Ints, Ints, Ints, Bytes]":
    """Return start, end, text and code of each hit that some literal of its text accepts."""
    capacity = max(_FIRST_CAPACITY, len(points))
    starts = np.empty(capacity, np.int32)
    ends = np.empty(capacity, np.int32)
    texts = np.empty(capacity, np.int32)
    codes = np.empty(capacity, np.uint8)
    count = 0
    for start in range(len(points)):
        node = ROOT
        for at in range(start, len(points)):
            node = child(slots, node, points[at])
            if node == ABSENT:
                break
            text = terminal[node]
            if text == ABSENT:
                continue
            code = judge(
                start, at + 1, cost[text, 0], cost[text, 1], boundary, boundaries_before, han, forward, backward, total
            )
            if not (accepts[text] >> code) & 1:
                continue
            if count == capacity:
                starts = np.concatenate((starts, starts))
                ends = np.concatenate((ends, ends))
                texts = np.concatenate((texts, texts))
                codes = np.concatenate((codes, codes))
                capacity *= 2
            starts[count] = start
            ends[count] = at + 1
            texts[count] = text
            codes[count] = code
            count += 1
    return starts[:count].copy(), ends[:count].copy(), texts[:count].copy(), codes[:count].copy()
