"""A Kafka and a MongoDB that belong together, in one folder."""

import shutil
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Self

from tools.services.errors import ServerError
from tools.services.folder import KAFKA, MONGOD, daemons, kept_ports, locked, remove_data
from tools.services.guard import Guard
from tools.services.kafka import Kafka, Listener
from tools.services.mongod import REPLICA_SET, Access, Mongod
from tools.services.ports import HOST, becomes_free

if TYPE_CHECKING:
    from types import TracebackType


class Services:
    """Servers of one's own: to start, kill, freeze and start again with the same data on the same ports.

    As a context manager it ends what runs and removes the folder; when the block or a server failed, the logs stay.
    All methods block; call them by `asyncio.to_thread` where a loop must go on.

    Args:
        folder: for data and logs; an instance that is there already goes on.
        listeners: more doors of the broker; see `Listener`.
        broker_properties: broker settings, which win over the ones for tests.
        scram_users: name → password of users of the broker; counts at the first start only.
        mongo_access: how to reach mongod, and its further arguments.
        guarded: end the servers and remove the data when this process is gone.
    """

    def __init__(
        self,
        folder: Path,
        *,
        listeners: tuple[Listener, ...] = (),
        broker_properties: Mapping[str, str | int] | None = None,
        scram_users: Mapping[str, str] | None = None,
        mongo_access: Access | None = None,
        guarded: bool = True,
    ) -> None:
        self.folder = folder.resolve()
        ports = kept_ports(self.folder)
        broker, database = daemons(self.folder)
        self.kafka = Kafka(
            daemon=broker,
            port=ports[KAFKA],
            controller_port=ports["kafka-controller"],
            listeners=listeners,
            properties=broker_properties or {},
            scram_users=scram_users or {},
        )
        self.mongod = Mongod(daemon=database, port=ports[MONGOD], access=mongo_access or Access())
        self._guarded = guarded
        self._guard: Guard | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Both servers."""
        return (KAFKA, MONGOD)

    @property
    def kafka_bootstrap_servers(self) -> str:
        """The plain door's address."""
        return f"{HOST}:{self.kafka.port}"

    @property
    def mongo_uri(self) -> str:
        """Where mongod is, without credentials."""
        return f"mongodb://{HOST}:{self.mongod.port}/?replicaSet={REPLICA_SET}"

    def mongo_uri_through(self, port: int) -> str:
        """Return a URI that goes through a proxy: a direct connection, as discovery would lead around it."""
        return f"mongodb://{HOST}:{port}/?directConnection=true"

    def pid(self, name: str) -> int | None:
        """Return a server's process id while it runs."""
        return self._server(name).daemon.pid

    def pids(self, name: str) -> list[int | None]:
        """Return the same as `tools.services.replicas.Replicas.pids` does: there is one of each."""
        return [self.pid(name)]

    def log(self, name: str) -> Path:
        """Return the file with all that a server printed."""
        return self._server(name).daemon.log

    def start(self, *names: str) -> None:
        """Start these servers (or both) unless they run, thaw them if frozen, and wait until they serve.

        Raises:
            NotInstalledError: something is missing on this machine.
            ServerError: a server does not start, or somebody else took its port.
        """
        servers = [self._server(name) for name in names or (KAFKA, MONGOD)]
        if self._guarded and self._guard is None:
            self._guard = Guard(self.folder)
        with locked(self.folder):
            for server in servers:
                if server.daemon.pid is not None:
                    server.daemon.send(signal.SIGCONT)
                    continue
                if taken := [port for port in server.ports if not becomes_free(port)]:
                    raise ServerError(f"{server.daemon.name}: another program uses port {taken[0]}")
                server.launch()
            for server in servers:
                server.daemon.wait_until(server.is_ready)
                if isinstance(server, Mongod):
                    server.make_primary()

    def kill(self, name: str, signal_number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to a server; after one that ends it, return when it is gone."""
        self._server(name).daemon.send(signal_number)

    def restart(self, name: str, signal_number: signal.Signals = signal.SIGTERM) -> None:
        """End a server by this signal and start it again."""
        self.kill(name, signal_number)
        self.start(name)

    def step_down_primary(self, seconds: int = 1) -> None:
        """Let mongod be no primary for this long, as in an election; `wait_for_primary` of `mongod` waits for its end."""
        self.mongod.step_down(seconds)

    def stop(self, *, gently: bool = True) -> bool:
        """End both, or kill them, and remove their data; the logs stay.

        Returns:
            Whether all that had been started still ran and ended as told.
        """
        with locked(self.folder):
            well = [daemon.stop(gently=gently) for daemon in daemons(self.folder) if daemon.home.exists()]
            remove_data(self.folder)
        if self._guard is not None:
            self._guard.dismiss()
            self._guard = None
        return all(well)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: "TracebackType | None"
    ) -> None:
        if self.stop(gently=False) and error is None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _server(self, name: str) -> Kafka | Mongod:
        servers: dict[str, Kafka | Mongod] = {KAFKA: self.kafka, MONGOD: self.mongod}
        return servers[name]


def start(folder: Path, *names: str, guarded: bool = True) -> Services:
    """Start plain servers (both, or those named) in a folder and return them; see `Services`."""
    services = Services(folder, guarded=guarded)
    services.start(*names)
    return services
