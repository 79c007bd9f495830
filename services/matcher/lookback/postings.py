"""From keys to the documents that have them: three arrays, which can be mapped from files."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from services.matcher.lookback.characters import DOCUMENT_BITS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Documents = NDArray[np.uint16]

_DOCUMENT = np.uint64((1 << int(DOCUMENT_BITS)) - 1)


class Postings(NamedTuple):
    """Keys and their documents.

    Attributes:
        keys: ascending.
        starts: key → where its documents begin, and one past the last.
        documents: positions in a segment, ascending for each key.
    """

    keys: "NDArray[np.uint64]"
    starts: "NDArray[np.int64]"
    documents: "Documents"

    @classmethod
    def of(cls, entries: "NDArray[np.uint64]") -> "Postings":
        """Make postings of ``key << DOCUMENT_BITS | document``, ascending, none twice."""
        keys = entries >> DOCUMENT_BITS
        first = np.flatnonzero(np.diff(keys, prepend=np.uint64(0xFFFFFFFFFFFFFFFF)))
        return cls(keys[first], np.append(first, len(keys)).astype(np.int64), (entries & _DOCUMENT).astype(np.uint16))

    def with_key(self, key: int) -> "Documents":
        """Return the documents of a key."""
        return self.between(key, key + 1)

    def between(self, first: int, end: int) -> "Documents":
        """Return the documents of all keys from ``first`` to before ``end``; of several keys, some may be there twice."""
        low, high = np.searchsorted(self.keys, np.array([first, end], np.uint64))
        return self.documents[self.starts[low] : self.starts[high]]
