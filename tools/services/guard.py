"""Ends an instance when whoever started it is gone, however that happened.

It reads its standard input, a pipe that the owner holds and never writes to; the kernel closes it with the owner.
"""

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tools.services.folder import daemons, remove_data

if TYPE_CHECKING:
    from collections.abc import Iterable

_CHECKOUT = Path(__file__).resolve().parents[2]


class Guard:
    """What the owner of instances holds."""

    def __init__(self, *folders: Path) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - this package
            [sys.executable, "-m", "tools.services", "guard", *map(str, folders)],
            stdin=subprocess.PIPE,
            cwd=_CHECKOUT,
            start_new_session=True,  # Ctrl-C is for the owner
        )

    def dismiss(self) -> None:
        """End the guard, and what it guards."""
        self._process.communicate()


def guard(folders: "Iterable[Path]") -> None:
    """Wait for the owner's end; then nobody needs what is left."""
    sys.stdin.buffer.read()
    for folder in folders:
        for daemon in daemons(folder):
            daemon.stop(gently=False)
        remove_data(folder)
