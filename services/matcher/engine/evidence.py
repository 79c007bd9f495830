"""What a rule that holds is worth, and why: its score, and its evidence as rows of numbers."""

from typing import TYPE_CHECKING

import numpy as np

from services.matcher.engine.index import BIBLIOGRAPHY, KEYWORDS
from services.matcher.engine.kernel import kernel
from services.matcher.engine.marks import is_marked, longer
from services.matcher.engine.needs import KINDS, MOST_HITS, SYNONYM, VALUE
from services.matcher.engine.records import FIRST_GROUP, GROUPS, KIND_BITS, KIND_MASK
from services.matcher.engine.scoring import KIND_WEIGHT, UNITS, hit_units, hit_worth, points, rule_units
from shared.wire.profile import TEXT_FIELDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from services.matcher.engine.index import Ints, Wordings, Words
    from services.matcher.engine.marks import Bits
    from services.matcher.engine.scan import Hits
    from services.matcher.engine.values import Values

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
_FEW = 32
"""So many rows are put in order by insertion."""
_START_BITS, _LENGTH_BITS, _SHOWN_BITS = 25, 10, 26
"""A row's place in the order as one number; a text field has at most 33,554,432 characters."""


@kernel
def evaluate(  # noqa: C901 - one loop, written out
    words: "Words",
    wordings: "Wordings",
    records: "Ints",
    record: int,
    hits: "Hits",
    head: "Ints",
    next_hit: "Ints",
    values: "Values",
    document: int,
    satisfied: "Bits",
    rows: "Ints",
    told: int,
    with_rows: bool,  # noqa: FBT001 - kernels take no keywords
) -> "tuple[Ints, int, int]":
    """Score a rule that holds; its evidence goes behind ``told``. Return the rows, where they end now, and the score in units."""
    first = told
    groups = 0
    total = 0
    worth = np.zeros(_TEXT_FIELDS, np.int64)
    mentions = np.zeros(_TEXT_FIELDS, np.int64)
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
            literal = wordings.literal[wording]
            if not is_marked(satisfied, literal):
                continue
            accepted, fields = words.accepted[literal], words.fields[literal]
            hit = head[words.text_of[literal]]
            last_field, left = -1, MOST_HITS
            while hit >= 0:
                code, field = hits.code[hit], hits.field[hit]
                if field != last_field:
                    last_field, left = field, MOST_HITS
                if left and (accepted >> code) & (fields >> field) & 1:
                    left -= 1
                    kind = SYNONYM if wordings.synonym[wording] else code
                    units = hit_units(_KIND_WEIGHTS[kind], wordings.weight[wording], hits.similarity[hit] / UNITS)
                    worth[field] = max(worth[field], hit_worth(units, wordings.rarity[wording], field, hits.start[hit]))
                    mentions[field] += 1
                    if with_rows:
                        if told == len(rows):
                            rows = longer(rows)
                        rows[told, WORDING] = wording
                        rows[told, FIELD] = field
                        rows[told, START] = hits.start[hit]
                        rows[told, END] = hits.end[hit]
                        rows[told, KIND] = kind
                        rows[told, SCORE] = units
                        told += 1
                hit = next_hit[hit]
        total += _points_of_term(worth, mentions)
        at = end
    if with_rows:
        told = _one_for_each_span(wordings.shown, rows, first, told)
        rows, told = _add_values(wordings.literal, records, record, values, document, rows, told)
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
def _one_for_each_span(shown: "Ints", rows: "Ints", first: int, end: int) -> int:
    """Sort rows by field, start, end and term; of the same term on the same span keep the best. Return where they end now."""
    count = end - first
    if count <= 1:
        return end
    keys = np.empty(count, np.int64)
    for at in range(count):
        row = rows[first + at]
        key = np.int64(row[FIELD]) << _START_BITS | row[START]
        key = key << _LENGTH_BITS | (row[END] - row[START])
        keys[at] = key << _SHOWN_BITS | shown[row[WORDING]]
    if count <= _FEW:
        _insert(keys, rows, first)
    else:
        by = np.argsort(keys)
        keys = keys[by]
        copied = rows[first:end].copy()
        for at in range(count):
            rows[first + at] = copied[by[at]]
    kept = first
    for at in range(1, count):
        now = rows[first + at]
        if keys[at] != keys[at - 1]:
            kept += 1
            rows[kept] = now
        elif now[SCORE] > rows[kept, SCORE] or (now[SCORE] == rows[kept, SCORE] and now[KIND] < rows[kept, KIND]):
            rows[kept] = now
    return kept + 1


@kernel
def _insert(keys: "Sums", rows: "Ints", first: int) -> None:
    """Sort a few rows by their keys."""
    for at in range(1, len(keys)):
        to = at
        while to > 0 and keys[to - 1] > keys[to]:
            keys[to - 1], keys[to] = keys[to], keys[to - 1]
            for column in range(COLUMNS):
                other = rows[first + to - 1, column]
                rows[first + to - 1, column] = rows[first + to, column]
                rows[first + to, column] = other
            to -= 1


@kernel
def _add_values(
    literal: "Ints", records: "Ints", record: int, values: "Values", document: int, rows: "Ints", told: int
) -> "tuple[Ints, int]":
    """Add one row for each value that fits, named by the first pattern that it fits."""
    for value in range(values.starts[document], values.starts[document + 1]):
        if values.field[value] > _LAST_SHOWN_FIELD:
            continue
        at = record + FIRST_GROUP
        for _ in range(records[record + GROUPS]):
            end = at + 1 + (records[at] >> KIND_BITS)
            if records[at] & KIND_MASK == BIBLIOGRAPHY:
                wording = _first_that_fits(literal, records, at + 1, end, values, value)
                if wording >= 0:
                    if told == len(rows):
                        rows = longer(rows)
                    rows[told, WORDING] = wording
                    rows[told, FIELD] = values.field[value] | values.position[value] << FIELD_BITS
                    rows[told, START] = 0
                    rows[told, END] = values.length[value]
                    rows[told, KIND] = VALUE + values.field[value]
                    rows[told, SCORE] = UNITS
                    told += 1
            at = end
    return rows, told


@kernel
def _first_that_fits(literal: "Ints", records: "Ints", start: int, end: int, values: "Values", value: int) -> int:
    for place in range(start, end):
        wording = int(records[place] if records[place] >= 0 else ~records[place])
        for at in range(values.literal_starts[value], values.literal_starts[value + 1]):
            if values.literals[at] == literal[wording]:
                return wording
    return -1
