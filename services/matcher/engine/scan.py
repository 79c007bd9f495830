"""Where the texts of a lexicon stand in a batch: one walk of the trie from each character, each hit judged at once."""

from typing import TYPE_CHECKING, Any

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


DOCUMENT, TEXT, FIELD, CODE, START, END, SIMILARITY = range(7)
"""The columns of hits, a row each, document by document and field by field, in the order of their starts.

`DOCUMENT`: position of the publication in the batch. `TEXT`: number of the text. `FIELD`: one of `TEXT_FIELDS`, by number. `CODE`:
what the hit is, see `needs`. `START`, `END`: in the field, in characters. `SIMILARITY`: of what stands there to the text, in
ten-thousandths.
"""


def scan(batch: "Batch", words: "Words") -> "Ints":
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


def placed(batch: "Batch", start: "Ints", end: "Ints", text: "Ints", code: "Bytes", similarity: "Ints") -> "Ints":
    """Turn places in the text of a batch into hits in the fields of its publications."""
    number = np.searchsorted(batch.starts, start, side="right") - 1
    begin = batch.starts[number]
    hits = np.empty((len(start), SIMILARITY + 1), np.int32)
    columns: tuple[NDArray[Any], ...] = (
        batch.documents[number],
        text,
        batch.fields[number],
        code,
        start - begin,
        end - begin,
        similarity,
    )
    for column, values in enumerate(columns):
        hits[:, column] = values
    return hits


def together(one: "Ints", other: "Ints") -> "Ints":
    """Return the hits of both, in order."""
    both = np.concatenate((one, other))
    by = np.lexsort((both[:, CODE], both[:, END], both[:, START], both[:, FIELD], both[:, DOCUMENT]))
    return both[by]


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
