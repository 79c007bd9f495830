"""One server as a background process that outlives whoever started it, known by a file with its process id."""

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tools.services.errors import ServerError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

STOP_SECONDS = 20.0
"""How long a server may take to end by itself before it is killed."""

_POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Daemon:
    """A server of an instance.

    Attributes:
        name: what it is called in the folder and in messages.
        folder: the instance's; absolute. The server's own things lie in ``folder/name``.
    """

    name: str
    folder: Path

    @property
    def home(self) -> Path:
        """The server's data and configuration."""
        return self.folder / self.name

    @property
    def log(self) -> Path:
        """All that it printed, over all its starts."""
        return self.folder / f"{self.name}.log"

    @property
    def pid(self) -> int | None:
        """Its process id while it runs (a frozen one runs, a zombie does not)."""
        try:
            pid = int(self.pid_file.read_text("ascii"))
            with suppress(ChildProcessError):  # somebody else started it
                os.waitpid(pid, os.WNOHANG)
            arguments = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError):
            return None
        # The process id may be another program's by now; the server's command line names its home.
        return pid if f"{self.home}/".encode() in arguments else None

    @property
    def pid_file(self) -> Path:
        """Its process id, also when it is gone."""
        return self.folder / f"{self.name}.pid"

    def launch(self, command: "Sequence[str | Path]") -> None:
        """Start it; the command must name something in `home`."""
        self.home.mkdir(parents=True, exist_ok=True)
        arguments = [os.fspath(argument) for argument in command]
        pid = os.posix_spawnp(  # subprocess wants to be its parent, and to wait for it
            arguments[0],
            arguments,
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(self.log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            setsid=True,
        )
        self.pid_file.write_text(str(pid), "ascii")
        while self.pid is None and Path(f"/proc/{pid}").exists():
            time.sleep(0.001)  # for a moment, a new program has no command line yet

    def wait_until(self, ready: "Callable[[], bool]", timeout_seconds: float = 120.0) -> None:
        """Wait until it serves.

        Raises:
            ServerError: it ended, or took too long.
        """
        deadline = time.monotonic() + timeout_seconds
        while not ready():
            if self.pid is None:
                raise ServerError(f"{self.name} ended while starting; the end of {self.log}:\n{self.log_end()}")
            if time.monotonic() > deadline:
                raise ServerError(f"{self.name} does not serve after {timeout_seconds:.0f} s; see {self.log}")
            time.sleep(_POLL_SECONDS)

    def send(self, signal_number: signal.Signals) -> None:
        """Send it a signal, and wait for its end when that is what the signal asks for.

        Raises:
            ServerError: it does not run, or did not end.
        """
        pid = self.pid
        if pid is None:
            raise ServerError(f"{self.name} does not run; see {self.log}")
        os.kill(pid, signal_number)
        if signal_number in {signal.SIGKILL, signal.SIGTERM, signal.SIGINT} and not self._ended(STOP_SECONDS):
            raise ServerError(
                f"{self.name} (process {pid}) did not end {STOP_SECONDS:.0f} s after {signal_number.name}"
            )

    def stop(self, *, gently: bool = True) -> bool:
        """End it, by force when it does not end by itself or need not; return whether it still ran and did as told."""
        pid = self.pid
        if pid is None:
            return False
        if not gently:
            self.send(signal.SIGKILL)
            return True
        for signal_number in (signal.SIGTERM, signal.SIGCONT):  # a frozen process ends when it thaws
            os.kill(pid, signal_number)
        obeyed = self._ended(STOP_SECONDS)
        if not obeyed:
            self.send(signal.SIGKILL)
        return obeyed

    def log_end(self, lines: int = 20) -> str:
        """Return the last lines of its log."""
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-lines:]) if self.log.exists() else ""

    def _ended(self, timeout_seconds: float) -> bool:
        deadline = time.monotonic() + timeout_seconds
        while self.pid is not None:
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL_SECONDS)
        return True
