"""Marks: which literals a publication satisfies, a bit each, so that all of them stay in the nearest cache."""

from typing import TYPE_CHECKING

import numpy as np

from services.matcher.engine.index import ALWAYS
from services.matcher.engine.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from services.matcher.engine.index import Ints, Words
    from services.matcher.engine.scan import Hits
    from services.matcher.engine.values import Values

    Bits = NDArray[np.uint64]

_WORD, _LAST_BIT = 6, 63


def bits(count: int) -> "Bits":
    """Return so many cleared bits."""
    return np.zeros((count >> _WORD) + 1, np.uint64)


@kernel
def mark(marks: "Bits", number: int) -> None:
    """Set a bit."""
    marks[number >> _WORD] |= np.uint64(1) << np.uint64(number & _LAST_BIT)


@kernel
def is_marked(marks: "Bits", number: int) -> bool:
    """Whether a bit is set."""
    return (marks[number >> _WORD] >> np.uint64(number & _LAST_BIT)) & np.uint64(1) != np.uint64(0)


@kernel
def clear(marks: "Bits", numbers: "Ints", count: int) -> None:
    """Clear these bits again, and their neighbours, which nobody else has set."""
    for at in range(count):
        marks[numbers[at] >> _WORD] = np.uint64(0)


@kernel
def longer(values: "Ints") -> "Ints":
    """Return the same values, with room for as many again."""
    return np.concatenate((values, np.empty_like(values)))


@kernel
def mark_literals(
    words: "Words",
    hits: "Hits",
    first: int,
    end: int,
    values: "Values",
    document: int,
    head: "Ints",
    next_hit: "Ints",
    satisfied: "Bits",
    marked: "Ints",
) -> "tuple[Ints, int]":
    """Chain the hits of a document, text by text, and mark and list the literals that it satisfies.

    Args:
        words: of the index.
        hits: of the batch.
        first: the document's first hit.
        end: one past its last.
        values: of the batch.
        document: its position in the batch.
        head: text → its first hit; filled in.
        next_hit: hit → the next one of the same text; filled in.
        satisfied: filled in.
        marked: where the list is written; a longer one is returned when it does not suffice.
    """
    mark(satisfied, ALWAYS)
    marked[0] = ALWAYS
    count = 1
    for hit in range(end - 1, first - 1, -1):
        text = hits.text[hit]
        next_hit[hit] = head[text]
        head[text] = hit
        code, field = hits.code[hit], hits.field[hit]
        for literal in range(words.literal_starts[text], words.literal_starts[text + 1]):
            meets = (words.accepted[literal] >> code) & (words.fields[literal] >> field) & 1
            if meets and not is_marked(satisfied, literal):
                mark(satisfied, literal)
                if count == len(marked):
                    marked = longer(marked)
                marked[count] = literal
                count += 1
    for at in range(values.literal_starts[values.starts[document]], values.literal_starts[values.starts[document + 1]]):
        literal = values.literals[at]
        if not is_marked(satisfied, literal):
            mark(satisfied, literal)
            if count == len(marked):
                marked = longer(marked)
            marked[count] = literal
            count += 1
    return marked, count
