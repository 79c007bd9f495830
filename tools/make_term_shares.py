"""Make ``services/matcher/resources/term_shares.txt.gz``: how often terms, and parts of terms, stand in publications.

Usage: ``python -m tools.make_term_shares abstracts_with_keywords.json invention_published.csv utility_model.csv …``: abstracts,
and tables of a gazette with titles. Counted are the documents that hold a run of one to `LONGEST` units (see
``services/matcher/engine/rarity.py``). A run's expected number of mentions in an abstract is estimated from

* the abstracts that hold it (`Order.discount` less, as rare things seen happened to be seen), and
* what was to be expected before any abstract was read: from its parts, and from the titles that hold it, each with an
  exponent; this counts as `Order.trust` abstracts.

Kept is what the parts do not tell. The exponents were fitted on one half of the abstracts against the other half
(`python -m benchmarks term_statistics` prints how well that works).
"""

import csv
import gzip
import io
import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from services.matcher.engine.lexicon import Lexicon
from services.matcher.engine.rarity import THOUSANDTHS, TermShares
from services.matcher.engine.segment import LETTER, OTHER, character_class
from services.matcher.engine.text import normalise

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from numpy.typing import NDArray

TARGET = Path(__file__).resolve().parents[1] / "services" / "matcher" / "resources" / "term_shares.txt.gz"
HEADING = (
    "# term shares, version 1: minus the logarithm of the mentions a publication, in hundredths; the texts of this cost"
)
PREFIX = "摘要："
"""With which every abstract of the labelled set begins."""
SEPARATORS = "\t\n"
"""Of the table; no text of it."""
LONGEST = 6
LEAST = 3
"""Documents that must hold a run, for it to be kept."""
TELLING = 500
"""Thousandths of a nat by which a cost must differ from what the parts tell, for a run to be kept."""
UNTITLED = 0.25
"""Titles that count where none holds a run."""
MOST_EXPECTED = 5.0
"""Mentions a publication beyond which the prior is not trusted."""


class Order(NamedTuple):
    """How runs of one length are estimated: a log-linear prior, what it weighs in abstracts, and a discount of what is seen."""

    constant: float
    parts: float
    titles: float
    trust: float
    discount: float


ORDERS = (
    Order(1.23, 0.0, 0.54, 16.0, 0.8),
    Order(-0.78, 0.0, 0.57, 164.0, 0.37),
    Order(0.06, 0.47, 0.27, 365.0, 0.6),
    Order(-0.1, 0.34, 0.39, 212.0, 0.8),
    Order(1.41, 1.04, 0.08, 4400.0, 0.0),
)
"""By the number of units; the last for all that are longer."""

Units = list[tuple[int, int, int]]
"""Start, end and class of each unit of a text."""


def units(text: str) -> Units:
    """Return the units of a normalised text."""
    found: Units = []
    for at, kind in enumerate(map(character_class, text)):
        if kind == LETTER and found and found[-1][2] == LETTER:
            found[-1] = found[-1][0], at + 1, LETTER
        else:
            found.append((at, at + 1, kind))
    return found


def count(texts: "Sequence[str]", cut: "Sequence[Units]", length: int, shorter: "Container[str]") -> Counter[str]:
    """Return how many texts hold each run of so many units whose two parts, a unit shorter, are among the shorter ones.

    No run goes over punctuation or a blank.
    """
    counts: Counter[str] = Counter()
    for text, of_text in zip(texts, cut, strict=True):
        held = set()
        for first in range(len(of_text) - length + 1):
            start, end = of_text[first][0], of_text[first + length - 1][1]
            if length > 1:
                before, after = text[start : of_text[first + length - 2][1]], text[of_text[first + 1][0] : end]
                if before not in shorter or after not in shorter:
                    continue
            held.add(text[start:end])
        counts.update(held)
    return counts


def estimate(abstracts: "Sequence[str]", titles: "Sequence[str]") -> dict[str, int]:
    """Return the costs that are worth keeping, in hundredths of a nat, from normalised texts."""
    of_abstracts, of_titles = list(map(units, abstracts)), list(map(units, titles))
    kept: dict[str, int] = {}
    joining: set[str] = set()
    for length in range(1, LONGEST + 1):
        in_abstracts = count(abstracts, of_abstracts, length, joining)
        in_titles = count(titles, of_titles, length, joining)
        held = in_abstracts + in_titles
        joining = {run for run, documents in held.items() if documents >= LEAST and character_class(run[0]) != OTHER}
        texts = sorted(run for run, documents in held.items() if documents >= LEAST and run not in SEPARATORS)
        expected = of_parts(kept).costs(texts)
        costs = posterior(
            ORDERS[min(length, len(ORDERS)) - 1],
            expected,
            np.array([in_abstracts[run] for run in texts]),
            len(abstracts),
            (np.array([in_titles[run] for run in texts]) + UNTITLED) / len(titles),
        )
        told = np.abs(costs - expected) < (TELLING if length > 1 else 0)
        kept |= {
            run: round(cost / 10)
            for run, cost, out in zip(texts, costs.tolist(), told.tolist(), strict=True)
            if not out
        }
    return kept


def of_parts(kept: "dict[str, int]") -> TermShares:
    """Return the table as far as it is made."""
    return TermShares(Lexicon.of(list(kept)), np.array(list(kept.values()), np.int32) * 10)


def posterior(
    order: Order,
    expected: "NDArray[np.int32]",
    held: "NDArray[np.int64]",
    abstracts: int,
    titled: "NDArray[np.float64]",
) -> "NDArray[np.float64]":
    """Return the cost of runs, in thousandths of a nat.

    Args:
        order: of their length.
        expected: what their parts tell.
        held: how many abstracts hold each.
        abstracts: of how many.
        titled: the share of titles that hold each, never 0.
    """
    parts = np.exp(-order.parts * expected / THOUSANDTHS)
    prior = np.minimum(np.exp(order.constant) * parts * titled**order.titles, MOST_EXPECTED)
    seen = np.clip(held - order.discount, 0, abstracts - 0.5) / abstracts
    mentions = (-np.log1p(-seen) * abstracts + order.trust * prior) / (abstracts + order.trust)
    costs: NDArray[np.float64] = -THOUSANDTHS * np.log(mentions)
    return costs


def read_abstracts(source: Path) -> list[str]:
    """Return the distinct abstracts of the labelled set, normalised."""
    rows = json.loads(source.read_text("utf-8"))
    return list(dict.fromkeys(normalise(row["input"].strip().removeprefix(PREFIX)) for row in rows))


def read_titles(sources: "Sequence[Path]") -> list[str]:
    """Return the titles of a gazette's tables, normalised, each publication's once."""
    titles: dict[str, str] = {}
    for source in sources:
        for row in csv.DictReader(io.StringIO(source.read_bytes().decode("gb18030", "replace"))):
            if row["name"]:
                titles.setdefault(row["authorization_notice_id"], normalise(row["name"]))
    return list(titles.values())


def make(abstracts: Path, titles: "Sequence[Path]") -> bytes:
    """Return the table, compressed; the same bytes for the same sources."""
    kept = estimate(read_abstracts(abstracts), read_titles(titles))
    by_cost: dict[int, list[str]] = {}
    for text, cost in sorted(kept.items()):
        by_cost.setdefault(cost, []).append(text)
    lines = [HEADING, *("\t".join([str(cost), *texts]) for cost, texts in sorted(by_cost.items()))]
    return gzip.compress("\n".join(lines).encode(), mtime=0)


if __name__ == "__main__":
    TARGET.write_bytes(make(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]]))
    print(f"{TARGET}: {TARGET.stat().st_size} bytes")
