"""A MongoDB of several members, so that a primary can be lost for good and another one takes over."""

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Self

from tools.services.daemon import Daemon
from tools.services.errors import ServerError
from tools.services.folder import MONGOD, kept_ports, remove_data
from tools.services.guard import Guard
from tools.services.mongod import REPLICA_SET, Mongod
from tools.services.ports import HOST

if TYPE_CHECKING:
    from types import TracebackType


class ReplicaSet:
    """Members of a set, each in a folder of its own; used as a context manager, it ends with the block or with the process.

    Args:
        folder: for data and logs.
        count: how many members; more than half of them must run for there to be a primary.
    """

    def __init__(self, folder: Path, *, count: int = 3) -> None:
        self._folders = [folder.resolve() / str(number) for number in range(count)]
        ports = [kept_ports(own)[MONGOD] for own in self._folders]
        self.members = [
            Mongod(daemon=Daemon(MONGOD, own), port=port, others=tuple(other for other in ports if other != port))
            for own, port in zip(self._folders, ports, strict=True)
        ]
        self._guard: Guard | None = None

    @property
    def uri(self) -> str:
        """Where the members are."""
        return f"mongodb://{','.join(f'{HOST}:{member.port}' for member in self.members)}/?replicaSet={REPLICA_SET}"

    def start(self) -> None:
        """Start the members that are down, thaw those that are frozen, and wait for a primary.

        Raises:
            NotInstalledError: something is missing on this machine.
            ServerError: a member does not start.
        """
        down = [member for member in self.members if member.daemon.pid is None]
        for member in self.members:
            if member in down:
                member.launch()
            else:
                member.daemon.send(signal.SIGCONT)
        for member in down:
            member.daemon.wait_until(member.is_ready)
        self.members[0].make_primary()

    def primary(self) -> Mongod:
        """Return the member that takes writes.

        Raises:
            ServerError: there is none now.
        """
        for member in self.members:
            if member.daemon.pid is not None and member.is_primary():
                return member
        raise ServerError("no member of the set is primary now")

    def lose_primary(self, signal_number: signal.Signals = signal.SIGKILL) -> Mongod:
        """Send a signal to the primary and return it; `start` brings it back."""
        primary = self.primary()
        primary.daemon.send(signal_number)
        return primary

    def stop(self) -> None:
        """Kill all members and remove their data; the logs stay."""
        for member, folder in zip(self.members, self._folders, strict=True):
            member.daemon.stop(gently=False)
            remove_data(folder)
        if self._guard is not None:
            self._guard.dismiss()
            self._guard = None

    def __enter__(self) -> Self:
        self._guard = Guard(*self._folders)
        try:
            self.start()
        except ServerError:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: "TracebackType | None"
    ) -> None:
        self.stop()
