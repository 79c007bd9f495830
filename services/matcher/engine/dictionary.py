"""The dictionary that hits are judged by: words of up to three ideographs and what each costs.

A word's likelihood is a mixture of two counts: jieba's, of general text, and those of patents (`tools/make_patent_words.py`). Its cost is
−ln(likelihood) in millinats (thousandths of a nat), an integer: sums of costs are exact.
"""

import gzip
import math
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from services.matcher.engine.lexicon import Lexicon
from services.matcher.engine.text import normalise

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

LONGEST = 3
"""Longer words are compounds; without them a compound shows how it is made."""

LEAST_GENERAL = 3
"""Words that jieba has seen more rarely are left out (as are none of a single ideograph)."""

PATENT_SHARE = 0.9
"""How much the counts of patents weigh in the mixture."""


@dataclass(frozen=True, slots=True, eq=False)
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

    @classmethod
    def of(cls, general: dict[str, int], patents: dict[str, int]) -> "Dictionary":
        """Make a dictionary of how often general text and patents use words."""
        price = price_list(general, patents)
        costs = {word: price(count, patents.get(word, 0)) for word, count in general.items()}
        costs |= {word: price(0, count) for word, count in patents.items() if word not in general}
        return cls(Lexicon.of(list(costs)), np.fromiter(costs.values(), np.int32, len(costs)), price(1, 0))


@cache
def dictionary() -> Dictionary:
    """Return the dictionary that ships; read once a process."""
    return Dictionary.of(general_counts(), patent_counts())


def price_list(general: dict[str, int], patents: dict[str, int]) -> "Callable[[int, int], int]":
    """Return what gives the cost of a word, in millinats, by how often general text and patents have it, out of these counts."""
    in_general = (1 - PATENT_SHARE) / sum(general.values())
    in_patents = PATENT_SHARE / max(1, sum(patents.values()))
    return cache(lambda here, there: round(-1000 * math.log(in_general * here + in_patents * there)))


def general_counts() -> dict[str, int]:
    """Read jieba's own dictionary without importing jieba: a line is ``word count part-of-speech``; spellings of one word are added up."""
    package = find_spec("jieba")
    assert package is not None  # noqa: S101 - a dependency of ours
    assert package.submodule_search_locations is not None  # noqa: S101 - a package, not a module
    parts = (Path(package.submodule_search_locations[0]) / "dict.txt").read_text("utf-8").split()
    counts: dict[str, int] = {}
    for word, count in zip(normalise("\n".join(parts[0::3])).split("\n"), map(int, parts[1::3]), strict=True):
        if len(word) <= LONGEST and (count >= LEAST_GENERAL or len(word) == 1):
            counts[word] = counts.get(word, 0) + count
    return counts


def patent_counts() -> dict[str, int]:
    """Read how often patents use a word; see `tools/make_patent_words.py`."""
    table = resources.files("services.matcher.resources") / "patent_words.txt.gz"
    parts = gzip.decompress(table.read_bytes()).decode().split()
    return dict(zip(parts[0::2], map(int, parts[1::2]), strict=True))
