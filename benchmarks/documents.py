"""Publications for the benchmarks: an abstract of the corpus, its title, and the IPC of the title that is most like it."""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date

import numpy as np

from benchmarks.corpus import Corpus
from benchmarks.draws import lots
from benchmarks.vocabulary import terms_of
from shared.wire.publication import Applicant, Publication

LONG_ENOUGH = 200
"""Abstracts of fewer characters come after the others."""

JOINED = 500
SPARE = 130
"""Another abstract is joined while more characters than this are missing."""

_NAMED = (
    re.compile(r"(?:公开|提供|涉及|为|是)了?(一种[^，。；：,]{4,30}?)(?:及其[^，。；：,]*)?[，。；：,]"),
    re.compile(r"([^，。；：,]{4,30})"),
)
_COMMON = 400
"""Terms of more titles than this tell nothing about where a text belongs."""


class Stream:
    """The abstracts of a corpus as a stream of publications."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._with: defaultdict[str, list[int]] = defaultdict(list)
        for number, (title, _) in enumerate(corpus.titles):
            for term in terms_of(title):
                self._with[term].append(number)

    def publications(self, count: int, length: int, *, seed: int) -> Iterator[Publication]:
        """Give publications.

        Args:
            count: how many; more than there are abstracts uses these again.
            length: characters of title and abstract; from 500 on, several abstracts are joined.
            seed: of their order.
        """
        abstracts = self._corpus.abstracts
        order: list[int] = np.argsort(lots(seed, 0, len(abstracts), 1).ravel(), kind="stable").tolist()
        order.sort(key=lambda number: len(abstracts[number]) < LONG_ENOUGH)
        for number in range(count):
            text = abstracts[order[number % len(order)]]
            title = _title(text)
            after = number
            while length >= JOINED and len(title) + len(text) < length - SPARE:
                after += 1
                text += abstracts[order[after * 7 % len(order)]]
            yield Publication(
                publication_number=f"CN{110000000 + number}A",
                kind="A",
                title=title,
                abstract=text,
                published_on=date(2019, 7, 9),
                applicants=(Applicant(name=f"某某{number % 997}科技有限公司", region="440106"),),
                ipc=self._places(title, text),
                source="benchmark",
            )

    def _places(self, title: str, text: str) -> tuple[str, ...]:
        """Return the IPC of the title that shares the most telling terms."""
        votes: defaultdict[int, float] = defaultdict(float)
        own = terms_of(title)
        for term in sorted(terms_of(text[:200]) | own):
            known = self._with.get(term, ())
            if len(known) <= _COMMON:
                for number in known:
                    votes[number] += (3 if term in own else 1) / (4 + len(known))
        best = max(votes, key=lambda number: (votes[number], -number), default=0)
        return self._corpus.titles[best][1]


def _title(text: str) -> str:
    found = next(match for match in (pattern.search(text) for pattern in _NAMED) if match)
    return found[1]
