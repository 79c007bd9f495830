"""Longer words of the dictionary that hold a keyword."""

from collections import defaultdict
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from services.matcher.engine.dictionary import dictionary
from services.matcher.engine.segment import HAN, character_class

if TYPE_CHECKING:
    from collections.abc import Collection

LONGEST = 5
"""Characters of a word that is looked at as one that holds a keyword."""
SHORTEST = 3
FEW = 300
"""Up to so many keywords, each is looked for in all words; more are looked up, piece by piece of every word."""

_BETWEEN = "\n"


def words_with(terms: "Collection[str]") -> dict[str, list[str]]:
    """Return, for each normalised keyword of ideographs, the longer words of the dictionary that hold it."""
    wanted = {term for term in terms if 1 < len(term) < LONGEST and all(character_class(c) == HAN for c in term)}
    if len(wanted) <= FEW:
        return {term: holding for term in wanted if (holding := _looked_for(term))}
    found: defaultdict[str, list[str]] = defaultdict(list)
    for word in _words().split(_BETWEEN):
        for length in range(2, len(word)):
            for at in range(len(word) - length + 1):
                if (part := word[at : at + length]) in wanted:
                    found[part].append(word)
    return found


def _looked_for(term: str) -> list[str]:
    words, found = _words(), []
    at = words.find(term)
    while at >= 0:
        start = words.rfind(_BETWEEN, 0, at) + 1
        end = words.find(_BETWEEN, at)
        if end - start > len(term):
            found.append(words[start:end])
        at = words.find(term, end)
    return found


@cache
def _words() -> str:
    """Return the words of the dictionary that are neither too short nor too long, each followed by a line's end."""
    words = dictionary().words
    text = words.points.tobytes().decode("utf-32-le")
    spans = pairwise(words.starts.tolist())
    return "".join(text[start:end] + _BETWEEN for start, end in spans if SHORTEST <= end - start <= LONGEST)
