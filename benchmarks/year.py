"""A year of publications: a gazette's titles and classes over abstracts whose clauses are drawn from abstracts of patents."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np

from benchmarks.corpus import Corpus
from shared.wire.publication import Applicant, Publication

FIRST = date(2025, 1, 3)
"""A Friday; issues of the gazette appear on Tuesdays and Fridays."""
ISSUES = 104
_CLAUSE = re.compile(r"[^，。；]+[，。；]")
_PLACES = ("440106", "440305", "320505", "330108", "110108", "310115", "510104", "420111")
_ABSTRACTS_OF_ONE = 3


def year(corpus: Corpus, count: int, *, characters: int = 260, seed: int = 11) -> Iterator[Publication]:
    """Give publications in the order of their days; each has a title of its own kind, and no two the same abstract.

    Args:
        corpus: the texts.
        count: how many, evenly over `ISSUES` days.
        characters: of an abstract, about.
        seed: of all choices.
    """
    clauses = [found for text in corpus.abstracts if len(found := _CLAUSE.findall(text)) > 1]
    chance = np.random.default_rng(seed)
    for number in range(count):
        title, symbols = corpus.titles[int(chance.integers(len(corpus.titles)))]
        of_texts = chance.integers(len(clauses), size=_ABSTRACTS_OF_ONE).tolist()
        order = chance.random(64)
        pool = [clause for text in of_texts for clause in clauses[text]]
        abstract, at = f"本发明公开了{title}，", 0
        while len(abstract) < characters and at < len(order):
            abstract += pool[int(order[at] * len(pool))]
            at += 1
        issue = number * ISSUES // count
        yield Publication(
            publication_number=f"CN{120_000_000 + number}A",
            kind="A" if number % 3 else "U",
            title=title,
            abstract=abstract,
            published_on=FIRST + timedelta(days=issue // 2 * 7 + issue % 2 * 4),
            applicants=(
                Applicant(
                    name=f"广州市某某{int(chance.zipf(1.3)) % 50_000}号科技有限公司",
                    region=_PLACES[number % len(_PLACES)],
                ),
            ),
            ipc=symbols,
            source="benchmark",
        )
