"""How good the engine is at saying where a keyword stands: labelled occurrences and straddles, and what other ways make of them.

``occurrences.txt``: true occurrences in patent abstracts, a random sample of the keywords that people chose for them, read one by
one. ``straddles.txt``: words that do not stand where their characters do, in patent titles. The texts are fragments; the keyword
is in brackets. Both come from texts that were kept from the counting of the patent dictionary (`tools/make_patent_words.py`).
"""

import itertools
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from rapidfuzz import fuzz

from services.matcher.engine.counts import Counts
from services.matcher.engine.dictionary import Dictionary, dictionary, general_counts, patent_counts
from services.matcher.engine.plain import CutText
from services.matcher.engine.segment import HAN, character_class, tokens
from services.matcher.engine.terms import AFFIX_LIMIT, WORD_LIMIT, Place
from services.matcher.engine.text import normalise

DATA = Path(__file__).resolve().parents[1] / "tests" / "unit" / "matcher" / "data"
PARTIAL_RATIO = 80


class Labelled(NamedTuple):
    """A place of a keyword in a normalised text."""

    text: str
    start: int
    end: int


class Measured(NamedTuple):
    """What a way of looking makes of the labelled places."""

    found: int
    let_in: int
    occurrences: int
    straddles: int

    def __str__(self) -> str:
        precision = self.found / (self.found + self.let_in)
        return (
            f"finds {self.found} of {self.occurrences}, lets in {self.let_in} of {self.straddles}: "
            f"precision {precision:.1%}, recall {self.found / self.occurrences:.1%}"
        )


def labelled(name: str) -> list[Labelled]:
    """Read a file of labelled places."""
    places = []
    for line in (DATA / name).read_text("utf-8").splitlines():
        before, _, rest = normalise(line).partition("[")
        keyword, _, after = rest.partition("]")
        places.append(Labelled(before + keyword + after, len(before), len(before) + len(keyword)))
    return places


def measure(looks: Callable[[Labelled], bool]) -> Measured:
    """Ask a way of looking about every labelled place."""
    occurrences, straddles = labelled("occurrences.txt"), labelled("straddles.txt")
    return Measured(sum(map(looks, occurrences)), sum(map(looks, straddles)), len(occurrences), len(straddles))


def judged(
    known: Dictionary | None = None, word_limit: int = WORD_LIMIT, affix_limit: int = AFFIX_LIMIT
) -> Callable[[Labelled], bool]:
    """Return the engine's way: a word or an affix, by this dictionary and these limits."""
    return lambda place: (
        CutText(place.text, known, word_limit=word_limit, affix_limit=affix_limit).place(place.start, place.end)
        >= Place.AFFIX
    )


def substring(_: Labelled) -> bool:
    """Every place where the characters stand."""
    return True


def exact_token(place: Labelled) -> bool:
    """The keyword is one token of the segmenter."""
    return (place.start, place.end) in tokens(place.text)


def run_of_tokens(place: Labelled) -> bool:
    """Both ends are token boundaries."""
    edges = set(itertools.chain.from_iterable(tokens(place.text)))
    return place.start in edges and place.end in edges


def run_or_end_of_token(place: Labelled) -> bool:
    """A run of tokens, or a piece of one token of ideographs at one of its ends: segmentation alone."""
    return run_of_tokens(place) or any(
        start <= place.start and place.end <= end and (start == place.start or end == place.end)
        for start, end in tokens(place.text)
        if character_class(place.text[start]) == HAN
    )


def partial_ratio(place: Labelled) -> bool:
    """The best window of rapidfuzz."""
    return fuzz.partial_ratio(place.text[place.start : place.end], place.text) >= PARTIAL_RATIO


def comparison() -> Iterable[tuple[str, Measured]]:
    """Yield the engine and what people use today."""
    yield "zhitui: word or affix", measure(judged())
    yield "substring", measure(substring)
    yield "exact jieba token", measure(exact_token)
    yield f"partial_ratio >= {PARTIAL_RATIO}", measure(partial_ratio)


def ablation() -> Iterable[tuple[str, Measured]]:
    """Yield what each part of the judge is good for."""
    general, patents = general_counts(), patent_counts()
    yield "run of tokens", measure(run_of_tokens)
    yield "run of tokens or end of one", measure(run_or_end_of_token)
    yield "judge, jieba's counts alone", measure(judged(Dictionary.of(general, Counts.of({}))))
    yield "judge, jieba's words as patents use them", measure(judged(Dictionary.of(general, patents.among(general))))
    yield "judge, and words that patents alone have", measure(judged(dictionary()))
    for word_limit, affix_limit in ((0, 0), (500, 1000), (1000, 2000), (2000, 4000), (4000, 8000)):
        label = f"judge, limits {word_limit} and {affix_limit}"
        yield label, measure(judged(dictionary(), word_limit, affix_limit))


def run() -> list[tuple[str, str]]:
    """Return the two tables."""
    return [(label, str(measured)) for label, measured in itertools.chain(comparison(), ablation())]


if __name__ == "__main__":
    for name, figures in run():
        print(f"{name:<44} {figures}")
