"""Where files go once they were read, in the watched folder and in folders on other machines alike."""

from itertools import count
from pathlib import PurePath
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

PathT = TypeVar("PathT", bound=PurePath)

DONE, FAILED = "done", "failed"


def names_in_turn(path: PathT) -> "Iterator[PathT]":
    """Yield the path and, for where something lies there already, ``name-1.zip``, ``name-2.zip`` … beside it."""
    yield path
    for number in count(1):
        yield path.with_name(f"{path.stem}-{number}{path.suffix}")
