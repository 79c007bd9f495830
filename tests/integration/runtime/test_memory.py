"""What a process does about its memory, seen by the kernel's account of a process of its own."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what lies in memory")

FORGETTING = """
import re
from pathlib import Path
import numpy as np
from shared.runtime.memory import forget_library

def resident():
    found = re.findall(r"r-[x-]p .*_multiarray_umath.*\\n(?:.*\\n)*?Rss: +([0-9]+)", Path("/proc/self/smaps").read_text())
    return sum(map(int, found))

def work():
    return np.sort(np.arange(100_000) * 7 % 100_003).sum(), str(np.linspace(0, 1, 5))

first, before = work(), resident()
forget_library("another")
untouched = resident()
forget_library("_multiarray_umath")
after = resident()
print(before, untouched, after, work() == first)
"""

RETURNING = """
from pathlib import Path
from shared.runtime.memory import return_freed_memory

def resident():
    return next(int(line.split()[1]) for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("RssAnon"))

kept = [bytearray(60_000) for _ in range(1_000)]
del kept[:-1]
before = resident()
return_freed_memory()
print(before - resident())
"""


def _told(program: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_a_library_that_is_forgotten_leaves_memory_and_works_as_before() -> None:
    before, untouched, after, is_same = _told(FORGETTING)
    assert int(before) == int(untouched) > 200
    assert int(after) < int(before) / 4
    assert is_same == "True"


def test_what_is_freed_goes_back_to_the_system() -> None:
    (returned,) = _told(RETURNING)
    assert int(returned) > 40_000
