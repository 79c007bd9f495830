"""The data folder fills up under the running program, or cannot be written at all: it says so, and nothing is lost."""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.crash.scene import Scene, open_scene, tally


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "data"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only an administrator may mount a small disk")
    yield tmp_path
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def remount(scene: Scene, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(scene.root / "data")], check=True)


def metric(scene: Scene, name: str) -> float:
    address = scene.address_file.read_text("utf-8").strip()
    try:
        with urllib.request.urlopen(f"{address}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
    except (OSError, urllib.error.URLError):
        return -1.0
    return next((float(line.split()[1]) for line in lines if line.startswith(f"{name} ")), -1.0)


def wait_until(condition: Callable[[], bool], complaint: str, seconds: float = 40.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, complaint
        time.sleep(0.1)


def everything_told(scene: Scene) -> bool:
    counted = tally(scene)
    return not counted.lost


@pytest.mark.city
def test_a_full_disk_stops_nothing_for_good(small_disk: Path) -> None:
    with open_scene(small_disk) as scene:
        scene.start()
        scene.wait_listening()
        for _ in range(8):
            scene.drop(150)  # more would need more messages than a robot may send in a minute
        wait_until(lambda: metric(scene, "zhitui_storage_full") == 1.0, "it never said that the disk is full")
        time.sleep(2)
        assert scene.program is not None
        assert scene.program.poll() is None
        remount(scene, "size=200m")
        wait_until(lambda: everything_told(scene), "it did not go on")
        assert metric(scene, "zhitui_storage_full") == 0.0
        assert tally(scene).doubled == []
        log = (scene.root / "up.log").read_text("utf-8")
        assert "磁盘已满" in log
        assert any(json.loads(line).get("event") == "storage_full" for line in log.splitlines() if line.startswith("{"))


@pytest.mark.city
def test_a_read_only_folder_is_named_with_what_to_do_and_works_once_it_is_writable(small_disk: Path) -> None:
    with open_scene(small_disk) as scene:
        remount(scene, "size=200m")
        scene.drop(40)
        remount(scene, "ro")
        refused = subprocess.run(
            [sys.executable, "-m", "services", "up"],
            env=scene.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert refused.returncode != 0
        assert str(scene.root / "data") in refused.stderr
        assert "请" in refused.stderr
        assert "Traceback" not in refused.stderr
        remount(scene, "rw")
        scene.start()
        wait_until(lambda: everything_told(scene), "it did not go on")
        assert tally(scene).doubled == []
