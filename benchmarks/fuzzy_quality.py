"""How good variants are: precision and recall of `normal` and `loose` on labelled pairs of a term and a window of real text.

Beside them what people use today, rapidfuzz ``partial_ratio`` over the text, from 80 and from 85. A pair is found when a
variant stands on its window; by ``partial_ratio``, when the best window reaches the threshold.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz

from services.matcher.engine.segment import tokens
from services.matcher.engine.text import normalise, normalise_term
from services.matcher.engine.variants import Level, variants_in

PAIRS = Path(__file__).resolve().parents[1] / "tests" / "unit" / "matcher" / "data" / "variants.tsv"


@dataclass(frozen=True, slots=True)
class Pair:
    """A term and a window of a text.

    Attributes:
        kind: how the two differ.
        variant: whether a reader takes one for the other.
        term: normalised.
        text: normalised.
        start: of the window.
        end: one past its last character.
    """

    kind: str
    variant: bool
    term: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Measured:
    """What a way of looking finds among labelled pairs."""

    found: int
    right: int
    variants: int

    @property
    def precision(self) -> float:
        """Return the share of what was found that is right."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Return the share of the variants that was found."""
        return self.right / self.variants if self.variants else 1.0


def pairs() -> list[Pair]:
    """Return the labelled pairs; the window stands in brackets in the file."""
    with PAIRS.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    found = []
    for row in rows:
        before, _, rest = row["text"].partition("[")
        window, _, after = rest.partition("]")
        start = len(before)
        text = normalise(before + window + after)
        found.append(
            Pair(row["kind"], row["variant"] == "yes", normalise_term(row["term"]), text, start, start + len(window))
        )
    return found


def stands(pair: Pair, level: Level) -> bool:
    """Say whether a variant of the pair's term stands on its window."""
    boundaries = {edge for span in tokens(pair.text) for edge in span}
    return (pair.start, pair.end) in variants_in(pair.text, boundaries, pair.term, level)


WAYS: dict[str, Callable[[Pair], bool]] = {
    "normal": lambda pair: stands(pair, Level.NORMAL),
    "loose": lambda pair: stands(pair, Level.LOOSE),
    "partial_ratio ≥ 80": lambda pair: fuzz.partial_ratio(pair.term, pair.text) >= 80,
    "partial_ratio ≥ 85": lambda pair: fuzz.partial_ratio(pair.term, pair.text) >= 85,
}


def measure(way: Callable[[Pair], bool], among: list[Pair]) -> Measured:
    """Return what a way of looking finds."""
    found = [pair for pair in among if way(pair)]
    return Measured(len(found), sum(pair.variant for pair in found), sum(pair.variant for pair in among))


def run() -> list[tuple[str, str]]:
    """Measure every way, on all pairs and on each kind of difference."""
    everything = pairs()
    rows = [("pairs, variants among them", f"{len(everything)}, {sum(pair.variant for pair in everything)}")]
    for name, way in WAYS.items():
        got = measure(way, everything)
        rows.append((name, f"precision {got.precision:.3f}, recall {got.recall:.3f}"))
    for kind in sorted({pair.kind for pair in everything}):
        among = [pair for pair in everything if pair.kind == kind]
        for level in ("normal", "loose"):
            got = measure(WAYS[level], among)
            rows.append((f"{kind}: {level}", f"{got.right} right of {got.found} found, of {got.variants} variants"))
    return rows


if __name__ == "__main__":
    for label, figure in run():
        print(f"{label:<40} {figure}")
