"""Chance by counting: the lots of item i depend on (seed, i) alone, so that a shorter run is a prefix of a longer one."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


def lots(seed: int, first: int, count: int, each: int) -> "NDArray[np.float64]":
    """Draw numbers in [0, 1): row i - first is item i's (SplitMix64, Steele, Lea and Flood 2014).

    Args:
        seed: of the whole run, 0 or more.
        first: the number of the first item.
        count: how many items.
        each: how many lots an item has; another number of them gives other lots.

    Returns:
        An array of the shape (count, each).
    """
    with np.errstate(over="ignore"):
        start = _mixed(np.full(1, seed, np.uint64) * _STEP + np.uint64(each))
        numbers = np.arange(first * each + 1, (first + count) * each + 1, dtype=np.uint64)
        mixed = _mixed(start + numbers * _STEP)
    return (mixed >> np.uint64(11)).astype(np.float64).reshape(count, each) * 2.0**-53


def _mixed(z: "NDArray[np.uint64]") -> "NDArray[np.uint64]":
    z = (z ^ (z >> np.uint64(30))) * _FIRST
    z = (z ^ (z >> np.uint64(27))) * _SECOND
    return z ^ (z >> np.uint64(31))
