"""Drills with the real program: killed while it restores or moves, and moved while publications flow, counted at the sinks."""

import asyncio
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.crash.scene import Scene, open_scene, tally
from tests.integration.archive.conftest import KEY
from tests.integration.archive.filled import fill, held
from tests.integration.archive.test_backup import backed_up
from tests.surroundings import open_surroundings

pytestmark = pytest.mark.city


WANTED_HITS = 4
SEED = int(os.environ.get("ZHITUI_DRILL_SEED", "20260105"))


def variables(settings: Mapping[str, object], **others: str) -> dict[str, str]:
    """Return the environment that says the same as these settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ZHITUI_")}
    told = {f"ZHITUI_{name.upper()}": str(value) for name, value in settings.items()}
    return {**kept, **told, **others, "ZHITUI_LOG_FORMAT": "json"}


@pytest.mark.parametrize("where", ["embedded", pytest.param("cluster", marks=pytest.mark.crash)])
async def test_a_restore_that_is_killed_again_and_again_comes_to_the_same(
    tmp_path: Path, cluster_settings: dict[str, object], where: str
) -> None:
    async with open_surroundings(tmp_path / "source", secret_key=KEY) as source:
        await fill(source, SEED, size=1500)
        before = await held(source)
        path = await backed_up(source, tmp_path / "backup")
    settings: dict[str, Any] = cluster_settings if where == "cluster" else {"secret_key": KEY}
    environment = variables(settings, ZHITUI_DATA_DIR=str(tmp_path / "target"))
    draw = random.Random(SEED)
    command = ["restore", str(path)]
    hit = 0
    longest = 2.0
    for _ in range(12):
        if hit >= WANTED_HITS:
            break
        is_hit = await asyncio.to_thread(killed_once, command, environment, seconds=draw.uniform(0.0, longest))
        hit += is_hit
        longest *= 1.0 if is_hit else 0.5  # a quick machine is at work for less than that
    done = await asyncio.to_thread(run, command, environment)
    assert done.returncode == 0 or "目标不是空的" in done.stderr, f"seed {SEED}: {done.stderr}"
    assert hit >= 3, f"seed {SEED}: only {hit} kills met it at work"
    async with open_surroundings(tmp_path / "target", **settings) as target:
        assert await held(target) == before


def run(command: list[str], environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "services", *command], env=environment, capture_output=True, text=True, check=False
    )


def killed_once(command: list[str], environment: dict[str, str], *, seconds: float) -> bool:
    """Run a command and kill it so many seconds after it said its first word; return whether it was still at work."""
    with subprocess.Popen(
        [sys.executable, "-m", "services", *command],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stderr is not None
        process.stderr.readline()
        time.sleep(seconds)
        at_work = process.poll() is None
        process.kill()
    return at_work


def flow(scene: Scene, until: threading.Event, pause_seconds: float) -> Callable[[], None]:
    """Drop a file of publications into the watch folder every so often, until told to end."""

    def drop() -> None:
        while not until.wait(pause_seconds):
            scene.drop(10)

    thread = threading.Thread(target=drop)
    thread.start()

    def end() -> None:
        until.set()
        thread.join()

    return end


@pytest.mark.parametrize("kills", [0, pytest.param(5, marks=pytest.mark.crash)])
def test_publications_flow_while_the_installation_moves_and_each_is_told_once(
    tmp_path: Path, cluster_settings: dict[str, object], kills: int
) -> None:
    there = {name: value for name, value in cluster_settings.items() if name not in {"bus", "store", "secret_key"}}
    draw = random.Random(SEED)
    with open_scene(tmp_path) as scene:
        scene.environment |= {f"ZHITUI_{name.upper()}": str(value) for name, value in there.items()}
        scene.start()
        scene.wait_listening()
        end_flow = flow(scene, threading.Event(), 0.3)
        try:
            time.sleep(2)
            command = ["migrate", "embedded-to-cluster"]
            for _ in range(kills):
                killed_once(command, scene.environment, seconds=draw.uniform(0.0, 4.0))
            scene.zhitui(*command)
            assert scene.program is not None
            assert scene.program.wait(timeout=30) == 1
        finally:
            end_flow()
        log = (tmp_path / "up.log").read_text("utf-8")
        assert "ZHITUI_BUS=kafka" in log, "the roles did not say why they ended"
        assert "这个安装已经搬走" in refused(scene)
        key_file = str(tmp_path / "data" / "secret.key")
        scene.environment |= {"ZHITUI_BUS": "kafka", "ZHITUI_STORE": "mongo", "ZHITUI_SECRET_KEY_FILE": key_file}
        scene.drop(10)
        scene.drain(timeout_seconds=120)
        counted = tally(scene)
        sys.stdout.write(f"\nseed {SEED}, {kills} kills: {len(scene.told)} publications, {counted.messages} messages\n")
        assert len(scene.told) > 50
        assert counted.lost == []
        assert counted.doubled == []


def refused(scene: Scene) -> str:
    """Return what is said to who starts the roles on the old data folder."""
    done = run(["up", "--until-idle"], scene.environment)
    assert done.returncode == 1
    return done.stderr


def test_a_rehearsal_changes_nothing_and_names_what_is_in_the_way(
    tmp_path: Path, cluster_settings: dict[str, object]
) -> None:
    there = {name: value for name, value in cluster_settings.items() if name not in {"bus", "store"}}
    environment = variables(there, ZHITUI_DATA_DIR=str(tmp_path / "data"))
    rehearsal = ["migrate", "embedded-to-cluster", "--dry-run"]
    done = run(rehearsal, environment)
    assert done.returncode == 0, done.stderr
    assert "没有障碍" in done.stderr
    profile = {"id": "p-1", "name": "电池", "rules": [{"groups": [["固态电池"]]}]}
    (tmp_path / "p.jsonl").write_text(json.dumps(profile), "utf-8")
    there_now = environment | {"ZHITUI_BUS": "kafka", "ZHITUI_STORE": "mongo"}
    assert run(["profile", "add", str(tmp_path / "p.jsonl")], there_now).returncode == 0
    done = run(rehearsal, environment)
    assert done.returncode == 1
    assert "订阅画像 profiles 1 条" in done.stderr


def pairs(scene: Scene, first_line: int = 0) -> set[tuple[str, str]]:
    """Return (where, publication number) of what the sinks were told from this line on."""
    if not scene.journal.exists():
        return set()
    lines = scene.journal.read_text("utf-8").splitlines()[first_line:]
    told = [json.loads(line) for line in lines]
    return {(one.get("key", "mail"), number) for one in told for number in one["publication_numbers"]}


def test_a_backup_taken_under_way_loses_nothing_and_tells_nothing_twice(tmp_path: Path) -> None:
    with open_scene(tmp_path) as scene:
        scene.start()
        scene.wait_listening()
        end_flow = flow(scene, threading.Event(), 0.2)
        try:
            deadline = time.monotonic() + 60
            while len(told_before := pairs(scene)) < 60 and time.monotonic() < deadline:
                time.sleep(0.1)
            accepted = {
                json.loads(line)["publication_number"]
                for file in (tmp_path / "watch" / "done").rglob("*.jsonl")
                for line in file.read_text("utf-8").splitlines()
            }
            scene.zhitui("backup", str(tmp_path / "backup"))
            told_by_then = pairs(scene)
        finally:
            end_flow()
            scene.kill()
        lines = len(scene.journal.read_text("utf-8").splitlines())
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "elsewhere" / "secret.key").write_text((tmp_path / "data" / "secret.key").read_text())
        scene.environment |= {
            "ZHITUI_DATA_DIR": str(tmp_path / "elsewhere"),
            "ZHITUI_WATCH_DIR": str(tmp_path / "elsewhere" / "watch"),
        }
        scene.zhitui("restore", str(tmp_path / "backup"))
        scene.zhitui("up", "--until-idle")
        told_after = pairs(scene, lines)
        assert len(accepted) > 20
        assert told_before & told_after == set(), "told before the backup, and again after the restore"
        owed = {("mail", number) for number in accepted}
        assert owed <= told_by_then | told_after, "accepted before the backup, and never told"
