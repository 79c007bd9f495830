"""IPC patterns: a symbol alone, or a place of the scheme and everything below it by the scheme's dots.

``H01M10/60*`` covers 10/61 to 10/667 because the scheme puts them under it, not because the digits agree.
A symbol that the table does not know (of a later edition) is covered by its main group and what is above.
"""

import gzip
import re
from functools import cache, lru_cache
from importlib.resources import files

from services.matcher.engine.text import normalise

_SYMBOL = re.compile(r"([A-H])(?:(\d\d)(?:([A-Z])(?:(\d{1,4})(?:/(\d{2,6}))?)?)?)?(\*?)", re.ASCII)
_VERSION = re.compile(r"\(\d{4}\.\d\d\)$")
MAIN_GROUP = "00"
NEWER_CLASS = "H10"
"""Made after the table: its places are taken as known."""


@cache
def _groups() -> dict[str, str]:
    """Return main group → its subgroups with dots, unread until somebody asks: 10 ms in place of 60."""
    raw = gzip.decompress(files("services.matcher.resources").joinpath("ipc_levels.txt.gz").read_bytes())
    return {group: rest for group, _, rest in (line.partition(" ") for line in raw.decode("ascii").splitlines())}


@lru_cache(maxsize=2048)
def _parents(group: str) -> dict[str, str]:
    """Return subgroup → the subgroup above it, for one main group (``H01M10``)."""
    parents = {}
    path = [MAIN_GROUP]
    for entry in _groups().get(group, "").split():
        number, _, dots = entry.partition(":")
        del path[int(dots) :]
        parents[number] = path[-1]
        path.append(number)
    return parents


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
        symbol += f"{int(group)}/{subgroup or MAIN_GROUP}"
    return symbol + star


@lru_cache(maxsize=65536)
def keys(symbol: str) -> tuple[str, ...]:
    """Return every canonical pattern that covers a publication's symbol, the symbol alone first."""
    plain = canonical(symbol)
    if plain is None or plain.endswith("*"):
        return ()
    place, _, number = plain.partition("/")
    covering = [plain]
    if number:
        parents = _parents(place)
        while number != MAIN_GROUP:
            covering.append(f"{place}/{number}*")
            number = parents.get(number, MAIN_GROUP)
        covering.append(f"{place}/{MAIN_GROUP}*")
    covering += [f"{plain[:length]}*" for length in (4, 3, 1) if len(plain) >= length]
    return tuple(covering)


def pattern_keys(pattern: str) -> tuple[str, ...]:
    """Return the keys of `keys` that a pattern, as its author wrote it, asks for; none when it is no pattern."""
    plain = canonical(pattern)
    return () if plain is None else (plain,)


def is_known(pattern: str) -> bool:
    """Whether the scheme's table holds the place that a canonical pattern names."""
    place, _, number = pattern.rstrip("*").partition("/")
    if place.startswith(NEWER_CLASS):
        return True
    if number:
        return place in _groups() and (number == MAIN_GROUP or number in _parents(place))
    return any(group.startswith(place) for group in _groups())


def covers(pattern: str, symbol: str) -> bool:
    """Whether a pattern, as its author wrote it, covers a publication's symbol."""
    plain = canonical(pattern)
    return plain is not None and plain in keys(symbol)
