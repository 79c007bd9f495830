"""Latin names with one letter wrong, by the names that the synonym rings hold."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import OSA

from services.matcher.engine.text import normalise_term

if TYPE_CHECKING:
    from services.matcher.rings import Rings

LEAST_LETTERS = 6
"""Shorter names are too near to one another."""

_LATIN = re.compile(r"[a-z]+(?: [a-z]+)*", re.ASCII)


@lru_cache(maxsize=4)
def latin_names(rings: "Rings") -> frozenset[str]:
    """Return the members of rings that consist of Latin letters, as they are looked for."""
    members = {normalise_term(member) for ring in rings.rings for member in ring.members}
    return frozenset(member for member in members if len(member) >= LEAST_LETTERS - 1 and _LATIN.fullmatch(member))


def names_meant(plain: str, rings: "Rings") -> tuple[str, ...]:
    """Return the names that a normalised keyword is one slip away from: a letter wrong, missing, too many, or two swapped."""
    names = latin_names(rings)
    if len(plain) < LEAST_LETTERS or not _LATIN.fullmatch(plain) or plain in names:
        return ()
    return tuple(
        sorted(name for name, _, _ in process.extract(plain, names, scorer=OSA.distance, score_cutoff=1, limit=None))
    )
