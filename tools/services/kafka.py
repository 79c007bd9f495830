"""A Kafka broker that is its own controller."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tools.services.downloads import kafka_jars
from tools.services.errors import ServerError
from tools.services.ports import HOST, answers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tools.services.daemon import Daemon

_CLUSTER = "emhpdHVpLXRlc3RzLTAwMQ"

_FOR_TESTS: Mapping[str, str | int] = {
    "offsets.topic.num.partitions": 1,  # one makes the first join quick
    "transaction.state.log.num.partitions": 1,
    "auto.create.topics.enable": "false",  # a misspelt topic is an error, as in production
    "group.initial.rebalance.delay.ms": 0,  # not 3 s
    "group.min.session.timeout.ms": 1000,  # not 6 s: tests let members die
    "broker.session.timeout.ms": 3000,  # not 9 s: after SIGKILL the node waits for its own old session to end
    "broker.heartbeat.interval.ms": 500,
    "log.cleaner.backoff.ms": 200,  # compaction within 2 s, not 15
    "log.cleaner.dedupe.buffer.size": 8 << 20,  # not 128 MiB of heap
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """One more door of the broker, beside the plain one.

    Attributes:
        name: upper case; properties of its own are called ``listener.name.<lower case name>.…``.
        port: where it listens.
        advertised_port: where clients are told to go: a proxy's port; by default ``port``.
        protocol: ``PLAINTEXT``, ``SSL``, ``SASL_PLAINTEXT`` or ``SASL_SSL``.
    """

    name: str
    port: int
    advertised_port: int | None = None
    protocol: str = "PLAINTEXT"


@dataclass(slots=True, kw_only=True)
class Kafka:
    """One broker, alone or of a cluster; what is set here counts from its next launch.

    Attributes:
        listeners: doors beside the plain one at ``port``.
        properties: broker settings, which win over the ones for tests.
        scram_users: name → password, for the first launch only: they are written when the storage is formatted.
        node_id: which of a cluster's it is.
        voters: node id → controller's port, of a cluster's brokers; by default this one alone.
        heap: as the JVM wants it.
    """

    daemon: "Daemon"
    port: int
    controller_port: int
    listeners: tuple[Listener, ...] = ()
    properties: Mapping[str, str | int] = field(default_factory=dict)
    scram_users: Mapping[str, str] = field(default_factory=dict)
    node_id: int = 1
    voters: Mapping[int, int] = field(default_factory=dict)
    heap: str = "512m"

    @property
    def ports(self) -> tuple[int, ...]:
        """All that it listens on."""
        return (self.port, self.controller_port, *(listener.port for listener in self.listeners))

    def launch(self) -> None:
        """Start it; see `is_ready`."""
        home = self.daemon.home
        home.mkdir(parents=True, exist_ok=True)
        settings = home / "server.properties"
        settings.write_text("".join(f"{name}={value}\n" for name, value in self._settings().items()), "utf-8")
        jars = ("-cp", f"{kafka_jars()}/*")
        if not (home / "data" / "meta.properties").exists():
            self._format(jars, settings)
        memory = (f"-Xmx{self.heap}", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError")
        self.daemon.launch(
            ["java", *memory, "-Dorg.apache.logging.log4j.level=WARN", *jars, "kafka.Kafka", settings],
        )

    def _format(self, jars: "Sequence[str]", settings: "Path") -> None:
        users = [
            f"--add-scram={mechanism}=[name={name},password={password}]"
            for name, password in self.scram_users.items()
            for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512")
        ]
        command = ["java", *jars, "kafka.tools.StorageTool", "format", "--cluster-id", _CLUSTER]
        with self.daemon.log.open("ab") as log:
            done = subprocess.run([*command, "--config", settings, *users], stdout=log, stderr=log, check=False)  # noqa: S603 - Kafka
        if done.returncode:
            raise ServerError(f"Kafka's storage cannot be formatted:\n{self.daemon.log_end()}")

    def is_ready(self) -> bool:
        """Return whether it serves: its doors open last."""
        return all(answers(port) for port in self.ports)

    def _settings(self) -> dict[str, str | int]:
        doors = (Listener(name="PLAINTEXT", port=self.port), *self.listeners)
        inner = Listener(name="CONTROLLER", port=self.controller_port)
        voters = self.voters or {self.node_id: self.controller_port}
        copies = len(voters)
        settings: dict[str, str | int] = {
            "process.roles": "broker,controller",
            "node.id": self.node_id,
            "controller.quorum.voters": ",".join(f"{number}@{HOST}:{port}" for number, port in voters.items()),
            "offsets.topic.replication.factor": copies,
            "transaction.state.log.replication.factor": copies,
            "transaction.state.log.min.isr": min(copies, 2),
            "controller.listener.names": inner.name,
            "inter.broker.listener.name": doors[0].name,
            "listeners": ",".join(f"{door.name}://{HOST}:{door.port}" for door in (*doors, inner)),
            "advertised.listeners": ",".join(
                f"{door.name}://{HOST}:{door.advertised_port or door.port}" for door in doors
            ),
            "listener.security.protocol.map": ",".join(f"{door.name}:{door.protocol}" for door in (*doors, inner)),
            "log.dirs": str(self.daemon.home / "data"),
        }
        return {**settings, **_FOR_TESTS, **self.properties}
