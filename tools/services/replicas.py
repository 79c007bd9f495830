"""Three of each, in one folder: Kafka brokers and MongoDB members that hold copies of one another's data."""

import shutil
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from tools.services.errors import ServerError
from tools.services.folder import KAFKA, MONGOD, locked
from tools.services.guard import Guard
from tools.services.kafka_cluster import KafkaCluster
from tools.services.replica_set import ReplicaSet

if TYPE_CHECKING:
    from types import TracebackType

    from tools.services.kafka import Kafka
    from tools.services.members import Members
    from tools.services.mongod import Mongod

_FOLDERS = {KAFKA: "brokers", MONGOD: "members"}


class Replicas:
    """See the module; `tools.services.instance.Services` is the same with one of each.

    Servers are called ``kafka1`` … and ``mongod1`` …. As a context manager it ends what runs and removes the folder; when the
    block or a server failed, the logs stay.

    Args:
        folder: for data and logs; an instance that is there already goes on.
        count: of each.
        guarded: end the servers and remove the data when this process is gone.
    """

    def __init__(self, folder: Path, *, count: int = 3, guarded: bool = True) -> None:
        self.folder = folder.resolve()
        self.kafka = KafkaCluster(self.folder / _FOLDERS[KAFKA], count=count)
        self.mongod = ReplicaSet(self.folder / _FOLDERS[MONGOD], count=count)
        kinds: dict[str, Members[Any]] = {KAFKA: self.kafka, MONGOD: self.mongod}
        self._servers: dict[str, tuple[Members[Any], Kafka | Mongod]] = {
            f"{kind}{number}": (members, member)
            for kind, members in kinds.items()
            for number, member in enumerate(members.members, 1)
        }
        self._guarded = guarded
        self._guard: Guard | None = None

    @classmethod
    def count_in(cls, folder: Path) -> int:
        """Return how many of each an instance in this folder has; 0: it is none of this kind."""
        return len(list((folder / _FOLDERS[KAFKA]).glob("*/ports.json")))

    @property
    def names(self) -> tuple[str, ...]:
        """All servers."""
        return tuple(self._servers)

    @property
    def kafka_bootstrap_servers(self) -> str:
        """Where the brokers are."""
        return self.kafka.bootstrap_servers

    @property
    def mongo_uri(self) -> str:
        """Where the members are, without credentials."""
        return self.mongod.uri

    def pid(self, name: str) -> int | None:
        """Return a server's process id while it runs."""
        return self._servers[name][1].daemon.pid

    def pids(self, kind: str) -> list[int | None]:
        """Return the process ids of all brokers, or of all members."""
        return [self.pid(name) for name in self.names if name.startswith(kind)]

    def start(self, *names: str) -> None:
        """Start these servers (or all) unless they run, thaw them if frozen, and wait until they serve.

        Raises:
            NotInstalledError: something is missing on this machine.
            ServerError: a server does not start, or somebody else took its port.
        """
        if self._guarded and self._guard is None:
            self._guard = Guard(*(one.daemon.folder for _, one in self._servers.values()))
        for name in names:
            members, member = self._servers[name]
            members.start(member)
        if not names:
            with locked(self.folder):
                self.kafka.start()
                self.mongod.start()

    def kill(self, name: str, signal_number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to a server; after one that ends it, return when it is gone."""
        self._servers[name][1].daemon.send(signal_number)

    def stop(self, *, gently: bool = True) -> bool:
        """End all, or kill them, and remove their data; the logs stay. Return whether all of them ran and ended as told."""
        with locked(self.folder):
            well = [self.kafka.stop(gently=gently), self.mongod.stop(gently=gently)]
        if self._guard is not None:
            self._guard.dismiss()
            self._guard = None
        return all(well)

    def __enter__(self) -> Self:
        try:
            self.start()
        except ServerError:
            self.stop(gently=False)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: "TracebackType | None"
    ) -> None:
        if self.stop(gently=False) and error is None:
            shutil.rmtree(self.folder, ignore_errors=True)
