"""Nothing is lost when the power goes: the real program, killed at random moments, counted at the sinks."""

import os
import random
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.crash.scene import Scene, Tally, open_scene, tally

PUBLICATIONS_PER_KILL = 20


def kill_at_random_moments(scene: Scene, *, kills: int, seed: int) -> Tally:
    """Feed by file and by push, start, kill, again and again; then let it finish and count."""
    moments = random.Random(seed)
    for _ in range(kills):
        scene.drop(PUBLICATIONS_PER_KILL)
        scene.prepare_push(PUBLICATIONS_PER_KILL)
        scene.start()
        if moments.random() < 0.1:
            time.sleep(moments.uniform(0.0, 0.6))  # while it starts
            scene.kill()
            continue
        scene.wait_listening()
        pushing = threading.Thread(target=scene.push)
        pushing.start()
        # While it reads what is pushed, matches, plans, sends, commits; the longer ones reach the watched files too.
        time.sleep(moments.uniform(0.0, 0.9) if moments.random() < 0.75 else moments.uniform(0.9, 2.0))
        scene.kill()
        pushing.join()
    scene.start()
    scene.wait_listening()
    scene.push()
    assert not scene.unacknowledged
    scene.stop()
    scene.drain(timeout_seconds=900)  # a call that a kill cut off counts against its robot for three minutes
    return tally(scene)


def report(counted: Tally, *, kills: int, publications: int, seed: int) -> None:
    """Say what was counted, for the log of the run."""
    sys.stdout.write(
        f"\nkill -9 × {kills} (seed {seed}): {publications} publications, {counted.messages} messages, "
        f"{len(counted.lost)} lost, {len(counted.doubled)} told twice "
        f"({len(counted.unexplained)} of them outside the documented window), "
        f"{counted.interrupted} attempts interrupted\n"
    )


@pytest.mark.city
def test_a_few_kills_lose_nothing(tmp_path: Path) -> None:
    with open_scene(tmp_path) as scene:
        counted = kill_at_random_moments(scene, kills=6, seed=20260106)
        report(counted, kills=6, publications=len(scene.told), seed=20260106)
        assert counted.messages > 0
        assert counted.lost == []
        assert counted.unexplained == []


@pytest.mark.crash
def test_two_hundred_kills_at_random_moments_lose_nothing(tmp_path: Path) -> None:
    kills = int(os.environ.get("ZHITUI_CRASH_KILLS", "200"))
    seed = int(os.environ.get("ZHITUI_CRASH_SEED", str(random.randrange(2**32))))
    with open_scene(tmp_path) as scene:
        counted = kill_at_random_moments(scene, kills=kills, seed=seed)
        report(counted, kills=kills, publications=len(scene.told), seed=seed)
        assert counted.messages > 0
        assert counted.lost == []
        assert counted.unexplained == []
