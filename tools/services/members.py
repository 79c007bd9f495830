"""Servers of one kind that belong together, each in a folder of its own: a replica set, a cluster of brokers."""

import signal
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Generic, Protocol, Self, TypeVar

from tools.services.errors import ServerError
from tools.services.folder import remove_data
from tools.services.guard import Guard
from tools.services.ports import becomes_free

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

    from tools.services.daemon import Daemon


class Server(Protocol):
    """What is asked of one."""

    daemon: "Daemon"

    @property
    def ports(self) -> tuple[int, ...]:
        """All that it listens on."""
        ...

    def launch(self) -> None:
        """Start it."""
        ...

    def is_ready(self) -> bool:
        """Return whether it answers."""
        ...


ServerT = TypeVar("ServerT", bound=Server)


class Members(ABC, Generic[ServerT]):
    """Some servers; used as a context manager, they end with the block or with the process.

    Args:
        folders: one a member, for data and logs.
        members: the servers, in the same order.
    """

    def __init__(self, folders: "Sequence[Path]", members: "Sequence[ServerT]") -> None:
        self._folders = list(folders)
        self.members = list(members)
        self._guard: Guard | None = None

    @abstractmethod
    def join(self) -> None:
        """Make the members one, at their first start, and wait until they serve as one.

        Raises:
            ServerError: they do not.
        """

    def start(self, *members: ServerT) -> None:
        """Start these (or all) that are down, thaw those that are frozen, and wait until they serve.

        Raises:
            NotInstalledError: something is missing on this machine.
            ServerError: a member does not start, or somebody else took its port.
        """
        chosen = members or tuple(self.members)
        down = [member for member in chosen if member.daemon.pid is None]
        for member in chosen:
            if member not in down:
                member.daemon.send(signal.SIGCONT)
                continue
            if taken := [port for port in member.ports if not becomes_free(port)]:
                raise ServerError(f"{member.daemon.home}: another program uses port {taken[0]}")
            member.launch()
        for member in down:
            member.daemon.wait_until(member.is_ready)
        if not members:
            self.join()

    def stop(self, *, gently: bool = False) -> bool:
        """End all members and remove their data; the logs stay. Return whether all of them ran and ended as told."""
        well = [member.daemon.stop(gently=gently) for member in self.members]
        for folder in self._folders:
            remove_data(folder)
        if self._guard is not None:
            self._guard.dismiss()
            self._guard = None
        return all(well)

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
