"""Roles, broker and database are killed at random moments: nothing is lost, and what is told twice is counted."""

import os
import random
from pathlib import Path

import pytest

from tests.crash.city.city import open_city
from tests.crash.city.faults import kills
from tests.crash.city.run import run, tell

KILLS = int(os.environ.get("ZHITUI_CHAOS_KILLS", "60"))
SEED = int(os.environ.get("ZHITUI_CHAOS_SEED") or random.randrange(2**32))

DELAY_SECONDS = (0.02, 0.03)
"""Of every byte each way, and its jitter: the network of a city, where a kill finds the moments between two writes."""


@pytest.mark.crash
def test_kills_of_roles_broker_and_database_lose_nothing(tmp_path: Path) -> None:
    print(f"\n{KILLS} kills, seed {SEED}", flush=True)  # noqa: T201 - a run that hangs can be had again, too
    with open_city(tmp_path, networks=True) as city:
        for proxy in city.proxies.values():
            proxy.delay(*DELAY_SECONDS)
        found = run(city, lambda *_: city.suffer(kills(KILLS, SEED)), seed=SEED)
        tell(found, seed=SEED, command=f"make chaos KILLS={KILLS} SEED={SEED}")
        assert sum(found.done.values()) == KILLS
        assert found.verdict.complaints() == {}, city.logs()
