"""Bibliographic values as keys of the index: the very keys by which the engine compares patterns with values."""

from collections import defaultdict
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from services.matcher.engine.conditions import Field, keys_of, values_of
from services.matcher.lookback.characters import DOCUMENT_BITS, distinct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from shared.wire.publication import Publication

_FIELDS = frozenset(Field)

_KEY_BITS = 48
"""With a document's position a key fills 64 bits. Two of a million keys share theirs once in 500 indexes."""


@lru_cache(maxsize=65536)
def value_key(key: str) -> int:
    """Return the number that stands for a key of `conditions.keys_of`."""
    return _hashed(key)


def entries(publications: "Sequence[Publication]") -> "NDArray[np.uint64]":
    """Return the keys of some publications with their positions, as `Postings.of` takes them."""
    documents: defaultdict[tuple[Field, str], list[int]] = defaultdict(list)
    for document, publication in enumerate(publications):
        for field, _, value in values_of(publication, _FIELDS):
            documents[field, value].append(document)
    of_key: defaultdict[int, list[list[int]]] = defaultdict(list)
    for (field, value), those in documents.items():
        for key in set(keys_of(field, value)):
            of_key[value_key(key)].append(those)
    pieces = [
        (np.uint64(key) << DOCUMENT_BITS) | np.fromiter((one for those in lists for one in those), np.uint64)
        for key, lists in of_key.items()
    ]
    return distinct(np.concatenate(pieces)) if pieces else np.zeros(0, np.uint64)


def number_key(number: str) -> int:
    """Return the number that stands for a publication number."""
    return _hashed(number)  # not kept: each is asked for once


def number_entries(publications: "Sequence[Publication]") -> "NDArray[np.uint64]":
    """Return the numbers of some publications with their positions, as `Postings.of` takes them."""
    keys = np.fromiter((number_key(one.publication_number) for one in publications), np.uint64, len(publications))
    return np.sort((keys << DOCUMENT_BITS) | np.arange(len(publications), dtype=np.uint64))


def _hashed(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_KEY_BITS // 8).digest(), "big")
