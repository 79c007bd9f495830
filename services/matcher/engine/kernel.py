"""Compiled loops: where a loop goes over every character, hit or rule, numba compiles it to machine code.

A kernel takes and returns arrays and numbers only, runs without the interpreter's lock, and is compiled once a machine. The
compiled code is kept in a folder named after the content of the matcher's sources: numba itself looks at the one file that
a kernel stands in, and would go on using a kernel whose helpers have changed in another.
"""

import tempfile
from hashlib import blake2b
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, TypeVar, cast

import numba
from numba.core import config

from shared.runtime.memory import forget_library

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., object]")

_PREFIX = "kernels-"


def _cache_folder(sources: Path) -> Path:
    """Return where compiled code is kept: beside the sources, else in the user's cache, else where it is lost at the next start."""
    digest = blake2b(digest_size=8)
    for path in sorted(sources.glob("*.py")):
        digest.update(path.read_bytes())
    name = f"{_PREFIX}{digest.hexdigest()}"
    for folder in (sources / "__pycache__", Path.home() / ".cache" / "zhitui"):
        try:
            (folder / name).mkdir(parents=True, exist_ok=True)
            (folder / name / ".writable").touch()
        except OSError:
            continue
        for other in folder.glob(f"{_PREFIX}*"):
            if other.name != name:
                rmtree(other, ignore_errors=True)
        return folder / name
    return Path(tempfile.gettempdir())


config.CACHE_DIR = str(_cache_folder(Path(__file__).parent))  # type: ignore[attr-defined]


def kernel(function: F) -> F:
    """Compile a function to machine code at its first call; integer division by zero and the like do not raise in it."""
    return cast("F", numba.njit(cache=True, nogil=True, error_model="numpy")(function))


def let_go_of_compiler() -> None:
    """Take the compiler's code out of memory, some 70 MiB: to load kept kernels it was needed, to run them it is not."""
    forget_library("libllvmlite")
