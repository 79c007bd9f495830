"""The scene of the tests on a cluster: every role as several processes of the real program, on real Kafka and MongoDB."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography.fernet import Fernet

from shared.bus.kafka.cluster import open_cluster
from shared.bus.kafka.connecting import link_of
from shared.bus.kafka.topic_making import make, plan_all, usual_replication
from shared.settings import Settings, load_settings
from tests.crash.scene import Scene, subscribe
from tests.servers import kafka_address, mongo_address

if TYPE_CHECKING:
    from collections.abc import Iterator

SEND_TIMEOUT_SECONDS = 2
PARTITIONS = 4


@dataclass
class Cluster(Scene):
    """Many processes in place of one.

    Attributes:
        processes: name → process; names are a role and a number.
        own_environment: name → what only this process's environment has.
        module: that is run as the program.
    """

    processes: "dict[str, subprocess.Popen[bytes]]" = field(default_factory=dict)
    own_environment: dict[str, dict[str, str]] = field(default_factory=dict)
    module: str = "services"

    def use_servers(self, kafka: str | None = None, mongo: str | None = None) -> None:
        """Point the program at servers, by default those of all tests; topics and database are the test's own."""
        name = f"t{uuid.uuid4().hex[:12]}"
        self.environment |= {
            "ZHITUI_BUS": "kafka",
            "ZHITUI_KAFKA_BOOTSTRAP_SERVERS": kafka or kafka_address(),
            "ZHITUI_KAFKA_PREFIX": f"{name}.",
            "ZHITUI_STORE": "mongo",
            "ZHITUI_MONGO_URI": mongo or mongo_address(),
            "ZHITUI_MONGO_DATABASE": name,
            "ZHITUI_SECRET_KEY": Fernet.generate_key().decode(),
            "ZHITUI_SEND_TIMEOUT_SECONDS": str(SEND_TIMEOUT_SECONDS),
        }

    def settings(self) -> Settings:
        """Return the program's settings."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment.items():
                patch.setenv(name, value)
            return load_settings()

    def subscribe(self) -> None:
        """Make the topics, and set up who is told what."""
        asyncio.run(_prepare(self.settings()))

    def serve(self, *names: str) -> None:
        """Start these processes, each with a data folder of its own."""
        for name in names:
            role = name.rstrip("0123456789")
            own = {"ZHITUI_DATA_DIR": str(self.root / name)} | self.own_environment.get(name, {})
            with (self.root / f"{name}.log").open("ab") as output:
                self.processes[name] = subprocess.Popen(
                    [sys.executable, "-m", self.module, "serve", role],
                    env={**os.environ, **self.environment, **own},
                    stdout=output,
                    stderr=subprocess.STDOUT,
                )

    def address(self, name: str) -> str:
        """Return a process's HTTP address, once it has one."""
        file = self.root / name / "http.address"
        self._wait(file.exists, f"{name} does not listen", timeout_seconds=120)
        return file.read_text("utf-8")

    def wait_ready(self) -> None:
        """Wait until every process has done what it does first, and could stop cleanly."""
        for name in self.processes:
            self._wait(lambda name=name: self._is_ready(name), f"{name} is not ready", 180)  # type: ignore[misc]

    def _is_ready(self, name: str) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address(name)}/readyz", timeout=10) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def kill_one(self, name: str) -> None:
        """SIGKILL one of the processes."""
        self.processes[name].send_signal(signal.SIGKILL)
        self.processes[name].wait()
        (self.root / name / "http.address").unlink(missing_ok=True)

    def seen(self) -> set[tuple[str, str]]:
        """Return what the sinks took so far: (mailbox or robot key, publication number)."""
        found = set()
        if self.journal.exists():
            for line in self.journal.read_text("utf-8").splitlines():
                message = json.loads(line)
                to = message.get("key") or "box"
                found |= {(to, number) for number in message["publication_numbers"]}
        return found

    def wait_told(self, timeout_seconds: float) -> None:
        """Wait until everybody was told everything; afterwards `tally` says whether more than that."""
        deadline = time.monotonic() + timeout_seconds
        while len(self.seen()) < 2 * len(self.told):
            if time.monotonic() > deadline:
                raise AssertionError(
                    f"{len(self.seen())} of {2 * len(self.told)} after {timeout_seconds} s: {self.logs()}"
                )
            time.sleep(0.2)

    def logs(self) -> str:
        """Return the end of every process's log."""
        return "\n".join(f"== {p.name}\n{p.read_text('utf-8', 'replace')[-1500:]}" for p in self.root.glob("*.log"))

    def close(self) -> None:
        """End whatever still runs, frozen ones too."""
        for process in self.processes.values():
            process.kill()
            process.wait()
        super().close()


@contextmanager
def open_cluster_scene(root: Path) -> "Iterator[Cluster]":
    """Give a scene with sinks running and everything subscribed; end all processes afterwards."""
    scene = Cluster(root)
    try:
        scene.start_sinks()
        scene.use_servers()
        scene.subscribe()
        yield scene
    finally:
        scene.close()


async def _prepare(settings: Settings) -> None:
    link = link_of(settings)
    async with open_cluster(link) as cluster:
        copies = usual_replication(cluster)
        await make(cluster, plan_all(link.prefix, stream_partitions=PARTITIONS, replication=copies))
    await subscribe(settings)
