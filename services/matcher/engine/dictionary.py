"""The dictionary that hits are judged by: words of up to three ideographs and what each costs.

A word's likelihood is a mixture of two counts: jieba's, of general text, and those of patents (`tools/make_patent_words.py`). Its cost is
−ln(likelihood) in millinats (thousandths of a nat), an integer: sums of costs are exact.
"""

import gzip
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from services.matcher.engine.counts import Counts, spelled
from services.matcher.engine.lexicon import Lexicon
from services.matcher.engine.text import normalise

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_GENERAL = 3
"""Words that jieba has seen more rarely are left out (as are none of a single ideograph)."""

_PIECE_CHARACTERS = 200_000
"""How much of a file is in memory at once."""

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
    def of(cls, general: Counts, patents: Counts) -> "Dictionary":
        """Make a dictionary of how often general text and patents use words."""
        keys = np.union1d(general.keys, patents.keys)
        in_general = np.append(general.times_of(keys), 1) / general.times.sum()
        in_patents = np.append(patents.times_of(keys), 0) / max(1, patents.times.sum())
        likelihood = (1 - PATENT_SHARE) * in_general + PATENT_SHARE * in_patents
        costs = np.rint(-1000 * np.log(likelihood)).astype(np.int32)
        return cls(Lexicon.build(*spelled(keys)), costs[:-1].copy(), int(costs[-1]))


@cache
def dictionary() -> Dictionary:
    """Return the dictionary that ships; read once a process."""
    return Dictionary.of(general_counts(), patent_counts())


def general_counts() -> Counts:
    """Read jieba's own dictionary, without importing jieba."""
    package = find_spec("jieba")
    assert package is not None  # noqa: S101
    assert package.submodule_search_locations is not None  # noqa: S101
    pieces = []
    with (Path(package.submodule_search_locations[0]) / "dict.txt").open(encoding="utf-8") as lines:
        while piece := lines.readlines(_PIECE_CHARACTERS):
            pieces.append(Counts.read(normalise("".join(piece))))
    return Counts.together(pieces).at_least(LEAST_GENERAL)


def patent_counts() -> Counts:
    """Read how often patents use a word (`tools/make_patent_words.py`), and words that are newer than the texts that were counted."""
    tables = resources.files("services.matcher.resources")
    counted = gzip.decompress((tables / "patent_words.txt.gz").read_bytes()).decode()
    return Counts.together([Counts.read(counted), Counts.read((tables / "new_words.txt").read_text("utf-8"))])
