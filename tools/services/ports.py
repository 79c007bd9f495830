"""Ports for servers that are killed and come back."""

import random
import socket
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST = "127.0.0.1"

_RANGE = range(20_000, 32_000)
"""Below the ports that Linux gives to outgoing connections (32768 and up): among those, a client that tries again and again
to reach a server that is down can be given the server's own port, connect to itself, and keep the server from coming back."""


def free_ports(count: int) -> list[int]:
    """Return ports that nobody uses now, none of them twice."""
    return [free_port() for _ in range(count)]


def free_port() -> int:
    """Return a port that nobody uses now, and that was not returned before."""
    return next(_draw)


def _drawing() -> "Iterator[int]":
    for port in random.SystemRandom().sample(_RANGE, len(_RANGE)):
        if is_free(port):
            yield port


_draw = _drawing()
"""One a process: who asks for a port, and for another one before a server listens on the first, gets two."""


def is_free(port: int) -> bool:
    """Return whether a server could listen there; what old connections leave behind for a minute does not count."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def becomes_free(port: int, within_seconds: float = 10.0) -> bool:
    """Wait until a server could listen there: the kernel takes its time with what a killed one leaves behind."""
    deadline = time.monotonic() + within_seconds
    while not is_free(port):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def answers(port: int) -> bool:
    """Return whether somebody accepts connections there."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex((HOST, port)) == 0
