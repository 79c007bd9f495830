"""Words that belong together: what stands with a word more often than by chance, what it is a part of, what means the same."""

import math
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import rjieba

from services.matcher.engine.rarity import rarities, shares
from services.matcher.engine.segment import HAN, LETTER, character_class
from services.matcher.engine.text import normalise, normalise_term
from services.matcher.lookback.holding import number_with, publications_with
from services.matcher.rings.mining.words import DOINGS, FUNCTION_WORDS, GENERIC
from shared.advice import Related, Suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from services.matcher.lookback.past import Past
    from services.matcher.rings import Rings
    from shared.wire.publication import Publication

SAMPLE = 200
"""Publications that are read for the company a word keeps."""
LONGEST = 5_000
"""Characters of a description that are read."""
_SHORTEST, _LONGEST = 2, 10
_OFTEN = 3
_COMMON = 0.03
"""What more of all publications hold tells nothing about one technology."""
_TELLING = 10.83
"""Of the log-likelihood ratio: a chance of one in a thousand (chi-squared, one degree of freedom)."""
_DULL = FUNCTION_WORDS | DOINGS | GENERIC | {"及其", "公司", "我们"}


def suggest(past: "Past", terms: "Sequence[str]", rings: "Rings", limit: int) -> tuple[Suggestion, ...]:
    """Return words that belong to these: synonyms, then narrower, wider and accompanying ones by turns."""
    given = {normalise_term(term) for term in terms}
    kinds: dict[Related, list[str]] = {related: [] for related in Related}
    for term in terms:
        plain = normalise_term(term)
        if not plain:
            continue
        held = _counted(publications_with(past, plain, SAMPLE))
        kinds[Related.SYNONYM] += rings.synonyms_of(term)
        kinds[Related.NARROWER] += _narrower(plain, held.words)
        kinds[Related.BROADER] += _broader(plain)
        kinds[Related.TOGETHER] += _telling(held, limit)
    chosen: dict[str, Related] = {}
    synonyms = kinds.pop(Related.SYNONYM)
    for text, related in [(text, Related.SYNONYM) for text in synonyms] + list(_by_turns(kinds)):
        if (plain := normalise_term(text)) not in given and not any(
            term in plain and related is Related.TOGETHER for term in given
        ):
            chosen.setdefault(text, related)
    counted = ((text, related, number_with(past, text)) for text, related in list(chosen.items())[:limit])
    return tuple(
        Suggestion(text=text, related=related, count=count)
        for text, related, count in counted
        if count or related is Related.SYNONYM
    )


def describe(past: "Past", text: str, limit: int) -> tuple[Suggestion, ...]:
    """Return the words of a description that tell most, by how rare they are in patents, the best first."""
    times = Counter(compounds_of(text[:LONGEST]))
    weight = dict(zip(times, rarities(list(times)).tolist(), strict=True))
    best = sorted(times, key=lambda word: -weight[word] * times[word])
    counts = {word: number_with(past, word) for word in best[: 3 * limit]}
    common = [word for word, count in counts.items() if count >= _OFTEN]
    kept = [word for word, count in counts.items() if count and not _is_part(word, times, common)]
    return tuple(Suggestion(text=word, related=Related.TOGETHER, count=counts[word]) for word in kept[:limit])


class _Counted(NamedTuple):
    """In how many of some publications each word stands."""

    publications: int
    words: "Counter[str]"


def _counted(publications: "Sequence[Publication]") -> _Counted:
    return _Counted(len(publications), Counter(word for one in publications for word in words_of(one)))


def telling(publications: "Sequence[Publication]", limit: int) -> list[str]:
    """Return the words that more of these publications hold than of all, the most telling first (log-likelihood ratio)."""
    return _telling(_counted(publications), limit)


def _telling(held: _Counted, limit: int) -> list[str]:
    words = [word for word, times in held.words.items() if times >= _OFTEN]
    if not words:
        return []
    usual = dict(zip(words, shares(words).tolist(), strict=True))
    ratio = {
        word: _likelihood(held.words[word], held.publications, usual[word]) for word in words if usual[word] <= _COMMON
    }
    best = sorted((word for word in ratio if ratio[word] >= _TELLING), key=lambda word: -ratio[word])
    chosen: list[str] = []
    for word in best:
        if not any(word in other or other in word for other in chosen):
            chosen.append(word)
        if len(chosen) == limit:
            break
    return chosen


def words_of(publication: "Publication") -> set[str]:
    """Return the words of a publication's title and abstract that may name something, see `compounds_of`."""
    return {*compounds_of(publication.title), *compounds_of(publication.abstract or "")}


def compounds_of(text: str) -> "Iterator[str]":
    """Give the words of a text that may name something, and each two neighbours of them as one."""
    words = rjieba.cut(normalise(text))
    for word in words:
        if _names(word):
            yield word
    for first, second in pairwise(words):
        both = first + second
        if _SHORTEST < len(both) <= _LONGEST and _is_word(first) and _names(second) and first not in _DULL:
            yield both


def _names(word: str) -> bool:
    return len(word) >= _SHORTEST and _is_word(word) and word not in _DULL and not word.isdigit()


def _is_word(word: str) -> bool:
    return all(character_class(character) in (HAN, LETTER) for character in word) and not word.isdigit()


def _is_part(word: str, times: "Counter[str]", others: "Iterable[str]") -> bool:
    """Whether one of the others, a longer word, says as much as often."""
    return any(word != other and word in other and times[other] >= times[word] for other in others)


def _narrower(term: str, held: "Counter[str]") -> list[str]:
    """Return longer words that hold a term, the most frequent first."""
    return [word for word, times in held.most_common() if term in word and word != term and times >= _OFTEN]


def _broader(term: str) -> list[str]:
    """Return what is left of a term without the words that come first."""
    words = rjieba.cut(term)
    return [rest for at in range(1, len(words)) if _names(rest := "".join(words[at:]))]


def _by_turns(kinds: "dict[Related, list[str]]") -> "Iterator[tuple[str, Related]]":
    for at in range(max(map(len, kinds.values()), default=0)):
        for related, texts in kinds.items():
            if at < len(texts):
                yield texts[at], related


def _likelihood(held: int, total: int, share: float) -> float:
    """Return Dunning's log-likelihood ratio of a word in so many of these publications, against its usual share; 0 when no more."""
    part = held / total
    if part <= share:
        return 0.0
    rest = total - held
    missing = rest * math.log((1 - part) / (1 - share)) if rest else 0.0
    return 2 * (held * math.log(part / max(share, np.finfo(float).tiny)) + missing)
