"""Moves within the classification: what was filed under H01L51 until 2022 is filed under H10K since.

A *move* says that the content of an old place lies in new places (`Kind` says how much of it). A symbol's counterparts are
the places under which its content is or was filed in other editions. Forward, from an old symbol, only what is sure
is taken: the new place, or what is common to all of them where the old place was divided. Backward, from a
new symbol, all places that it came from are taken, for whoever asked for one of them was given this before; but of the
places above these only those that are gone as well.
"""

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from services.matcher.engine import scheme

if TYPE_CHECKING:
    from collections.abc import Iterator


class Kind(StrEnum):
    """How an old place's content moved."""

    SAME = "same"
    """One to one: the two symbols mean the same."""
    WHOLE = "whole"
    """All or nearly all of it lies in the one new place."""
    SPLIT = "split"
    """It was divided among several new places."""
    PART = "part"
    """A part of it moved; the old place keeps the rest, or another move tells of it."""


@dataclass(frozen=True, slots=True)
class Move:
    """One line of the table."""

    edition: str
    kind: Kind
    old: str
    new: tuple[str, ...]


@cache
def moves() -> tuple[Move, ...]:
    """Return the table of moves, read when first asked for."""
    text = files("services.matcher.resources").joinpath("ipc_successors.txt").read_text("utf-8")
    rows = (line.split() for line in text.splitlines() if not line.startswith("#"))
    return tuple(Move(edition, Kind(kind), old, tuple(new)) for edition, kind, old, *new in rows)


@cache
def _by_place() -> tuple[dict[str, list[Move]], dict[str, list[Move]]]:
    """Return old place → its moves, and new place → the moves that led to it."""
    leaving: defaultdict[str, list[Move]] = defaultdict(list)
    arriving: defaultdict[str, list[Move]] = defaultdict(list)
    for move in moves():
        leaving[move.old].append(move)
        for place in move.new:
            arriving[place].append(move)
    return dict(leaving), dict(arriving)


def destinations(move: Move) -> tuple[str, ...]:
    """Return the places that hold all of an old place's content, as far as one move tells."""
    if move.kind is Kind.PART:
        return ()
    if move.kind is not Kind.SPLIT:
        return move.new
    first, *others = (scheme.path(place) for place in move.new)
    return tuple(place for place in first if all(place in path for path in others))[:1]


def equals(symbol: str) -> "Iterator[str]":
    """Return the symbols of other editions that mean just the same as this one."""
    leaving, arriving = _by_place()
    yield from (move.new[0] for move in leaving.get(symbol, ()) if move.kind is Kind.SAME)
    yield from (move.old for move in arriving.get(symbol, ()) if move.kind is Kind.SAME)


def later(symbol: str) -> "Iterator[str]":
    """Return the places that hold a symbol's content in later editions; what is above them holds it, too."""
    leaving, _ = _by_place()
    yield from _later(symbol, leaving)


def earlier(symbol: str) -> "Iterator[str]":
    """Return the places that held a symbol's content in earlier editions and were dissolved with it.

    H10K50/11 came from H01L51/50, and H01L51 and H01L went the same way: these three. G06F40/30 came from G06F17/27, and that is all:
    G06F17 still exists, and who asks for it today does not ask for what left it.
    """
    leaving, arriving = _by_place()
    for old in _earlier(symbol, arriving):
        yield old
        yield from (place for place in scheme.path(old)[1:] if _is_dissolved(place, leaving))


def _is_dissolved(place: str, leaving: dict[str, list[Move]]) -> bool:
    nearest = next((above for above in scheme.path(place) if above in leaving), None)
    return nearest is not None and any(move.kind is not Kind.PART for move in leaving[nearest])


def _later(place: str, leaving: dict[str, list[Move]]) -> "Iterator[str]":
    nearest = next((above for above in scheme.path(place) if above in leaving), None)
    if nearest:
        for move in leaving[nearest]:
            for new in destinations(move):
                yield new
                yield from _later(new, leaving)


def _earlier(place: str, arriving: dict[str, list[Move]]) -> "Iterator[str]":
    for move in _origins(place, arriving):
        yield move.old
        yield from _earlier(move.old, arriving)


def _origins(place: str, arriving: dict[str, list[Move]]) -> list[Move]:
    """Return the moves that led to a place, or to the nearest above it: within its main group, the nearest of each old main group.

    H10B41/30 came from H01L27/11521 and, by way of H10B41/00, from H01L21/8247; that H10B41/00 came from H01L27/11517, too, adds nothing.
    """
    within: dict[str, list[Move]] = {}
    for above in scheme.path(place):
        if "/" not in above and within:
            break
        found = arriving.get(above, ())
        told = set(within)
        for move in found:
            if _group(move.old) not in told:
                within.setdefault(_group(move.old), []).append(move)
    return [move for moves_of_group in within.values() for move in moves_of_group]


def _group(place: str) -> str:
    return place.partition("/")[0]
