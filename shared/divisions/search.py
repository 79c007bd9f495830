"""Divisions by what somebody types: a name, a part of one, a name of old, English of a province, or a code."""

from functools import cache
from typing import NamedTuple

from shared.divisions.division import ENGLISH, Division, below, provinces

_LEAST = 2
"""Characters that are looked for: fewer stand in too many names."""


class _Known(NamedTuple):
    """A division as it is looked for.

    Attributes:
        names: its own, those of old, the English one of a province; in lower case.
        path: the names of all that it lies in, its own last, in one; English before them.
    """

    division: Division
    names: tuple[str, ...]
    path: str


def search(text: str, *, limit: int = 12) -> tuple[Division, ...]:
    """Return the divisions that a text may mean, the likeliest first, of equals the larger.

    Args:
        text: ``天河``, ``广州 天河``, ``广州市天河区``, ``萝岗``, ``Guangdong``, ``4401``. Of several words the last names the
            place, those before it what it lies in.
        limit: at most so many.
    """
    return tuple(one for _, one in _found(text)[:limit])


def meant(text: str) -> Division | None:
    """Return the one division that a text can only mean; ``None``: there is none, or several are called so."""
    found = _found(text)
    return found[0][1] if len(found) == 1 or (len(found) > 1 and found[0][0] < found[1][0]) else None


def _found(text: str) -> list[tuple[int, Division]]:
    """Return how good each fit is, with what fits: the best first."""
    *around, wanted = text.casefold().split() or [""]
    if len(wanted) < _LEAST:
        return []
    found = [
        (likeness, known.division)
        for known in _all()
        if (likeness := _likeness(wanted, known)) is not None and all(word in known.path for word in around)
    ]
    return sorted(found, key=lambda one: (one[0], len(one[1].code), one[1].code))


def _likeness(wanted: str, known: _Known) -> int | None:
    """Return how good a fit is, 0 the best; ``None``: it is none."""
    if wanted == known.division.code or wanted in known.names:
        return 0
    if known.division.code.startswith(wanted) or any(name.startswith(wanted) for name in known.names):
        return 1
    if any(wanted in name for name in known.names):
        return 2
    return 3 if known.path.endswith(wanted) else None


@cache
def _all() -> tuple[_Known, ...]:
    found = []
    waiting = list(provinces())
    while waiting:
        one = waiting.pop()
        whole = (*one.above, one)
        names = dict.fromkeys((one.name, *one.former, one.short(ENGLISH)))
        path = " ".join((whole[0].short(ENGLISH), "".join(division.name for division in whole)))
        found.append(_Known(one, tuple(name.casefold() for name in names), path.casefold()))
        waiting += below(one.code)
    return tuple(found)
