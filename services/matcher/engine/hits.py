"""What was found in a batch, before any rule is asked."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Column = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Hits:
    """Keys found in a batch, a row each; more sources of hits would add rows.

    Attributes:
        document: position of the publication in the batch.
        key: number of the key.
        field: one of `TEXT_FIELDS` by number, or `BIBLIOGRAPHIC_FIELD`.
        place: how it lies there.
        start: in the field, in characters.
        end: one past the last.
    """

    document: "Column"
    key: "Column"
    field: "Column"
    place: "Column"
    start: "Column"
    end: "Column"
