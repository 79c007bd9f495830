"""Connections that go only where they may: every address is looked at when it is dialled, whatever name led there.

A name may resolve to something else at each question (DNS rebinding), and addresses may be written in many ways; what the
socket is made for is the address itself.
"""

import socket
from typing import TYPE_CHECKING

import aiohttp

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohappyeyeballs import AddrInfoType
    from aiohttp.abc import AbstractResolver


class ForbiddenAddressError(OSError):
    """The connection would go to a machine that may not be asked."""


def guarded_connector(
    allows: "Callable[[str], bool]",
    *,
    keepalive_seconds: float = 0.0,
    resolver: "AbstractResolver | None" = None,
) -> aiohttp.TCPConnector:
    """Return a connector for one session.

    Args:
        allows: whether an IP address may be dialled; one that may not counts as one that does not answer.
        keepalive_seconds: how long an idle connection is used again; 0: never.
        resolver: looks names up; aiohttp's own if there is none. Whoever made it closes it.
    """

    def make_socket(address: "AddrInfoType") -> socket.socket:
        family, kind, protocol, _, where = address
        if not allows(str(where[0])):
            raise ForbiddenAddressError
        return socket.socket(family, kind, protocol)

    if keepalive_seconds:
        return aiohttp.TCPConnector(
            socket_factory=make_socket, resolver=resolver, keepalive_timeout=keepalive_seconds, limit=0
        )
    return aiohttp.TCPConnector(socket_factory=make_socket, resolver=resolver, force_close=True)


def is_forbidden(error: BaseException) -> bool:
    """Whether a call failed because it would have gone where it may not."""
    return isinstance(getattr(error, "os_error", error), ForbiddenAddressError)
