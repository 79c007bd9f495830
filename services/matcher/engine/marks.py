"""Marks: which literals a publication satisfies, a bit each, so that all of them stay in the nearest cache."""

from typing import TYPE_CHECKING

import numpy as np

from services.matcher.engine.index import ALWAYS
from services.matcher.engine.kernel import kernel
from services.matcher.engine.memory import AHEAD, fetch
from services.matcher.engine.needs import CODES, MOST_HITS
from services.matcher.engine.scan import CODE, FIELD, TEXT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from services.matcher.engine.index import Bytes, Ints

    Bits = NDArray[np.uint64]

_WORD, _LAST_BIT = 6, 63
NOT_TAKEN = -2


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
def chain(hits: "Ints", first: int, end: int, taken: "Bytes", head: "Ints", next_hit: "Ints") -> None:
    """Chain the hits of a document, text by text.

    Args:
        hits: of the batch.
        first: the document's first hit.
        end: one past its last.
        taken: text and code → how many hits were taken; zero before and after.
        head: text → its first hit; filled in.
        next_hit: hit → the next one of the same text, -1 for none, `NOT_TAKEN` where the hit itself is beyond `MOST_HITS` of its
            text, code and field; filled in.
    """
    field_start = first
    for hit in range(first, end + 1):
        if hit == end or hits[hit, FIELD] != hits[field_start, FIELD]:
            for done in range(field_start, hit):
                taken[hits[done, TEXT] * CODES + hits[done, CODE]] = 0
            if hit == end:
                break
            field_start = hit
        if hit + AHEAD < end:
            coming = hits[hit + AHEAD, TEXT]
            fetch(taken, coming * CODES)
            fetch(head, coming)
        key = hits[hit, TEXT] * CODES + hits[hit, CODE]
        next_hit[hit] = -1
        if taken[key] == MOST_HITS:
            next_hit[hit] = NOT_TAKEN
        else:
            taken[key] += 1
    for hit in range(end - 1, first - 1, -1):
        if next_hit[hit] != NOT_TAKEN:
            text = hits[hit, TEXT]
            next_hit[hit] = head[text]
            head[text] = hit


@kernel
def mark_hits(
    hits: "Ints",
    first: int,
    end: int,
    next_hit: "Ints",
    literal_starts: "Ints",
    accepted: "Bytes",
    fields: "Bytes",
    satisfied: "Bits",
    marked: "Ints",
) -> "tuple[Ints, int]":
    """Mark and list the literals that the chained hits of a document satisfy; the list is returned, a longer one if need be."""
    mark(satisfied, ALWAYS)
    marked[0] = ALWAYS
    count = 1
    for hit in range(first, end):
        if hit + AHEAD < end:
            fetch(literal_starts, hits[hit + AHEAD, TEXT])
        if next_hit[hit] == NOT_TAKEN:
            continue
        text, code, field = hits[hit, TEXT], hits[hit, CODE], hits[hit, FIELD]
        for literal in range(literal_starts[text], literal_starts[text + 1]):
            meets = (accepted[literal] >> code) & (fields[literal] >> field) & 1
            if meets and not is_marked(satisfied, literal):
                mark(satisfied, literal)
                if count == len(marked):
                    marked = longer(marked)
                marked[count] = literal
                count += 1
    return marked, count


@kernel
def mark_literals(
    literals: "Ints", start: int, end: int, satisfied: "Bits", marked: "Ints", count: int
) -> "tuple[Ints, int]":
    """Mark and list further literals, behind ``count`` that are listed already."""
    for at in range(start, end):
        literal = literals[at]
        if not is_marked(satisfied, literal):
            mark(satisfied, literal)
            if count == len(marked):
                marked = longer(marked)
            marked[count] = literal
            count += 1
    return marked, count
