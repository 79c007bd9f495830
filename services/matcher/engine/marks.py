"""Marks: which literals a publication satisfies, a bit each, so that all of them stay in the nearest cache."""

from typing import TYPE_CHECKING

import numpy as np

from services.matcher.engine.index import ALWAYS
from services.matcher.engine.kernel import kernel
from services.matcher.engine.needs import CODES, MOST_HITS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from services.matcher.engine.index import Bytes, Ints, Words
    from services.matcher.engine.scan import Hits
    from services.matcher.engine.values import Values

    Bits = NDArray[np.uint64]

_WORD, _LAST_BIT = 6, 63
_NOT_TAKEN = -2


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
    return bool((marks[number >> _WORD] >> np.uint64(number & _LAST_BIT)) & np.uint64(1))


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
    taken: "Bytes",
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
        taken: text and code → how many hits were taken; zero before and after.
        head: text → its first hit; filled in.
        next_hit: hit → the next one of the same text; filled in.
        satisfied: filled in.
        marked: where the list is written; a longer one is returned when it does not suffice.
    """
    mark(satisfied, ALWAYS)
    marked[0] = ALWAYS
    count = 1
    _take_first(hits, first, end, taken, next_hit)
    for hit in range(end - 1, first - 1, -1):
        if next_hit[hit] == _NOT_TAKEN:
            continue
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


@kernel
def _take_first(hits: "Hits", first: int, end: int, taken: "Bytes", next_hit: "Ints") -> None:
    """Mark those hits as not taken that are beyond `MOST_HITS` of their text, code and field."""
    field_start = first
    for hit in range(first, end + 1):
        if hit == end or hits.field[hit] != hits.field[field_start]:
            for done in range(field_start, hit):
                taken[hits.text[done] * CODES + hits.code[done]] = 0
            if hit == end:
                break
            field_start = hit
        key = hits.text[hit] * CODES + hits.code[hit]
        next_hit[hit] = -1
        if taken[key] == MOST_HITS:
            next_hit[hit] = _NOT_TAKEN
        else:
            taken[key] += 1
