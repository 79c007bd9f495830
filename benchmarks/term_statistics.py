"""How good the estimated shares of terms are: made from one half of the abstracts and all titles, held against the other half.

The terms are the words, and runs of two words, of the titles of the IPC: technical terms that nobody took from these abstracts.
"""

import csv
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import rjieba

from benchmarks.material import GAZETTE
from benchmarks.ranking import LABELLED
from services.matcher.engine.segment import OTHER, character_class
from services.matcher.engine.text import normalise
from tools.make_term_shares import estimate, of_parts, read_abstracts, read_titles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

TITLES = tuple(GAZETTE / f"{name}.csv" for name in ("invention_published", "invention_granted", "utility_model"))
IPC_TITLES = GAZETTE.parent / "ipc" / "ipc_2026.01_zh.tsv"
MOST_CHARACTERS = 8
BANDS = (0.0, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, np.inf)
"""Of abstracts that are expected to hold a term."""
ENOUGH = 3
"""Abstracts expected, from which on one term's error says something about its estimate."""


def ipc_terms(every: int) -> list[str]:
    """Return every n-th term of the IPC's titles, in order."""
    terms = set()
    with IPC_TITLES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            words = rjieba.cut(normalise(row["title_zh"] or ""))
            terms.update(words)
            terms.update(one + other for one, other in pairwise(words))
    plain = {term for term in terms if len(term) <= MOST_CHARACTERS and OTHER not in map(character_class, term)}
    return sorted(plain)[::every]


def held_out(terms: "Sequence[str]") -> "tuple[NDArray[np.float64], NDArray[np.int64]]":
    """Return, of each term, how many of the second half's abstracts should hold it, and how many do."""
    abstracts = read_abstracts(LABELLED)
    seen, unseen = abstracts[::2], abstracts[1::2]
    table = of_parts(estimate(seen, read_titles(TITLES)))
    return table.shares(terms) * len(unseen), np.array([sum(term in text for text in unseen) for term in terms])


def run(every: int = 8) -> list[tuple[str, str]]:
    """Measure; without the labelled abstracts, the gazette and the IPC there is nothing to measure.

    Args:
        every: take every n-th term.
    """
    if not (LABELLED.exists() and GAZETTE.exists() and IPC_TITLES.exists()):
        return [("term statistics", "the texts to count in are not beside this checkout")]
    expected, found = held_out(ipc_terms(every))
    rows = []
    for low, high in pairwise(BANDS):
        band = (low <= expected) & (expected < high)
        error = np.abs(np.log((found[band] + 0.5) / expected[band])) if low >= ENOUGH else None
        rows.append(
            (
                f"{low:g} to {high:g} abstracts expected",
                f"{band.sum():,} terms: {expected[band].sum():,.1f} expected, {found[band].sum():,} found"
                + (
                    f"; half of the estimates within a factor of {np.exp(np.median(error)):.2f}"
                    if error is not None
                    else ""
                ),
            )
        )
    return rows


if __name__ == "__main__":
    for label, figure in run():
        print(f"{label:<34} {figure}")
