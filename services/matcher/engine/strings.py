"""Many strings in one array: chosen, ordered, and written as JSON strings, without a Python object for each.

Every function takes ``data`` (bytes of UTF-8, or code points) and ``starts``, where each string begins, and one past the last. The
order of UTF-8's bytes is the order of code points, so that both kinds sort as Python sorts ``str``.
"""

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from services.matcher.engine.index import Strings
from services.matcher.engine.kernel import kernel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from services.matcher.engine.index import Bytes, Ints, Points

    Data = NDArray[Any]

_INSERTION = 16
_UTF8_2, _UTF8_3, _UTF8_4 = 0x80, 0x800, 0x10000
_FIRST_SURROGATE, _LAST_SURROGATE = 0xD800, 0xDFFF
_QUOTE, _BACKSLASH, _SPACE = 0x22, 0x5C, 0x20
_LONGEST_ESCAPE = 6
_SHORT_ESCAPES = {
    8: ord("b"),
    9: ord("t"),
    10: ord("n"),
    12: ord("f"),
    13: ord("r"),
    _QUOTE: _QUOTE,
    _BACKSLASH: _BACKSLASH,
}
_ESCAPE = np.zeros(128, np.uint8)
for _character, _letter in _SHORT_ESCAPES.items():
    _ESCAPE[_character] = _letter
_HEX = np.frombuffer(b"0123456789abcdef", np.uint8)


def of_texts(texts: "Iterable[str]") -> Strings:
    """Lay out texts as UTF-8."""
    encoded = [text.encode() for text in texts]
    return Strings(array_of(b"".join(encoded), np.uint8), starts_of(np.fromiter(map(len, encoded), np.int32)))


def json_of_texts(texts: "Iterable[str]") -> Strings:
    """Lay out texts as JSON strings in UTF-8, quotation marks included."""
    encoder = msgspec.json.Encoder()
    encoded = [encoder.encode(text) for text in texts]
    return Strings(array_of(b"".join(encoded), np.uint8), starts_of(np.fromiter(map(len, encoded), np.int32)))


def array_of(data: bytes | bytearray, kind: type[np.generic]) -> "Data":
    """Return bytes as an array that may be written to: to a kernel, arrays that may not are another type to be compiled for."""
    return np.frombuffer(bytearray(data), kind)


def starts_of(lengths: "Ints") -> "Ints":
    """Return where each of some consecutive strings begins, and one past the last."""
    starts = np.zeros(len(lengths) + 1, np.int32)
    np.cumsum(lengths, out=starts[1:])
    return starts


def text_at(strings: Strings, number: int) -> str:
    """Return one string."""
    return strings.data[strings.starts[number] : strings.starts[number + 1]].tobytes().decode()


@kernel
def compare(data: "Data", start: int, end: int, other: "Data", other_start: int, other_end: int) -> int:
    """Return which of two strings comes first: below 0, 0 or above 0."""
    length = min(end - start, other_end - other_start)
    for at in range(length):
        one, two = np.int64(data[start + at]), np.int64(other[other_start + at])
        if one != two:
            return int(one - two)
    return (end - start) - (other_end - other_start)


@kernel
def order_of(data: "Data", starts: "Ints") -> "Ints":
    """Return the numbers of the strings in their order: a merge sort on runs sorted by insertion; equal strings keep theirs."""
    count = len(starts) - 1
    order = np.arange(count).astype(np.int32)
    for low in range(0, count, _INSERTION):
        for at in range(low + 1, min(low + _INSERTION, count)):
            one = order[at]
            to = at
            while (
                to > low
                and compare(data, starts[one], starts[one + 1], data, starts[order[to - 1]], starts[order[to - 1] + 1])
                < 0
            ):
                order[to] = order[to - 1]
                to -= 1
            order[to] = one
    other = np.empty_like(order)
    width = _INSERTION
    while width < count:
        for low in range(0, count, 2 * width):
            middle, high = min(low + width, count), min(low + 2 * width, count)
            left, right = low, middle
            for to in range(low, high):
                if left < middle and (
                    right >= high
                    or compare(
                        data,
                        starts[order[left]],
                        starts[order[left] + 1],
                        data,
                        starts[order[right]],
                        starts[order[right] + 1],
                    )
                    <= 0
                ):
                    other[to] = order[left]
                    left += 1
                else:
                    other[to] = order[right]
                    right += 1
        order, other = other, order
        width *= 2
    return order


@kernel
def firsts_of(data: "Data", starts: "Ints", order: "Ints") -> "Ints":
    """Return for each string, by number, its rank among the distinct ones; ``order`` is that of `order_of`."""
    ranks = np.empty(len(order), np.int32)
    rank = -1
    for at in range(len(order)):
        one = order[at]
        if at == 0:
            rank = 0
        else:
            last = order[at - 1]
            if compare(data, starts[one], starts[one + 1], data, starts[last], starts[last + 1]) != 0:
                rank += 1
        ranks[one] = rank
    return ranks


@kernel
def chosen(data: "Data", starts: "Ints", numbers: "Ints") -> "tuple[Data, Ints]":
    """Return data and starts of some of the strings, in this order."""
    new_starts = np.zeros(len(numbers) + 1, np.int32)
    for at in range(len(numbers)):
        new_starts[at + 1] = new_starts[at] + starts[numbers[at] + 1] - starts[numbers[at]]
    new_data = np.empty(new_starts[-1], data.dtype)
    for at in range(len(numbers)):
        begin, to = starts[numbers[at]], new_starts[at]
        for offset in range(new_starts[at + 1] - to):
            new_data[to + offset] = data[begin + offset]
    return new_data, new_starts


@kernel
def places_of(wanted: "Data", wanted_starts: "Ints", data: "Data", starts: "Ints") -> "Ints":
    """Return the number of each wanted string among sorted, distinct ones, -1 for one that is not there."""
    places = np.full(len(wanted_starts) - 1, -1, np.int32)
    for one in range(len(places)):
        begin, end = wanted_starts[one], wanted_starts[one + 1]
        low, high = 0, len(starts) - 1
        while low < high:
            middle = (low + high) // 2
            if compare(data, starts[middle], starts[middle + 1], wanted, begin, end) < 0:
                low = middle + 1
            else:
                high = middle
        if low < len(starts) - 1 and compare(data, starts[low], starts[low + 1], wanted, begin, end) == 0:
            places[one] = low
    return places


@kernel
def put_json_byte(out: "Bytes", at: int, byte: int) -> int:
    """Write one byte of a JSON string, escaped where it must be; return where the next goes."""
    if byte >= _SPACE and byte not in (_QUOTE, _BACKSLASH):
        out[at] = byte
        return at + 1
    out[at] = _BACKSLASH
    if _ESCAPE[byte]:
        out[at + 1] = _ESCAPE[byte]
        return at + 2
    out[at + 1] = 0x75
    out[at + 2] = out[at + 3] = 0x30
    out[at + 4] = _HEX[byte >> 4]
    out[at + 5] = _HEX[byte & 15]
    return at + _LONGEST_ESCAPE


@kernel
def json_of_points(points: "Points", starts: "Ints") -> "tuple[Bytes, Ints]":
    """Return texts of code points as JSON strings in UTF-8, quotation marks included."""
    out = np.empty(_LONGEST_ESCAPE * len(points) + 2 * len(starts), np.uint8)
    new_starts = np.zeros(len(starts), np.int32)
    at = 0
    for number in range(len(starts) - 1):
        out[at] = _QUOTE
        at += 1
        for place in range(starts[number], starts[number + 1]):
            point = np.int64(points[place])  # unsigned numbers and signed ones would be floats together
            if point < _UTF8_2:
                at = put_json_byte(out, at, int(point))
            elif point < _UTF8_3:
                out[at] = 0xC0 | (point >> 6)
                out[at + 1] = 0x80 | (point & 63)
                at += 2
            elif _FIRST_SURROGATE <= point <= _LAST_SURROGATE:  # no text in UTF-8 holds one: U+FFFD
                out[at] = 0xEF
                out[at + 1] = 0xBF
                out[at + 2] = 0xBD
                at += 3
            elif point < _UTF8_4:
                out[at] = 0xE0 | (point >> 12)
                out[at + 1] = 0x80 | ((point >> 6) & 63)
                out[at + 2] = 0x80 | (point & 63)
                at += 3
            else:
                out[at] = 0xF0 | (point >> 18)
                out[at + 1] = 0x80 | ((point >> 12) & 63)
                out[at + 2] = 0x80 | ((point >> 6) & 63)
                out[at + 3] = 0x80 | (point & 63)
                at += 4
        out[at] = _QUOTE
        at += 1
        new_starts[number + 1] = at
    return out[:at].copy(), new_starts
