"""Matches as JSON, straight from the arrays: what `msgspec` writes of the same `Match`, byte for byte."""

from typing import TYPE_CHECKING

import numpy as np

from services.matcher.engine import strings
from services.matcher.engine.conditions import FIELD_PREFIXES, FIELD_SUFFIXES
from services.matcher.engine.evidence import END, FIELD, FIELD_BITS, KIND, SCORE, START, WORDING
from services.matcher.engine.hold import DOCUMENT, END_ROW, FIRST_ROW, PROFILE, RULE, SCORED, Held
from services.matcher.engine.index import SHOWN, Strings
from services.matcher.engine.kernel import kernel
from services.matcher.engine.memory import AHEAD, NEXT, copy, fetch
from services.matcher.engine.needs import KINDS
from services.matcher.engine.scoring import UNITS
from shared.wire.profile import MAX_ID_CHARACTERS, TEXT_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from services.matcher.engine.index import Bytes, Index, Ints


def _bytes(text: str) -> "Bytes":
    return strings.array_of(text.encode(), np.uint8)


def _padded(width: int, texts: "Iterable[str]") -> "tuple[Bytes, Bytes]":
    """Return texts, each filled up to a width in bytes, and how long each is."""
    encoded = [text.encode() for text in texts]
    filled = b"".join(text.ljust(width, b" ") for text in encoded)
    return strings.array_of(filled, np.uint8), np.array([len(text) for text in encoded], np.uint8)


_PROFILE = _bytes('{"profile_id":"')
_NUMBER = _bytes('","publication_number":')
_SCORE = _bytes(',"score":')
_RULE = _bytes(',"rule":')
_EVIDENCE = _bytes(',"evidence":[')
_TERM = _bytes('{"term":')
_END = _bytes(',"end":')
_CLOSE = _bytes("]}\n")

_START = '","start":'
_FIRST_VALUE = len(TEXT_FIELDS)
_SHORT, _TINY = 32, 8
"""Texts up to so long are copied as if they were as long, in one or two instructions; what is too much is written over."""
_FIELDS, _FIELD_LENGTHS = _padded(
    _SHORT, (f',"field":"{prefix}{_START if at < _FIRST_VALUE else ""}' for at, prefix in enumerate(FIELD_PREFIXES))
)
_SUFFIXES, _SUFFIX_LENGTHS = _padded(_SHORT, (f"{suffix}{_START}" for suffix in FIELD_SUFFIXES))
_KINDS, _KIND_LENGTHS = _padded(_SHORT, (f',"kind":"{kind.value}","score":' for kind in KINDS))
_SCORES, _SCORE_LENGTHS = _padded(_TINY, (f"{units / UNITS}" for units in range(UNITS + 1)))
_NUMBERS, _NUMBER_LENGTHS = _padded(_TINY, map(str, range(1000)))
_COMMA, _ZERO, _BRACE = 0x2C, 0x30, 0x7D
_TEN = 10

_MOST_BESIDE_STRINGS = 200
"""More bytes than a match, or a piece of evidence, has beside its strings."""
_USUAL = 110
"""Bytes of a match, or of a piece of evidence: room for more is made when it is needed."""
_FIRST_ROOM = 1 << 16
_LONGEST_ESCAPE, _LONGEST_UTF8 = 6, 4


def write_matches(
    index: "Index", held: Held, publication_numbers: "Sequence[str]", room: "Bytes | None" = None
) -> "tuple[Bytes, NDArray[np.int64]]":
    """Return the matches in order, a line each, and where each line begins, and one past the last.

    Args:
        index: the profiles.
        held: the matches.
        publication_numbers: of the documents of the batch.
        room: where they are written if it is large enough.
    """
    numbers = strings.json_of_texts(publication_numbers)
    usual = _FIRST_ROOM + _USUAL * (len(held.order) + len(held.evidence))
    return _write(
        room if room is not None and len(room) >= usual else np.empty(usual, np.uint8),
        index.profiles.ids,
        index.wordings.facts,
        index.wordings.shown_json,
        held.matches,
        held.evidence,
        held.order,
        numbers,
    )


@kernel
def _write(
    out: "Bytes",
    ids: Strings,
    facts: "Ints",
    shown_json: Strings,
    matches: "Ints",
    evidence: "Ints",
    order: "Ints",
    numbers: Strings,
) -> "tuple[Bytes, NDArray[np.int64]]":
    id_data, id_starts = ids.data, ids.starts
    shown_data, shown_starts = shown_json.data, shown_json.starts
    number_data, number_starts = numbers.data, numbers.starts
    most_of_evidence = _MOST_BESIDE_STRINGS + _longest(shown_starts)
    most_of_match = _MOST_BESIDE_STRINGS + _LONGEST_ESCAPE * MAX_ID_CHARACTERS * _LONGEST_UTF8 + _longest(number_starts)
    lines = np.zeros(len(order) + 1, np.int64)
    at = 0
    for place in range(len(order)):
        if place + AHEAD < len(order):
            fetch(id_starts, matches[order[place + AHEAD], PROFILE])
        if place + NEXT < len(order):
            fetch(id_data, id_starts[matches[order[place + NEXT], PROFILE]])
        match = order[place]
        first_row, end_row = matches[match, FIRST_ROW], matches[match, END_ROW]
        while len(out) < at + most_of_match + most_of_evidence * (end_row - first_row):
            out = np.concatenate((out, np.empty_like(out)))
        at = _put(out, at, _PROFILE)
        profile = matches[match, PROFILE]
        for byte in range(id_starts[profile], id_starts[profile + 1]):
            at = strings.put_json_byte(out, at, int(np.int64(id_data[byte])))
        at = _put(out, at, _NUMBER)
        at = _put_one(out, at, number_data, number_starts, matches[match, DOCUMENT])
        at = _put(out, at, _SCORE)
        at = _put_score(out, at, matches[match, SCORED])
        at = _put(out, at, _RULE)
        at = _put_number(out, at, matches[match, RULE])
        at = _put(out, at, _EVIDENCE)
        for row in range(first_row, end_row):
            if row > first_row:
                out[at] = _COMMA
                at += 1
            at = _put_evidence(out, at, evidence, row, facts, shown_data, shown_starts)
        at = _put(out, at, _CLOSE)
        lines[place + 1] = at
    return out[:at], lines


@kernel
def _longest(starts: "Ints") -> int:
    longest = 0
    for number in range(len(starts) - 1):
        longest = max(longest, starts[number + 1] - starts[number])
    return longest


@kernel
def _put_evidence(
    out: "Bytes", at: int, rows: "Ints", row: int, facts: "Ints", shown_data: "Bytes", shown_starts: "Ints"
) -> int:
    at = _put(out, at, _TERM)
    at = _put_one(out, at, shown_data, shown_starts, facts[rows[row, WORDING], SHOWN])
    field = rows[row, FIELD] & ((1 << FIELD_BITS) - 1)
    copy(out, at, _FIELDS, field * _SHORT, _SHORT)
    at += int(np.int64(_FIELD_LENGTHS[field]))
    if field >= _FIRST_VALUE:
        at = _put_number(out, at, rows[row, FIELD] >> FIELD_BITS)
        copy(out, at, _SUFFIXES, field * _SHORT, _SHORT)
        at += int(np.int64(_SUFFIX_LENGTHS[field]))
    at = _put_number(out, at, rows[row, START])
    at = _put(out, at, _END)
    at = _put_number(out, at, rows[row, END])
    kind = rows[row, KIND]
    copy(out, at, _KINDS, kind * _SHORT, _SHORT)
    at = _put_score(out, at + int(np.int64(_KIND_LENGTHS[kind])), rows[row, SCORE])
    out[at] = _BRACE
    return at + 1


@kernel
def _put(out: "Bytes", at: int, data: "Bytes") -> int:
    copy(out, at, data, 0, len(data))
    return at + len(data)


@kernel
def _put_one(out: "Bytes", at: int, data: "Bytes", starts: "Ints", number: int) -> int:
    start = starts[number]
    length = int(starts[number + 1] - start)
    if length <= _SHORT and start + _SHORT <= len(data):
        copy(out, at, data, start, _SHORT)
    else:
        copy(out, at, data, start, length)
    return int(at + length)


@kernel
def _put_score(out: "Bytes", at: int, units: int) -> int:
    copy(out, at, _SCORES, units * _TINY, _TINY)
    return int(at + np.int64(_SCORE_LENGTHS[units]))


@kernel
def _put_number(out: "Bytes", at: int, number: int) -> int:
    if number < len(_NUMBER_LENGTHS):
        copy(out, at, _NUMBERS, number * _TINY, _TINY)
        return int(at + np.int64(_NUMBER_LENGTHS[number]))
    digits = 1
    bound = _TEN
    while number >= bound:
        bound *= _TEN
        digits += 1
    for place in range(digits - 1, -1, -1):
        out[at + place] = _ZERO + number % _TEN
        number //= _TEN
    return at + digits
