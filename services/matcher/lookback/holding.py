"""Texts in stored publications: which hold all of some words, and how many."""

from typing import TYPE_CHECKING

import numpy as np

from services.matcher.engine.text import normalise, normalise_term
from services.matcher.lookback.characters import runs_of
from services.matcher.lookback.counting import extrapolated, sampled
from services.matcher.lookback.wanted import with_runs
from shared.advice import Count

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from services.matcher.lookback.past import Past, Places
    from services.matcher.lookback.segment import Segment
    from shared.wire.publication import Publication

PAIR = 2
LOOKED_AT = 400
"""Candidates that are read to count those that really hold a text."""


class Texts:
    """Words all of which a publication is to hold, each in one of its texts, whatever stands around it."""

    def __init__(self, words: "Iterable[str]") -> None:
        self._words = [plain for word in words if (plain := normalise_term(word))]
        self._runs = [tuple(runs_of(word)) for word in self._words]
        self.is_exact = all(
            runs == (word,) and len(word) <= PAIR for word, runs in zip(self._words, self._runs, strict=True)
        )
        """Whether all documents that are named do hold them."""

    def documents(self, segment: "Segment") -> "NDArray[np.bool_]":
        """Return which documents of a segment may hold them."""
        found = np.ones(len(segment), np.bool_)
        for runs in self._runs:
            having = np.zeros(len(segment), np.bool_)
            with_runs(segment, runs, having)
            found &= having
        return found

    def held_by(self, publication: "Publication") -> bool:
        """Whether a publication holds them."""
        texts = [normalise(text) for text in (publication.title, publication.abstract, publication.claim) if text]
        return all(any(word in text for text in texts) for word in self._words)

    def count(self, past: "Past", places: "Places") -> Count:
        """Return how many of the places that were named do hold them."""
        if self.is_exact:
            return Count(matches=len(places))
        chosen = sampled(places, LOOKED_AT)
        hits = sum(map(self.held_by, past.publications(chosen)))
        return extrapolated(hits, len(chosen), len(places))


def number_with(past: "Past", text: str) -> int:
    """Return about how many stored publications hold a text."""
    texts = Texts([text])
    return texts.count(past, past.find(texts)).matches


def publications_with(past: "Past", text: str, most: int) -> "list[Publication]":
    """Return some of the publications that hold a text, chosen at random."""
    texts = Texts([text])
    return [one for one in past.publications(sampled(past.find(texts), most)) if texts.held_by(one)]
