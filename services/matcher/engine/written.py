"""Matches as JSON, straight from the arrays: what `msgspec` writes of the same `Match`, byte for byte."""

from typing import TYPE_CHECKING

import numpy as np

from services.matcher.engine import strings
from services.matcher.engine.conditions import FIELD_PREFIXES, FIELD_SUFFIXES
from services.matcher.engine.evidence import END, FIELD, FIELD_BITS, KIND, SCORE, START, WORDING
from services.matcher.engine.hold import DOCUMENT, END_ROW, FIRST_ROW, PROFILE, RULE, SCORED, Held
from services.matcher.engine.index import Strings
from services.matcher.engine.kernel import kernel
from services.matcher.engine.needs import KINDS
from services.matcher.engine.scoring import UNITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from services.matcher.engine.index import Bytes, Index, Ints


def _bytes(text: str) -> "Bytes":
    return strings.array_of(text.encode(), np.uint8)


_PROFILE = _bytes('{"profile_id":"')
_NUMBER = _bytes('","publication_number":')
_SCORE = _bytes(',"score":')
_RULE = _bytes(',"rule":')
_EVIDENCE = _bytes(',"evidence":[')
_TERM = _bytes('{"term":')
_FIELD = _bytes(',"field":"')
_START = _bytes('","start":')
_END = _bytes(',"end":')
_KIND = _bytes(',"kind":"')
_HIT_SCORE = _bytes('","score":')
_CLOSE = _bytes("]}\n")

_PREFIXES, _SUFFIXES = strings.of_texts(FIELD_PREFIXES), strings.of_texts(FIELD_SUFFIXES)
_KINDS = strings.of_texts(kind.value for kind in KINDS)
_FIRST_VALUE = 3
_COMMA, _POINT, _ZERO, _BRACE = 0x2C, 0x2E, 0x30, 0x7D
_TEN = 10

_MOST_BESIDE_STRINGS = 200
"""More bytes than a match, or a piece of evidence, has beside its strings."""


def write_matches(
    index: "Index", held: Held, publication_numbers: "Sequence[str]"
) -> "tuple[Bytes, NDArray[np.int64]]":
    """Return the matches in order, a line each, and where each line begins, and one past the last.

    Args:
        index: the profiles.
        held: the matches.
        publication_numbers: of the documents of the batch.
    """
    numbers = strings.json_of_texts(publication_numbers)
    return _write(
        index.profiles.ids,
        index.wordings.shown,
        index.wordings.shown_json,
        held.matches,
        held.evidence,
        held.order,
        numbers,
    )


@kernel
def _write(
    ids: Strings,
    shown: "Ints",
    shown_json: Strings,
    matches: "Ints",
    evidence: "Ints",
    order: "Ints",
    numbers: Strings,
) -> "tuple[Bytes, NDArray[np.int64]]":
    lines = np.zeros(len(order) + 1, np.int64)
    out = np.empty(_size(ids, shown, shown_json, matches, evidence, order, numbers), np.uint8)
    at = 0
    for place in range(len(order)):
        match = matches[order[place]]
        at = _put(out, at, _PROFILE, 0, len(_PROFILE))
        for byte in range(ids.starts[match[PROFILE]], ids.starts[match[PROFILE] + 1]):
            at = strings.put_json_byte(out, at, int(np.int64(ids.data[byte])))
        at = _put(out, at, _NUMBER, 0, len(_NUMBER))
        at = _put(out, at, numbers.data, numbers.starts[match[DOCUMENT]], numbers.starts[match[DOCUMENT] + 1])
        at = _put(out, at, _SCORE, 0, len(_SCORE))
        at = _put_score(out, at, match[SCORED])
        at = _put(out, at, _RULE, 0, len(_RULE))
        at = _put_number(out, at, match[RULE])
        at = _put(out, at, _EVIDENCE, 0, len(_EVIDENCE))
        for row in range(match[FIRST_ROW], match[END_ROW]):
            if row > match[FIRST_ROW]:
                out[at] = _COMMA
                at += 1
            at = _put_evidence(out, at, evidence[row], shown, shown_json)
        at = _put(out, at, _CLOSE, 0, len(_CLOSE))
        lines[place + 1] = at
    return out[:at], lines


@kernel
def _size(
    ids: Strings,
    shown: "Ints",
    shown_json: Strings,
    matches: "Ints",
    evidence: "Ints",
    order: "Ints",
    numbers: Strings,
) -> int:
    """Return more bytes than the matches take."""
    size = 0
    for place in range(len(order)):
        match = matches[order[place]]
        size += _MOST_BESIDE_STRINGS + 6 * (ids.starts[match[PROFILE] + 1] - ids.starts[match[PROFILE]])
        size += numbers.starts[match[DOCUMENT] + 1] - numbers.starts[match[DOCUMENT]]
        for row in range(match[FIRST_ROW], match[END_ROW]):
            says = shown[evidence[row, WORDING]]
            size += _MOST_BESIDE_STRINGS + shown_json.starts[says + 1] - shown_json.starts[says]
    return size


@kernel
def _put_evidence(out: "Bytes", at: int, row: "Ints", shown: "Ints", shown_json: Strings) -> int:
    says = shown[row[WORDING]]
    at = _put(out, at, _TERM, 0, len(_TERM))
    at = _put(out, at, shown_json.data, shown_json.starts[says], shown_json.starts[says + 1])
    at = _put(out, at, _FIELD, 0, len(_FIELD))
    field = row[FIELD] & ((1 << FIELD_BITS) - 1)
    at = _put(out, at, _PREFIXES.data, _PREFIXES.starts[field], _PREFIXES.starts[field + 1])
    if field >= _FIRST_VALUE:
        at = _put_number(out, at, row[FIELD] >> FIELD_BITS)
        at = _put(out, at, _SUFFIXES.data, _SUFFIXES.starts[field], _SUFFIXES.starts[field + 1])
    at = _put(out, at, _START, 0, len(_START))
    at = _put_number(out, at, row[START])
    at = _put(out, at, _END, 0, len(_END))
    at = _put_number(out, at, row[END])
    at = _put(out, at, _KIND, 0, len(_KIND))
    at = _put(out, at, _KINDS.data, _KINDS.starts[row[KIND]], _KINDS.starts[row[KIND] + 1])
    at = _put(out, at, _HIT_SCORE, 0, len(_HIT_SCORE))
    at = _put_score(out, at, row[SCORE])
    out[at] = _BRACE
    return at + 1


@kernel
def _put(out: "Bytes", at: int, data: "Bytes", start: int, end: int) -> int:
    for place in range(start, end):
        out[at] = data[place]
        at += 1
    return at


@kernel
def _put_number(out: "Bytes", at: int, number: int) -> int:
    digits = 1
    bound = _TEN
    while number >= bound:
        bound *= _TEN
        digits += 1
    for place in range(digits - 1, -1, -1):
        out[at + place] = _ZERO + number % _TEN
        number //= _TEN
    return at + digits


@kernel
def _put_score(out: "Bytes", at: int, units: int) -> int:
    """Write ten-thousandths as the shortest decimal number, with at least one digit behind the point."""
    at = _put_number(out, at, units // UNITS)
    out[at] = _POINT
    at += 1
    rest = units % UNITS
    unit = UNITS // _TEN
    while True:
        out[at] = _ZERO + rest // unit
        at += 1
        rest %= unit
        unit //= _TEN
        if rest == 0:
            return at
