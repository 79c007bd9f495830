"""Memory after something large was loaded."""

import ctypes
import gc


def settle_memory() -> None:
    """Leave what is there now out of every later garbage collection, and return what is free to the system.

    A collection that walks over all that a process has loaded keeps every thread waiting for a tenth of a second. What
    was loaded lives as long as the process, or is freed by its reference counts. Only glibc can be told to return memory.
    """
    gc.collect()
    gc.freeze()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
