"""Compiled loops: where a loop goes over every character, hit or rule, numba compiles it to machine code.

A kernel takes and returns arrays and numbers only, runs without the interpreter's lock, and is compiled once a machine (the
result is kept beside the source, or in the user's cache where that folder is read-only). ``make setup`` compiles them all.
"""

from typing import TYPE_CHECKING, TypeVar, cast

import numba

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., object]")


def kernel(function: F) -> F:
    """Compile a function to machine code at its first call; integer division by zero and the like do not raise in it."""
    return cast("F", numba.njit(cache=True, nogil=True, error_model="numpy")(function))
