"""What was worked out of publications before."""

from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from shared.wire.publication import Publication

if TYPE_CHECKING:
    from collections.abc import Callable

PUBLICATIONS = 2_048
"""As many are known again. The stores remember more of them, so that letting go of one here frees nothing, which takes its time."""

_Value = TypeVar("_Value")


_MET: dict[int, list[Any]] = {}
"""The publications that were met last, by `id`, each with what was worked out of it; who is kept alive is known again by who it is."""


class Known(Generic[_Value]):
    """What was worked out of publications. The stores give what is told to many out of their memory, the same one to each.

    Attributes:
        made: how many kinds of knowledge there are.
    """

    made: ClassVar[int] = 0

    def __init__(self, make: "Callable[[Publication], _Value]") -> None:
        self._make = make
        Known.made += 1
        self._place = Known.made
        _MET.clear()  # nothing has a place for this yet

    def of(self, publication: Publication) -> _Value:
        """Return what is known, or work it out."""
        met = _MET.get(id(publication)) or _meet(publication)
        known: _Value | None = met[self._place]
        if known is None:
            known = met[self._place] = self._make(publication)
        return known


def _meet(publication: Publication) -> list[Any]:
    if len(_MET) >= PUBLICATIONS:
        _MET.clear()
    met = _MET[id(publication)] = [publication, *[None] * Known.made]
    return met
