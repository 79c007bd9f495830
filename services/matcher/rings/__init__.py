"""Synonym rings: terms that name the same thing, the shipped ones and those that a person accepted.

The engine is given a `Rings` value; nothing inside it reads a file or a global.
"""

from services.matcher.rings.ring import Ring
from services.matcher.rings.rings import Rings, ring_set, synonyms_of

__all__ = ["Ring", "Rings", "ring_set", "synonyms_of"]
