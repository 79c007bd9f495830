"""The tree of the International Patent Classification: what lies above a place, by the scheme's dots.

A place is written as its symbol in one spelling: ``H``, ``H01``, ``H01M``, ``H01M10/00`` (the main group), ``H01M10/052``.
``H01M10/613`` lies under ``H01M10/60`` because the scheme puts it there, not because the digits agree. Of a subgroup
that the table does not know only its main group and what is above are known.
"""

import gzip
from functools import cache, lru_cache
from importlib.resources import files

MAIN_GROUP = "00"


@cache
def _groups() -> dict[str, str]:
    """Return main group → its subgroups with dots, unread until somebody asks: 10 ms in place of 60."""
    raw = gzip.decompress(files("services.matcher.resources").joinpath("ipc_levels.txt.gz").read_bytes())
    return {group: rest for group, _, rest in (line.partition(" ") for line in raw.decode("ascii").splitlines())}


@lru_cache(maxsize=4096)
def levels(group: str) -> tuple[tuple[str, int], ...]:
    """Return a main group's subgroups in the order of the scheme, each with its dots (``("0525", 3)``), 0 where they are not known."""
    entries = (entry.partition(":") for entry in _groups().get(group, "").split())
    return tuple((number, int(dots)) for number, _, dots in entries)


@lru_cache(maxsize=4096)
def _parents(group: str) -> dict[str, str]:
    """Return subgroup → the subgroup above it, for one main group (``H01M10``)."""
    parents = {}
    path = [(0, MAIN_GROUP)]
    for number, dots in levels(group):
        while dots and path[-1][0] >= dots:
            path.pop()
        parents[number] = path[-1][1] if dots else MAIN_GROUP
        if dots:
            path.append((dots, number))
    return parents


@lru_cache(maxsize=16384)
def path(place: str) -> tuple[str, ...]:
    """Return a place and every place above it, from the narrowest to the section."""
    group, _, number = place.partition("/")
    above = []
    if number:
        parents = _parents(group)
        while number != MAIN_GROUP:
            above.append(f"{group}/{number}")
            number = parents.get(number, MAIN_GROUP)
        above.append(f"{group}/{MAIN_GROUP}")
    above += [place[:length] for length in (4, 3, 1) if len(place) >= length]
    return tuple(above)


def is_known(place: str) -> bool:
    """Whether the table holds a place."""
    group, _, number = place.partition("/")
    if number:
        return group in _groups() and (number == MAIN_GROUP or number in _parents(group))
    return any(known.startswith(place) for known in _groups())


def lies_in(place: str, other: str) -> bool:
    """Whether a place is another one or lies below it: the same as ``other in path(place)``, told from the order alone.

    The specification of `path`: going back from the place through the scheme, the other comes before anything of its own dots or fewer.
    """
    if place == other:
        return True
    group, _, number = place.partition("/")
    above, _, wanted = other.partition("/")
    if not wanted:
        return place.startswith(above) and len(above) in (1, 3, 4)
    if group != above or not number:
        return False
    if wanted == MAIN_GROUP:
        return True
    order = [(known, dots) for known, dots in levels(group) if dots]
    at = next((index for index, (known, _) in enumerate(order) if known == wanted), None)
    if at is None:
        return False
    below = [known for known, _ in order[at + 1 :]]
    deeper = [dots > order[at][1] for _, dots in order[at + 1 :]]
    end = deeper.index(False) if False in deeper else len(deeper)
    return number in below[:end]
