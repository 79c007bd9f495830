"""What `zhitui up` costs when nothing happens: seconds from start to ready, and resident memory when idle."""

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

STARTS = 3
IDLE_SECONDS = 3.0


def run() -> list[tuple[str, str]]:
    """Measure on an empty data folder; the first start, which makes the database, is one of the three."""
    starts = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(STARTS):
            seconds, idle_mib = _one_start(Path(folder))
            starts.append(seconds)
    return [
        ("zhitui up: start to ready", f"{statistics.median(starts):.2f} s (goal ≤ 3 s)"),
        ("zhitui up: idle memory", f"{idle_mib:.0f} MiB (goal ≤ 250 MiB)"),
    ]


def _one_start(folder: Path) -> tuple[float, float]:
    address = folder / "http.address"
    address.unlink(missing_ok=True)
    environment = {**os.environ, "ZHITUI_DATA_DIR": str(folder), "ZHITUI_HTTP_PORT": "0", "ZHITUI_LOG_LEVEL": "error"}
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "services", "up"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not _ready(address):
            if process.poll() is not None:
                raise RuntimeError("zhitui up ended by itself")
            time.sleep(0.01)
        seconds = time.perf_counter() - began
        time.sleep(IDLE_SECONDS)
        return seconds, _resident_mib(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=15)


def _ready(address: Path) -> bool:
    try:
        with urllib.request.urlopen(f"{address.read_text('utf-8').strip()}/readyz", timeout=1) as answer:
            return bool(answer.status == 200)
    except (OSError, ValueError, urllib.error.URLError):
        return False


def _resident_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    kib = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))
    return kib / 1024


if __name__ == "__main__":
    for name, figure in run():
        print(f"{name:<40} {figure}")
