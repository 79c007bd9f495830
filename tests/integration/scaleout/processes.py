"""Processes of a test: started, stopped, frozen and killed."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from shared.backends import open_backends
from shared.clock import SystemClock
from shared.secret_box import open_secret_box
from shared.settings import load_settings
from shared.store.port import Store


class Workers:
    """Processes of `tests.integration.scaleout.worker` on one store.

    Attributes:
        has_server: whether the store's clock is a server's, so that theirs may be wrong.
    """

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.has_server = "ZHITUI_MONGO_URI" in environment
        self._folder = folder
        self._environment = environment
        self._started: list[subprocess.Popen[bytes]] = []

    @asynccontextmanager
    async def store(self) -> AsyncIterator[Store]:
        """Open the store in the test's own process."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self._environment.items():
                patch.setenv(name, value)
            settings = load_settings()
        async with open_backends(settings, SystemClock(), open_secret_box(settings)) as backends:
            yield backends.store

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start one; what it prints goes to a file of its own."""
        with (self._folder / f"worker-{len(self._started)}.out").open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.integration.scaleout.worker", *arguments],
                env={**os.environ, **self._environment},
                stdout=out,
            )
        self._started.append(process)
        return process

    def printed(self) -> list[bytes]:
        """Return every whole line that any of them printed."""
        outputs = [path.read_bytes() for path in sorted(self._folder.glob("worker-*.out"))]
        return [line for output in outputs for line in output.splitlines(keepends=True) if line.endswith(b"\n")]

    def close(self) -> None:
        """Kill those that still run."""
        for process in self._started:
            process.kill()
            process.wait()
