"""What a rule that holds is worth, and why: its score, and its evidence as rows of numbers."""

from typing import TYPE_CHECKING

import numpy as np

from services.matcher.engine.index import (
    ACCEPTED,
    BIBLIOGRAPHY,
    FIELDS,
    KEYWORDS,
    LITERAL,
    RARITY,
    SHOWN,
    SYNONYM,
    TEXT,
)
from services.matcher.engine.kernel import kernel
from services.matcher.engine.marks import is_marked, longer
from services.matcher.engine.needs import KINDS, MOST_HITS, VALUE
from services.matcher.engine.needs import SYNONYM as SYNONYM_KIND
from services.matcher.engine.records import FIRST_GROUP, GROUPS, KIND_BITS, KIND_MASK
from services.matcher.engine.scan import CODE, SIMILARITY
from services.matcher.engine.scan import END as HIT_END
from services.matcher.engine.scan import FIELD as HIT_FIELD
from services.matcher.engine.scan import START as HIT_START
from services.matcher.engine.scoring import KIND_WEIGHT, UNITS, hit_units, hit_worth, points, rule_units
from shared.wire.profile import TEXT_FIELDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from services.matcher.engine.index import Bytes, Floats, Ints
    from services.matcher.engine.marks import Bits

    Sums = NDArray[np.int64]

WORDING, FIELD, START, END, KIND, SCORE = range(6)
"""The columns of a row: `KIND` is a position in `KINDS`, `SCORE` in units."""
COLUMNS = 6

FIELD_BITS = 3
"""`FIELD` holds the number of the field in its lowest bits, and above them which of its values."""

_KIND_WEIGHTS = np.array([KIND_WEIGHT.get(kind, 1.0) for kind in KINDS])
_TEXT_FIELDS = len(TEXT_FIELDS)
_LAST_SHOWN_FIELD = 5
"""The last `Field` whose values are evidence; kinds are a condition only."""
FEW = 32
"""So many rows are put in order by insertion."""
_START_BITS, _LENGTH_BITS, _SHOWN_BITS = 25, 10, 26
"""A row's place in the order as one number; a text field has at most 33,554,432 characters."""


@kernel
def evaluate(  # noqa: C901 - one loop, written out
    facts: "Ints",
    weights: "Floats",
    records: "Ints",
    record: int,
    hits: "Ints",
    head: "Ints",
    next_hit: "Ints",
    satisfied: "Bits",
    worth: "Sums",
    mentions: "Sums",
    rows: "Ints",
    told: int,
    with_rows: bool,  # noqa: FBT001 - kernels take no keywords
) -> "tuple[Ints, int, int]":
    """Score a rule that holds; its evidence from texts goes behind ``told``, as found.

    Arrays one by one, and scratch (``worth``, ``mentions``: by text field, zero before and after) from outside: taking an array out of
    a tuple, or making one, costs more here than the work itself.

    Returns:
        the rows, where they end now, and the score in units.
    """
    groups = 0
    total = 0
    at = record + FIRST_GROUP
    for _ in range(records[record + GROUPS]):
        if records[at] & KIND_MASK != KEYWORDS:
            break
        groups += 1
        end = at + 1 + (records[at] >> KIND_BITS)
        for place in range(at + 1, end):
            wording = records[place]
            if wording >= 0:  # a new term: what the one before is worth is known
                total += _points_of_term(worth, mentions)
            else:
                wording = ~wording
            if not is_marked(satisfied, facts[wording, LITERAL]):
                continue
            accepted, fields = facts[wording, ACCEPTED], facts[wording, FIELDS]
            hit = head[facts[wording, TEXT]]
            last_field, left = -1, MOST_HITS
            while hit >= 0:
                code, field = hits[hit, CODE], hits[hit, HIT_FIELD]
                if field != last_field:
                    last_field, left = field, MOST_HITS
                if left and (accepted >> code) & (fields >> field) & 1:
                    left -= 1
                    kind = SYNONYM_KIND if facts[wording, SYNONYM] else code
                    units = hit_units(_KIND_WEIGHTS[kind], weights[wording], hits[hit, SIMILARITY] / UNITS)
                    of_hit = hit_worth(units, facts[wording, RARITY], field, hits[hit, HIT_START])
                    worth[field] = max(worth[field], of_hit)
                    mentions[field] += 1
                    if with_rows:
                        if told == len(rows):
                            rows = longer(rows)
                        rows[told, WORDING] = wording
                        rows[told, FIELD] = field
                        rows[told, START] = hits[hit, HIT_START]
                        rows[told, END] = hits[hit, HIT_END]
                        rows[told, KIND] = kind
                        rows[told, SCORE] = units
                        told += 1
                hit = next_hit[hit]
        total += _points_of_term(worth, mentions)
        at = end
    return rows, told, rule_units(total, groups)


@kernel
def _points_of_term(worth: "Sums", mentions: "Sums") -> int:
    """Return the points of a term, and clear what they were made of for the next."""
    total = 0
    for field in range(_TEXT_FIELDS):
        if mentions[field]:
            total += points(worth[field], mentions[field])
            worth[field] = 0
            mentions[field] = 0
    return total


@kernel
def one_for_each_span(facts: "Ints", rows: "Ints", first: int, end: int, keys: "Sums") -> int:
    """Sort rows by field, start, end and term; of the same term on the same span keep the best. Return where they end now.

    Args:
        facts: see `Wordings.facts`.
        rows: of which those from ``first`` to ``end`` are put in order.
        first: the first row.
        end: one past the last.
        keys: scratch for `FEW` numbers.
    """
    count = end - first
    if count <= 1:
        return end
    if count > FEW:
        keys = np.empty(count, np.int64)
    for at in range(count):
        row = first + at
        key = np.int64(rows[row, FIELD]) << _START_BITS | rows[row, START]
        key = key << _LENGTH_BITS | (rows[row, END] - rows[row, START])
        keys[at] = key << _SHOWN_BITS | facts[rows[row, WORDING], SHOWN]
    if count <= FEW:
        _insert(keys, rows, first, count)
    else:
        by = np.argsort(keys)
        keys = keys[by]
        copied = rows[first:end].copy()
        for at in range(count):
            rows[first + at] = copied[by[at]]
    kept = first
    for at in range(1, count):
        now = first + at
        if keys[at] != keys[at - 1]:
            kept += 1
        elif rows[now, SCORE] < rows[kept, SCORE] or (
            rows[now, SCORE] == rows[kept, SCORE] and rows[now, KIND] >= rows[kept, KIND]
        ):
            continue
        for column in range(COLUMNS):
            rows[kept, column] = rows[now, column]
    return kept + 1


@kernel
def _insert(keys: "Sums", rows: "Ints", first: int, count: int) -> None:
    """Sort a few rows by their keys."""
    for at in range(1, count):
        to = at
        while to > 0 and keys[to - 1] > keys[to]:
            keys[to - 1], keys[to] = keys[to], keys[to - 1]
            for column in range(COLUMNS):
                other = rows[first + to - 1, column]
                rows[first + to - 1, column] = rows[first + to, column]
                rows[first + to, column] = other
            to -= 1


@kernel
def add_values(
    facts: "Ints",
    records: "Ints",
    record: int,
    first: int,
    end: int,
    value_field: "Bytes",
    value_position: "Ints",
    value_length: "Ints",
    value_literal_starts: "Ints",
    value_literals: "Ints",
    rows: "Ints",
    told: int,
) -> "tuple[Ints, int]":
    """Add one row for each of the document's values that fits, named by the first pattern that it fits; see `Values`."""
    for value in range(first, end):
        if value_field[value] > _LAST_SHOWN_FIELD:
            continue
        at = record + FIRST_GROUP
        for _ in range(records[record + GROUPS]):
            end_of_group = at + 1 + (records[at] >> KIND_BITS)
            if records[at] & KIND_MASK == BIBLIOGRAPHY:
                first_literal, end_literal = value_literal_starts[value], value_literal_starts[value + 1]
                wording = _first_that_fits(
                    facts, records, at + 1, end_of_group, value_literals, first_literal, end_literal
                )
                if wording >= 0:
                    if told == len(rows):
                        rows = longer(rows)
                    rows[told, WORDING] = wording
                    rows[told, FIELD] = value_field[value] | value_position[value] << FIELD_BITS
                    rows[told, START] = 0
                    rows[told, END] = value_length[value]
                    rows[told, KIND] = VALUE + value_field[value]
                    rows[told, SCORE] = UNITS
                    told += 1
            at = end_of_group
    return rows, told


@kernel
def _first_that_fits(
    facts: "Ints", records: "Ints", start: int, end: int, literals: "Ints", first_literal: int, end_literal: int
) -> int:
    for place in range(start, end):
        wording = int(records[place] if records[place] >= 0 else ~records[place])
        for at in range(first_literal, end_literal):
            if literals[at] == facts[wording, LITERAL]:
                return wording
    return -1
