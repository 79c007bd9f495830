"""The dictionary that hits are judged by: jieba's words and what each costs.

A cost is −ln(share of the corpus), in millinats (thousandths of a nat), an integer: sums of costs are exact and the same on
every machine.
"""

import math
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from services.matcher.engine.lexicon import Lexicon
from services.matcher.engine.text import normalise

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Words and their costs.

    Attributes:
        words: the words, numbered.
        costs: by number of the word, in millinats.
        unknown: what a single ideograph costs that is no word, in millinats; it is as rare as the rarest word.
    """

    words: Lexicon
    costs: "NDArray[np.int32]"
    unknown: int


@cache
def dictionary() -> Dictionary:
    """Return the dictionary; read once a process."""
    counts = _counts()
    total = sum(counts.values())
    costs = np.array([cost(count, total) for count in counts.values()], np.int32)
    return Dictionary(Lexicon.of(list(counts)), costs, cost(1, total))


def cost(count: int, total: int) -> int:
    """Return what a word costs that occurs so many times in so many, in millinats."""
    return round(1000 * (math.log(total) - math.log(count)))


def _counts() -> dict[str, int]:
    """Read jieba's own dictionary, without importing jieba: a line is ``word count part-of-speech``; spellings of one word are added up."""
    package = find_spec("jieba")
    assert package is not None  # noqa: S101 - a dependency of ours
    assert package.submodule_search_locations is not None  # noqa: S101 - a package, not a module
    parts = normalise((Path(package.submodule_search_locations[0]) / "dict.txt").read_text("utf-8")).split()
    counts: dict[str, int] = {}
    for word, count in zip(parts[0::3], map(int, parts[1::3]), strict=True):
        counts[word] = counts.get(word, 0) + count
    return counts
