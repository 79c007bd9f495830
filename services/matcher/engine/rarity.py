"""How rare a term is: the estimated share of publications whose title or abstract holds it.

A table made by counting (`tools/make_term_shares.py`) holds terms and parts of terms with their cost, minus the logarithm
of the expected number of mentions in one publication, in thousandths of a nat. A term that the table lacks is put
together from its parts, as in a Markov chain: 甲乙丙 is expected as often as 甲乙 is followed by 丙 where 乙 is. All of it is
integers, so that a term's cost is the same in every batch and on every machine.

A *unit* is an ideograph, a whole run of letters and digits, or any other single character. Texts are normalised ones
(`services.matcher.engine.text`).
"""

import gzip
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from services.matcher.engine.kernel import kernel
from services.matcher.engine.lexicon import ABSENT, ROOT, Lexicon, child
from services.matcher.engine.segment import LETTER, character_classes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Costs = NDArray[np.int32]

TABLE = files("services.matcher.resources").joinpath("term_shares.txt.gz")

THOUSANDTHS = 1000
UNSEEN_UNIT = 9_300
"""Cost of a character that the table lacks: one publication in some 11,000 holds it."""
UNSEEN_RUN, UNSEEN_LETTER = 6_000, 1_300
"""Cost of a run of letters and digits that the table lacks: a constant, and so much for each character."""
RAREST = 12_500
"""No cost is above it: what somebody asks for is expected in one publication of some 270,000."""
ORDINARY = 6_900
"""Cost of what one publication in a thousand holds, as a good keyword is; its rarity is one."""
LEAST_RARITY, MOST_RARITY = 100, 1_500
"""In thousandths: of what half of all publications hold, and of what one in 31,000 does."""
JOINING = ((0, 0), (0, 0), (6_970, 333), (3_290, 590), (1_720, 816), (2_070, 750))
"""What putting together costs, by the number of units of the whole (the last entry: and more): a constant, and thousandths
of the cost that the chain of the parts gives. Fitted to held-out abstracts."""


@dataclass(frozen=True, slots=True)
class TermShares:
    """The table.

    Attributes:
        lexicon: its texts.
        stored: the cost of each.
    """

    lexicon: Lexicon
    stored: "Costs"

    def costs(self, texts: "Sequence[str]") -> "Costs":
        """Return the cost of each normalised text, in thousandths of a nat; an empty text costs nothing."""
        points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
        starts = np.zeros(len(texts) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)), out=starts[1:])
        costs = np.zeros(len(texts), np.int32)
        letters = character_classes(points) == LETTER
        joining = np.array(JOINING, np.int64)
        _costs(self.lexicon.slots, self.lexicon.terminal, self.stored, points, letters, starts, joining, costs)
        return costs

    def rarities(self, texts: "Sequence[str]") -> "Costs":
        """Return how much each normalised text counts in a score, in thousandths: what one publication in 1,000 holds, 1000.

        In between linear in the cost: each time that a term is ten times rarer it counts a third more.
        """
        return np.clip(self.costs(texts) * THOUSANDTHS // ORDINARY, LEAST_RARITY, MOST_RARITY).astype(np.int32)

    def shares(self, texts: "Sequence[str]") -> "NDArray[np.float64]":
        """Return the share of publications, 0 to 1, whose title or abstract holds each normalised text."""
        mentions = np.exp(self.costs(texts) / -THOUSANDTHS)
        return -np.expm1(-mentions)


@cache
def term_shares() -> TermShares:
    """Return the table that ships; read once."""
    return read(TABLE.read_bytes())


def read(table: bytes) -> TermShares:
    """Read a table: a heading, then a line for each cost, in hundredths of a nat, with the texts that have it."""
    texts: list[str] = []
    costs: list[int] = []
    for line in gzip.decompress(table).decode().split("\n")[1:]:
        cost, *of_this_cost = line.split("\t")
        texts += of_this_cost
        costs += [THOUSANDTHS // 100 * int(cost)] * len(of_this_cost)
    return TermShares(Lexicon.of(texts), np.array(costs, np.int32))


def share(text: str) -> float:
    """Return the estimated share of publications whose title or abstract holds a normalised text."""
    return float(shares([text])[0])


def rarities(texts: "Sequence[str]") -> "Costs":
    """Return `TermShares.rarities` of the table that ships."""
    return term_shares().rarities(texts)


def shares(texts: "Sequence[str]") -> "NDArray[np.float64]":
    """Return `share` of many, some millions a second."""
    return term_shares().shares(texts)


@kernel
def _costs(  # noqa: C901 - one loop, written out
    slots: "NDArray[np.uint64]",
    terminal: "Costs",
    stored: "Costs",
    points: "NDArray[np.uint32]",
    letters: "NDArray[np.bool_]",
    starts: "NDArray[np.int64]",
    joining: "NDArray[np.int64]",
    costs: "Costs",
) -> None:
    """Fill in the costs: of all runs of one unit, then of two … to the whole, a run from the two that are one unit shorter."""
    longest = 0
    for text in range(len(costs)):
        longest = max(longest, starts[text + 1] - starts[text])
    ends = np.zeros(longest, np.int64)  # of each unit
    nodes = np.zeros(longest, np.int64)  # where the table has the run that begins with each unit
    inner = np.zeros(longest, np.int64)  # costs of the runs that are two units shorter,
    shorter = np.zeros(longest, np.int64)  # one unit shorter,
    whole = np.zeros(longest, np.int64)  # and of this length, by the unit they begin with
    for text in range(len(costs)):
        units = 0
        for at in range(starts[text], starts[text + 1]):
            if at > starts[text] and letters[at] and letters[at - 1]:
                ends[units - 1] = at + 1
            else:
                ends[units] = at + 1
                nodes[units] = ROOT
                units += 1
        inner[:units] = 0
        shorter[:units] = 0
        for length in range(1, units + 1):
            constant, factor = joining[min(length, len(joining) - 1)]
            for first in range(units - length + 1):
                last = first + length - 1
                node = nodes[first]
                start = starts[text] if last == 0 else ends[last - 1]
                at = start
                while at < ends[last] and node != ABSENT:
                    node = child(slots, node, points[at])
                    at += 1
                nodes[first] = node
                least = max(shorter[first], shorter[first + 1]) if length > 1 else -(1 << 31)
                if node != ABSENT and terminal[node] != ABSENT:
                    cost = np.int64(stored[terminal[node]])
                elif length > 1:
                    chain = shorter[first] + shorter[first + 1] - (inner[first + 1] if length > 2 else 0)  # noqa: PLR2004
                    cost = constant + factor * chain // THOUSANDTHS
                elif letters[start]:
                    cost = np.int64(UNSEEN_RUN + UNSEEN_LETTER * (ends[last] - start))
                else:
                    cost = np.int64(UNSEEN_UNIT)
                whole[first] = min(max(cost, least), RAREST)  # a run is never more common than a part of it
            inner, shorter, whole = shorter, whole, inner
        costs[text] = shorter[0] if units else 0
