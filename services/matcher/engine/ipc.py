"""IPC patterns: a symbol alone, or a place of the scheme and everything below it, in whatever edition it was filed.

``H01M10/60*`` covers 10/61 to 10/667 because the scheme puts them under it (`scheme`); ``H10K50*`` covers H01L51/50 and ``H01L51*``
covers H10K50/11 because the one became the other (`succession`).
"""

import re
from functools import cache, lru_cache

from services.matcher.engine import scheme, succession
from services.matcher.engine.succession import Kind, Move
from services.matcher.engine.text import normalise

_SYMBOL = re.compile(r"([A-H])(?:(\d\d)(?:([A-Z])(?:(\d{1,4})(?:/(\d{2,6}))?)?)?)?(\*?)", re.ASCII)
_VERSION = re.compile(r"\(\d{4}\.\d\d\)$")


@lru_cache(maxsize=65536)
def canonical(text: str) -> str | None:
    """Return a symbol or pattern in one spelling (``H01M10/052``, ``H01M10/00*``, ``H01*``), ``None`` when it is neither.

    Blanks, an edition in brackets, full width and lower case are forgiven; a main group is written with ``/00``.
    """
    found = _SYMBOL.fullmatch(_VERSION.sub("", "".join(normalise(text).split())).upper())
    if not found:
        return None
    section, cls, subclass, group, subgroup, star = found.groups()
    symbol = f"{section}{cls or ''}{subclass or ''}"
    if group:
        symbol += f"{int(group)}/{subgroup or scheme.MAIN_GROUP}"
    return symbol + star


@lru_cache(maxsize=65536)
def keys(symbol: str) -> tuple[str, ...]:
    """Return every canonical pattern that covers a publication's symbol: itself, what is above it, then other editions'."""
    plain = canonical(symbol)
    if plain is None or plain.endswith("*"):
        return ()
    covering = dict.fromkeys((plain, *(f"{place}*" for place in scheme.path(plain))))
    covering.update(dict.fromkeys(succession.equals(plain)))
    for new in succession.later(plain):
        covering.update(dict.fromkeys(f"{place}*" for place in scheme.path(new)))
    covering.update(dict.fromkeys(f"{place}*" for place in succession.earlier(plain)))
    return tuple(covering)


def pattern_keys(pattern: str) -> tuple[str, ...]:
    """Return the keys of `keys` that a pattern, as its author wrote it, asks for; none when it is no pattern."""
    plain = canonical(pattern)
    return () if plain is None else (plain,)


def is_known(pattern: str) -> bool:
    """Whether the scheme, of today or of old, holds the place that a canonical pattern names."""
    return scheme.is_known(pattern.rstrip("*"))


def covers(pattern: str, symbol: str) -> bool:
    """Whether a pattern, as its author wrote it, covers a publication's symbol: the specification of the two kinds of keys.

    It reads the order of the scheme and the whole table of moves, and uses nothing that `keys` uses but the two tables.
    """
    wanted, plain = canonical(pattern), canonical(symbol)
    if wanted is None or plain is None or plain.endswith("*"):
        return False
    if not wanted.endswith("*"):
        return wanted == plain or any(
            move.kind is Kind.SAME and {wanted, plain} == {move.old, *move.new} for move in succession.moves()
        )
    place = wanted[:-1]
    if any(scheme.lies_in(filed, place) for filed in (plain, *_counterparts(plain, forward=True))):
        return True
    return any(
        filed == place or (scheme.lies_in(filed, place) and _is_dissolved(place))
        for filed in _counterparts(plain, forward=False)
    )


@lru_cache(maxsize=4096)
def _counterparts(symbol: str, *, forward: bool) -> tuple[str, ...]:
    return tuple(_moved(symbol, forward=forward))


def _is_dissolved(place: str) -> bool:
    around = [(end, move) for end, move in _ends(place[:4], forward=True) if scheme.lies_in(place, end)]
    return any(
        move.kind is not Kind.PART
        for end, move in around
        if not any(end != other and scheme.lies_in(other, end) for other, _ in around)
    )


def _moved(place: str, *, forward: bool) -> list[str]:
    """Return where a place's content went, or came from, step by step through the editions."""
    around = [(end, move) for end, move in _ends(place[:4], forward=forward) if scheme.lies_in(place, end)]
    if any("/" in end for end, _ in around):
        around = [(end, move) for end, move in around if "/" in end]
    nearest = [
        move
        for end, move in around
        if not any(
            end != other
            and scheme.lies_in(other, end)
            and (forward or move.old.split("/")[0] == rival.old.split("/")[0])
            for other, rival in around
        )
    ]
    found = [other for move in nearest for other in (_surely_in(move) if forward else [move.old])]
    return found + [further for other in found for further in _moved(other, forward=forward)]


@cache
def _ends(subclass: str, *, forward: bool) -> list[tuple[str, Move]]:
    """Return the moves out of a subclass, or into it, each with the place there."""
    ends = ((end, move) for move in succession.moves() for end in ((move.old,) if forward else move.new))
    return [(end, move) for end, move in ends if subclass.startswith(end[:4])]


def _surely_in(move: Move) -> list[str]:
    """Return the narrowest places that hold all that a move took away: none when the old place kept something."""
    if move.kind is Kind.PART:
        return []
    first = move.new[0]
    candidates = [first, *(first[:length] for length in (4, 3, 1) if len(first) > length)]
    if first.partition("/")[2]:
        group = first.partition("/")[0]
        candidates += [f"{group}/{number}" for number in ("00", *(n for n, _ in scheme.levels(group)))]
    shared = [place for place in candidates if all(scheme.lies_in(new, place) for new in move.new)]
    return [p for p in shared if not any(q != p and scheme.lies_in(q, p) for q in shared)]
