"""Memory that is free, given back to the system."""

import ctypes


def give_back_memory() -> None:
    """Let the C library return what it keeps for later, after something large was loaded; only glibc can be told so."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
