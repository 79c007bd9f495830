"""No kernel reads or writes beyond an array: thousands of random cases with every index checked.

Compiled as they are shipped, kernels check no index: one that is wrong reads some other memory, seldom visibly. Here they are
compiled anew with checks, in a process of their own, which takes a minute.
"""

import subprocess
import sys
from pathlib import Path

import pytest

SEEDS = 3000

CHECKED = """
import numba, sys
from random import Random

plain = numba.njit
numba.njit = lambda *given, **options: plain(*given, **{**options, "cache": False, "boundscheck": True})

from services.matcher.engine.engine import Engine
from services.matcher.engine.merge import merge
from tests.property.matcher.cases import Cases

for seed in range(int(sys.argv[1])):
    cases = Cases(Random(seed), odd=seed % 7 / 10)
    count = seed % 9
    engines = [Engine.compile(cases.profiles(count), cases.rings()) for _ in range(2)]
    publications = cases.publications(seed % 5)
    try:
        for engine in engines:
            for found in engine.find(publications):
                found.json()
        parts = [(engine._searcher.index, engine._searcher.alive) for engine in engines[: 1 + seed % 2]]
        Engine(merge(parts)).match(publications)
    except IndexError as error:
        raise SystemExit(f"seed {seed}: {error}") from error
print("checked")
"""


@pytest.mark.crash
def test_no_kernel_leaves_the_bounds_of_an_array() -> None:
    run = subprocess.run(
        [sys.executable, "-c", CHECKED, str(SEEDS)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
        timeout=1200,
    )
    assert (run.returncode, run.stdout) == (0, "checked\n"), run.stderr[-2000:]
