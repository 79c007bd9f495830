"""Places of the IPC with their Chinese titles, and how many stored publications lie in each."""

import lzma
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from services.matcher.engine import ipc, scheme
from services.matcher.engine.conditions import Field
from services.matcher.engine.text import normalise
from services.matcher.lookback.values import value_key
from shared.advice import IpcPlace

if TYPE_CHECKING:
    from services.matcher.lookback.past import Past


@cache
def titles() -> dict[str, str]:
    """Return place → its own title in Chinese, in the order of the scheme; read once, in 0.1 s."""
    raw = files("services.matcher.resources").joinpath("ipc_titles.txt.xz").read_bytes()
    return dict(line.split("\t") for line in lzma.decompress(raw).decode().splitlines())


@cache
def _plain() -> dict[str, str]:
    """Return place → its title in the form that is compared."""
    return {symbol: normalise(title) for symbol, title in titles().items()}


@cache
def _under() -> dict[str, list[str]]:
    """Return place → those directly under it; ``""``: the sections."""
    under: dict[str, list[str]] = {}
    for symbol in titles():
        under.setdefault(parent(symbol) or "", []).append(symbol)
    return under


def children(place: str) -> list[str]:
    """Return the places directly under a place, in the order of the scheme; under ``""``, the sections."""
    return _under().get(place, [])


def parent(place: str) -> str | None:
    """Return the nearest place above that has a title."""
    return next((above for above in scheme.path(place)[1:] if above in titles()), None)


def title_of(place: str) -> str:
    """Return a place's own title; of one that the edition no longer has, what it was a part of."""
    if (own := titles().get(place)) is not None:
        return own
    above = parent(place)
    return "" if above is None else f"已停用的类目，原属“{titles()[above]}”"


def place_of(symbol: str, past: "Past | None") -> IpcPlace:
    """Return a place with its title, and how many publications of the past lie in it."""
    return IpcPlace(
        symbol=symbol,
        title=title_of(symbol),
        parent=parent(symbol),
        children=len(children(symbol)),
        count=0 if past is None else _count(symbol, past),
    )


def look(symbol: str, past: "Past | None") -> tuple[IpcPlace, ...]:
    """Return a place and those directly under it; empty when there is none of this symbol."""
    if not symbol.strip():
        return tuple(place_of(section, past) for section in children(""))
    place = ipc.canonical(symbol.strip().removesuffix("*"))
    if place is None or place not in titles():
        return ()
    return tuple(place_of(one, past) for one in (place, *children(place)))


def titled(text: str, past: "Past | None", limit: int) -> tuple[IpcPlace, ...]:
    """Return places whose symbol begins so, or whose title, with those above it, holds all of these words; the wider ones first."""
    plain = "".join(normalise(text).split()).upper()
    if not plain:
        return ()
    found = [symbol for symbol in titles() if symbol.startswith(plain)]
    words = normalise(text).split()
    scored = []
    for symbol, own in _plain().items():
        if any(word in own for word in words) and all(word in own or word in _above(symbol) for word in words):
            scored.append((len(scheme.path(symbol)), len(own), symbol))
    found += [symbol for _, _, symbol in sorted(scored)]
    return tuple(place_of(symbol, past) for symbol in list(dict.fromkeys(found))[:limit])


def _above(symbol: str) -> str:
    return "\n".join(_plain().get(place, "") for place in scheme.path(symbol)[1:])


def _count(symbol: str, past: "Past") -> int:
    key = value_key(f"{Field.IPC:d}{symbol}*")
    return sum(int(np.count_nonzero(kept.alive[kept.segment.keys.with_key(key)])) for kept in past.kept)
