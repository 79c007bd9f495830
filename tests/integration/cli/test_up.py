"""The real program, started, stopped and started twice."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

GRACE_SECONDS = 10


def environment(folder: Path, **variables: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ZHITUI_")}
    return {**kept, "ZHITUI_DATA_DIR": str(folder / "data"), "ZHITUI_HTTP_PORT": "0", **variables}


def zhitui(folder: Path, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "services", *arguments],
        env=environment(folder, **variables), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@contextlib.contextmanager
def running(folder: Path, *arguments: str) -> "Iterator[tuple[subprocess.Popen[str], str]]":
    process = subprocess.Popen(
        [sys.executable, "-m", "services", *arguments],
        env=environment(folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    address = folder / "data" / "http.address"
    try:
        deadline = time.monotonic() + 20
        while not address.exists():
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield process, address.read_text()
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def said_until_ready(process: "subprocess.Popen[str]") -> str:
    assert process.stderr is not None
    lines = []
    for line in process.stderr:
        lines.append(line)
        if "已就绪" in line:
            break
    return "".join(lines)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_program_cleanly_within_its_grace(tmp_path: Path, number: signal.Signals) -> None:
    with running(tmp_path, "up") as (process, address):
        said = said_until_ready(process)
        assert f"控制台      {address}/" in said
        assert "zhitui profile add" in said
        assert "已就绪" in said
        with urllib.request.urlopen(f"{address}/readyz", timeout=5) as answer:
            assert answer.status == 200
        started = time.monotonic()
        process.send_signal(number)
        _, errors = process.communicate(timeout=GRACE_SECONDS + 2)
        assert process.returncode == 0, errors
        assert time.monotonic() - started < GRACE_SECONDS


def test_a_second_program_on_the_same_folder_is_refused_and_told_who_runs(tmp_path: Path) -> None:
    with running(tmp_path, "serve", "portal") as (process, _):
        second = zhitui(tmp_path, "up")
        assert second.returncode == 1
        assert f"进程号 {process.pid}" in second.stderr
        assert "Traceback" not in second.stderr


def test_a_port_in_use_ends_the_program_with_one_clear_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = zhitui(tmp_path, "serve", "portal", ZHITUI_HTTP_PORT=str(port))
    assert done.returncode == 1
    assert done.stderr.strip().startswith(f"错误：端口 {port} 已被")
    assert "ZHITUI_HTTP_PORT" in done.stderr


def test_until_idle_ends_by_itself(tmp_path: Path) -> None:
    done = zhitui(tmp_path, "up", "--until-idle")
    assert done.returncode == 0, done.stderr


def test_a_wrong_setting_is_one_clear_line(tmp_path: Path) -> None:
    done = zhitui(tmp_path, "up", ZHITUI_HTTP_PORT="many")
    assert done.returncode == 1
    assert "ZHITUI_HTTP_PORT" in done.stderr
    assert "Traceback" not in done.stderr
