"""A MongoDB of several members, so that a primary can be lost for good and another one takes over."""

import signal
from pathlib import Path

from tools.services.daemon import Daemon
from tools.services.errors import ServerError
from tools.services.folder import MONGOD, kept_ports
from tools.services.members import Members
from tools.services.mongod import REPLICA_SET, Mongod
from tools.services.ports import HOST


class ReplicaSet(Members[Mongod]):
    """Members of a set.

    Args:
        folder: for data and logs.
        count: how many members; more than half of them must run for there to be a primary.
    """

    def __init__(self, folder: Path, *, count: int = 3) -> None:
        folders = [folder.resolve() / str(number) for number in range(count)]
        ports = [kept_ports(own)[MONGOD] for own in folders]
        super().__init__(
            folders,
            [
                Mongod(daemon=Daemon(MONGOD, own), port=port, others=tuple(other for other in ports if other != port))
                for own, port in zip(folders, ports, strict=True)
            ],
        )

    @property
    def uri(self) -> str:
        """Where the members are."""
        return f"mongodb://{','.join(f'{HOST}:{member.port}' for member in self.members)}/?replicaSet={REPLICA_SET}"

    def join(self) -> None:
        """Make the set, and wait for a primary."""
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
