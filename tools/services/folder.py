"""What lies in an instance's folder: ``NAME/`` (data, settings), ``NAME.log``, ``NAME.pid`` for each server, ``ports.json``."""

import fcntl
import json
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tools.services.daemon import Daemon
from tools.services.ports import free_ports

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KAFKA = "kafka"
MONGOD = "mongod"

_PORTS = "ports.json"
_PORT_NAMES = (KAFKA, "kafka-controller", MONGOD)


def daemons(folder: "Path") -> tuple[Daemon, Daemon]:
    """Return the servers of an instance, running or not."""
    return Daemon(KAFKA, folder), Daemon(MONGOD, folder)


def kept_ports(folder: "Path") -> dict[str, int]:
    """Return the ports by name: chosen once, so that clients find a server again that was down."""
    file = folder / _PORTS
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(dict(zip(_PORT_NAMES, free_ports(len(_PORT_NAMES)), strict=True))), "ascii")
    ports: dict[str, int] = json.loads(file.read_text("ascii"))
    return ports


def remove_data(folder: "Path") -> None:
    """Remove everything but the logs; the servers must be down."""
    for daemon in daemons(folder):
        shutil.rmtree(daemon.home, ignore_errors=True)
        daemon.pid_file.unlink(missing_ok=True)
    (folder / _PORTS).unlink(missing_ok=True)


@contextmanager
def locked(folder: "Path") -> "Iterator[None]":
    """Let one process at a time start or stop an instance."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
