"""Several processes of every role on real servers: killed, frozen, stopped and started, and everybody is told once."""

import random
import signal
import time
import urllib.request
from pathlib import Path

import pytest

from tests.crash.scene import tally
from tests.integration.scaleout.cluster import open_cluster_scene

pytestmark = pytest.mark.city


ROLES = (
    *("ingest1", "ingest2"),
    *("matcher1", "matcher2"),
    *("notifier1", "notifier2", "notifier3"),
    *("portal1", "portal2"),
)
FILES = 24
RECORDS_A_FILE = 3
KILLS = 8
SEED = 11


def test_whichever_process_is_killed_everybody_is_told_everything_once(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    with open_cluster_scene(tmp_path) as scene:
        scene.serve(*ROLES)
        scene.wait_ready()
        for number in range(FILES):
            scene.drop(RECORDS_A_FILE)
            if number % (FILES // KILLS) == 0:
                victim = chance.choice(ROLES)
                scene.kill_one(victim)
                scene.serve(victim)
            time.sleep(chance.random())
        scene.wait_told(180)
        for portal in ("portal1", "portal2"):
            with urllib.request.urlopen(f"{scene.address(portal)}/", timeout=30) as answer:
                assert "推送由 3 个进程负责" in answer.read().decode()
        scene.wait_ready()
        for process in scene.processes.values():
            process.send_signal(signal.SIGTERM)
        assert {name: process.wait(30) for name, process in scene.processes.items()} == dict.fromkeys(ROLES, 0)
        counted = tally(scene)
    assert counted.lost == []
    assert counted.unexplained == [], f"seed {SEED}"
    assert len(counted.doubled) <= KILLS * RECORDS_A_FILE
