"""How common an IPC place, a kind or a region is: the counts of one gazette issue, that of 9 July 2019."""

import gzip
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from services.matcher.engine import ipc
from services.matcher.engine.bibliography import kind_pattern, region_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable

LEAST = 3
"""Publications that a key needs to be in the table."""
_UNLISTED = 1.0
"""Publications expected of a key that is not."""
DESIGNS = ("S",)
"""The kind of what has neither abstract nor IPC."""


@cache
def _table() -> tuple[int, dict[str, int]]:
    raw = gzip.decompress(files("services.matcher.resources").joinpath("bibliography_shares.txt.gz").read_bytes())
    total, *rows = raw.decode("ascii").splitlines()
    return int(total), {key: int(count) for key, _, count in (row.partition("\t") for row in rows)}


def ipc_share(patterns: "Iterable[str]") -> float:
    """Return the share of publications, 0 to 1, with a symbol that one of the patterns fits."""
    return any_of(_share(f"ipc:{key}") for pattern in patterns for key in ipc.pattern_keys(pattern))


def region_share(patterns: "Iterable[str]") -> float:
    """Return the share of publications with an applicant from one of the regions."""
    return any_of(_share(f"where:{region_pattern(pattern)}") for pattern in patterns)


def kind_share(patterns: "Iterable[str]") -> float:
    """Return the share of publications of one of the kinds."""
    return min(1.0, sum(_share(f"kind:{kind}") for kind in {kind_pattern(pattern) for pattern in patterns}))


def any_of(shares: "Iterable[float]") -> float:
    """Return the share of publications that have at least one of several things that go together by chance only."""
    without = 1.0
    for share in shares:
        without *= 1.0 - share
    return 1.0 - without


def _share(key: str) -> float:
    total, counts = _table()
    return counts.get(key, _UNLISTED) / total
