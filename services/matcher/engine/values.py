"""The bibliographic values of a batch, with the literals that each satisfies."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from services.matcher.engine.conditions import Field, keys_of, values_of
from services.matcher.engine.lexicon import Lexicon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.matcher.engine.index import Bytes, Ints, Keys
    from shared.wire.publication import Publication

_REMEMBERED = 100_000


class Values(NamedTuple):
    """Values that satisfy anything, a row each.

    Attributes:
        starts: document → its first row, and one past the last.
        field: a `Field`.
        position: which of the field's values it is.
        length: in characters.
        literal_starts: row → its first literal, and one past the last.
        literals: what they satisfy.
    """

    starts: "Ints"
    field: "Bytes"
    position: "Ints"
    length: "Ints"
    literal_starts: "Ints"
    literals: "Ints"


class ValueReader:
    """Looks values up among the keys of an index; what a value gave is remembered."""

    def __init__(self, keys: "Keys") -> None:
        self._lexicon = Lexicon(keys.points, keys.starts, keys.slots, keys.terminal)
        self._first = int(keys.first[0])
        self._asked = {Field(int(chr(point))) for point in np.unique(keys.points[keys.starts[:-1]])}
        self._known: dict[tuple[Field, str], tuple[int, ...]] = {}

    def read(self, publications: "Sequence[Publication]") -> Values:
        """Return the values of a batch."""
        starts, literal_starts = [0], [0]
        fields: list[int] = []
        positions: list[int] = []
        lengths: list[int] = []
        literals: list[int] = []
        if len(self._lexicon):
            for publication in publications:
                for field, position, value in values_of(publication, self._asked):
                    found = self._known.get((field, value))
                    if found is None:
                        found = self._look_up(field, value)
                    if found:
                        fields.append(field)
                        positions.append(position)
                        lengths.append(len(value))
                        literals += found
                        literal_starts.append(len(literals))
                starts.append(len(fields))
        else:
            starts = [0] * (len(publications) + 1)
        return Values(
            np.array(starts, np.int32),
            np.array(fields, np.uint8),
            np.array(positions, np.int32),
            np.array(lengths, np.int32),
            np.array(literal_starts, np.int32),
            np.array(literals, np.int32),
        )

    def _look_up(self, field: Field, value: str) -> tuple[int, ...]:
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        numbers = (self._lexicon.number(key) for key in keys_of(field, value))
        found = tuple(dict.fromkeys(self._first + number for number in numbers if number >= 0))
        self._known[field, value] = found
        return found
