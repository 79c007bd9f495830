"""Rows of a draft, in arrays that grow: no object is kept of a row, of which there are millions.

What two rows say may be the same; `tables.assemble` makes one of them.
"""

from array import array
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from services.matcher.engine import lattice
from services.matcher.engine.rarity import rarities, shares

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from services.matcher.engine.index import Ints, Points

_ENCODING = "utf-32-le"
_PIECE = 10_000
"""Texts that are weighed together: they are objects until then."""


class PointRows:
    """Texts as code points."""

    def __init__(self) -> None:
        self._points = bytearray()
        self._starts = array("i", [0])

    def __len__(self) -> int:
        return len(self._starts) - 1

    def add(self, text: str) -> int:
        """Take a text; return its number."""
        self._points += text.encode(_ENCODING, "surrogatepass")
        self._starts.append(len(self._points) >> 2)
        return len(self._starts) - 2

    def columns(self) -> "tuple[Points, Ints]":
        """Return the code points of all texts, and where each begins, and one past the last."""
        return column(self._points, np.uint32), column(self._starts, np.int32)


class _Weighed(NamedTuple):
    cost: "Ints"
    share: "NDArray[np.float64]"
    rarity: "Ints"


class TextRows(PointRows):
    """Normalised texts, and what each costs, how large a share of publications holds it, and how rare that makes it."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[str] = []
        self._weighed: list[_Weighed] = []

    def add(self, text: str) -> int:
        """Take a text; return its number."""
        self._waiting.append(text)
        if len(self._waiting) == _PIECE:
            self._weigh()
        return super().add(text)

    def weights(self) -> _Weighed:
        """Return `Tables.text_cost`, `text_share` and `text_rarity`."""
        if self._waiting or not self._weighed:
            self._weigh()
        self._weighed = [_Weighed(*map(np.concatenate, zip(*self._weighed, strict=True)))]
        return self._weighed[0]

    def _weigh(self) -> None:
        some, self._waiting = self._waiting, []
        self._weighed.append(_Weighed(lattice.term_costs(some), shares(some), rarities(some)))


class LiteralRows:
    """Literals: a text or a key, and what is asked of it there."""

    def __init__(self) -> None:
        self.text = array("i")
        self.need = bytearray()
        self.fields = bytearray()

    def add(self, text: int, need: int, fields: int) -> int:
        """Take a literal of a text (or of ``~key``); return its number."""
        self.text.append(text)
        self.need.append(need)
        self.fields.append(fields)
        return len(self.text) - 1


class WordingRows:
    """Wordings: a literal, and how a hit of it is shown and counted."""

    def __init__(self) -> None:
        self.literal = array("i")
        self.shown = array("i")
        self.synonym = bytearray()
        self.weight = array("d")

    def add(self, literal: int, shown: int, synonym: int, weight: float) -> int:
        """Take a wording; return its number."""
        self.literal.append(literal)
        self.shown.append(shown)
        self.synonym.append(synonym)
        self.weight.append(weight)
        return len(self.literal) - 1


def column(rows: "array[int] | array[float] | bytearray", kind: type) -> "NDArray[Any]":
    """Return rows as a NumPy array of theirs, without a copy; as long as it is there, no row can be added."""
    return np.frombuffer(rows, kind)
