"""Processes stand still, networks stall, delay and tear, the primary steps down: nothing is lost, and nobody writes what is lost to him."""

import os
import random
from pathlib import Path

import pytest

from tests.crash.city.city import open_city
from tests.crash.city.faults import storm
from tests.crash.city.run import run, tell

FAULTS = int(os.environ.get("ZHITUI_CHAOS_FAULTS", "25"))
SEED = int(os.environ.get("ZHITUI_CHAOS_SEED") or random.randrange(2**32))


@pytest.mark.crash
def test_frozen_processes_bad_networks_and_elections_lose_nothing(tmp_path: Path) -> None:
    print(f"\n{FAULTS} faults, seed {SEED}", flush=True)  # noqa: T201 - a run that hangs can be had again, too
    with open_city(tmp_path, networks=True) as city:
        found = run(city, lambda *_: city.suffer(storm(FAULTS, SEED)), seed=SEED)
        tell(found, seed=SEED, command=f"make chaos-storm FAULTS={FAULTS} SEED={SEED}")
        assert found.verdict.complaints() == {}, city.logs()
