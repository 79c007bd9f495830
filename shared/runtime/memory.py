"""What a process does about its memory: garbage is looked for rarely, and not among what stays."""

import ctypes
import gc
import re
from contextlib import suppress
from pathlib import Path

_RARELY = (50_000, 20, 20)
"""Objects made and not freed before the collector looks through the young ones; so many looks before it looks further."""

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
"""Names of settings in glibc's ``malloc.h``."""
_MADV_DONTNEED = 4
"""A name of Linux's ``mman.h``."""
_MAPPING = re.compile(r"(?P<start>[0-9a-f]+)-(?P<end>[0-9a-f]+) r-[x-]p .* (?P<path>/.*)")
_CHANGED = re.compile(r"Anonymous: +[1-9]")
_KEPT_BYTES = 32 << 20


def collect_rarely() -> None:
    """Leave what is there now out of every later garbage collection, and make collections rare.

    Nearly everything is freed by its reference count. By the interpreter's own limits a third of the time of recording and
    planning alerts went into looking for the rest.
    """
    gc.set_threshold(*_RARELY)
    gc.collect()
    gc.freeze()


def settle_memory() -> None:
    """Leave what is there now out of every later garbage collection, and return what is free to the system.

    A collection that walks over all that a process has loaded keeps every thread waiting for a tenth of a second. What
    was loaded lives as long as the process, or is freed by its reference counts. Only glibc can be told to return memory.
    """
    gc.collect()
    gc.freeze()
    return_freed_memory()


def return_freed_memory() -> None:
    """Return what is free to the system. Only glibc can be told."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def forget_library(name: str) -> None:
    """Take a loaded library's code and constants out of this process's memory; what is used again comes back from its file.

    For a library that was large while a program started, and that it hardly uses after. Only Linux can be told. Pages that
    differ from the file are left alone.

    Args:
        name: how the name of the library's file begins.
    """
    with suppress(OSError):
        regions: list[tuple[int, int]] = []
        for line in Path("/proc/self/smaps").read_text("utf-8", "replace").splitlines():
            if line[0].islower() or line[0].isdigit():
                found = _MAPPING.match(line)
                is_last_wanted = found is not None and Path(found["path"]).name.startswith(name)
                if found is not None and is_last_wanted:
                    regions.append((int(found["start"], 16), int(found["end"], 16)))
            elif is_last_wanted and _CHANGED.match(line):
                regions.pop()
        advise = ctypes.CDLL(None).madvise
        for start, end in regions:
            advise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), _MADV_DONTNEED)


def keep_freed_memory() -> None:
    """Let what is freed be used again by this process and those that it forks, instead of going back to the system each time.

    For who needs large buffers again and again: by itself glibc asks the system for each of them, and every page of it is found,
    cleared and taken back: a quarter of the time of several processes at once. Only glibc can be told.
    """
    tell = getattr(ctypes.CDLL(None), "mallopt", None)
    if tell is not None:
        tell(_M_MMAP_THRESHOLD, _KEPT_BYTES)
        tell(_M_TRIM_THRESHOLD, 8 * _KEPT_BYTES)
