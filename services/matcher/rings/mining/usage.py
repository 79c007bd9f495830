"""How runs of words are used in the stream: how often they stand there, and behind what."""

from typing import TYPE_CHECKING

import numpy as np

from services.matcher.engine.kernel import kernel
from services.matcher.engine.lexicon import ABSENT, ROOT, Lexicon, child

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_NOTHING_YET = 0xFFFFFFFF
_BEGINNING = 0xFFFFFFFE
"""Stands for the character before the first one of a text; no code point is so large."""


class Usages:
    """Counts the places of distinct, normalised texts in other texts."""

    def __init__(self, texts: "Sequence[str]") -> None:
        self._lexicon = Lexicon.of(texts)
        self._before = np.full(len(texts), _NOTHING_YET, np.uint32)
        self._is_free = np.zeros(len(texts), np.bool_)

    def count(self, text: str) -> None:
        """Take note of all places in one normalised text."""
        points = np.frombuffer(text.encode("utf-32-le"), np.uint32)
        _count(self._lexicon.slots, self._lexicon.terminal, points, self._before, self._is_free)

    def is_free(self, text: str) -> bool:
        """Whether a text's left end is a word's beginning: it recurs, and not always after the same character."""
        number = self._lexicon.number(text)
        return number != ABSENT and bool(self._is_free[number])


@kernel
def _count(
    slots: "NDArray[np.uint64]",
    terminal: "NDArray[np.int32]",
    points: "NDArray[np.uint32]",
    before: "NDArray[np.uint32]",
    is_free: "NDArray[np.bool_]",
) -> None:
    for start in range(len(points)):
        neighbour = points[start - 1] if start else np.uint32(_BEGINNING)
        node = ROOT
        for at in range(start, len(points)):
            node = child(slots, node, points[at])
            if node == ABSENT:
                break
            number = terminal[node]
            if number != ABSENT:
                if before[number] == np.uint32(_NOTHING_YET):
                    before[number] = neighbour
                elif before[number] != neighbour:
                    is_free[number] = True
