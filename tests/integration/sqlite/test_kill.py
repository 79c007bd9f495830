"""Whatever was acknowledged is there after kill -9, and nothing goes back."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

import pytest

from shared.backends import open_backends
from shared.bus.topics import PUBLICATIONS
from shared.clock import SystemClock
from shared.embedded import DATABASE_FILE
from shared.secret_box import open_secret_box
from shared.settings import load_settings


def live_and_die(folder: Path, life: int, rng: random.Random) -> list[list[str]]:
    """Run the worker for a moment, kill it, and return the lines it finished."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.sqlite.worker", str(folder), f"{life:02}"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(rng.uniform(0.01, 0.15))
    process.send_signal(signal.SIGKILL)
    told = process.stdout.read()
    process.stdout.close()
    process.wait()
    whole = told[: told.rfind("\n") + 1]
    return [line.split() for line in whole.splitlines()]


@pytest.mark.parametrize("kills", [5, pytest.param(20, marks=pytest.mark.long)])
async def test_kills_lose_nothing_that_was_acknowledged(tmp_path: Path, kills: int) -> None:
    rng = random.Random(20260105)
    appended: set[str] = set()
    saved: set[str] = set()
    committed: dict[str, int] = defaultdict(lambda: -1)
    for life in range(kills):
        lines = live_and_die(tmp_path, life, rng)
        first: dict[str, int] = {}
        for word, *told in lines:
            if word == "polled":
                first.setdefault(told[0], int(told[1]))
        for partition, offset in first.items():
            assert offset > committed[partition], "what was committed was delivered again"
        for word, *told in lines:
            match word:
                case "appended":
                    appended.update(told)
                case "saved":
                    saved.update(told)
                case "committed":
                    committed[told[0]] = max(committed[told[0]], int(told[1]))
    assert len(appended) > kills
    assert committed

    with sqlite3.connect(tmp_path / DATABASE_FILE) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        commits = dict(connection.execute("SELECT partition, next_offset FROM bus_claims"))
    connection.close()
    for partition, offset in committed.items():
        assert commits[int(partition)] > offset

    settings = load_settings(data_dir=tmp_path)
    async with open_backends(settings, SystemClock(), open_secret_box(settings)) as backends:
        async with backends.bus.reader(PUBLICATIONS) as reader:
            there = [record.key for record in await reader.poll(1_000_000, 0)]
        assert appended <= set(there)
        assert len(there) == len(set(there))
        assert saved == saved & set(await backends.store.publications.content_hashes(sorted(saved)))
        async with backends.bus.consumer(PUBLICATIONS, "killed") as heir:
            await heir.poll(1, 0)
            assert len(heir.assignment) == len(commits), "a killed member still holds a partition"
    assert list((tmp_path / "members").iterdir()) == []
