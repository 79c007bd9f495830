"""Where a request comes from, behind however many proxies that the operator named."""

import ipaddress
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiohttp import web

    from shared.reach import Network

_ADDRESSES = 4_096
"""Of proxies and people, are taken apart once: each request asks for a handful of them."""


def address_of(request: "web.Request", trusted: "Sequence[Network]") -> str:
    """Return the client's address of a request."""
    peer = request.transport.get_extra_info("peername") if request.transport else None
    return client_address(peer[0] if peer else "", request.headers.getall("X-Forwarded-For", ()), trusted)


def client_address(peer: str, forwarded: "Sequence[str]", trusted: "Sequence[Network]") -> str:
    """Return the last address on the way that no trusted proxy has.

    Each proxy appends whom it was asked by, so what stands left of the first address that is not trusted was written by
    anybody.

    Args:
        peer: the other end of the connection.
        forwarded: ``X-Forwarded-For``, in the order of the headers.
        trusted: networks of our proxies; none: the header is never looked at.
    """
    way = [part.strip() for header in forwarded for part in header.split(",")]
    client = peer
    while _is_in(client, trusted) and way:
        nearer = way.pop()
        if _parsed(nearer) is None:
            break
        client = nearer
    return client


def unknown_proxy(request: "web.Request", trusted: "Sequence[Network]") -> str | None:
    """Return the address of a proxy inside the house that the operator did not name, ``None``: there was none.

    What comes from outside with such a header is no proxy of ours, but somebody who tries.
    """
    peer = request.transport.get_extra_info("peername") if request.transport else None
    parsed = _parsed(peer[0]) if peer else None
    if parsed is None or "X-Forwarded-For" not in request.headers or not parsed.is_private:
        return None
    return None if _is_in(str(parsed), trusted) else str(parsed)


def _is_in(address: str, networks: "Sequence[Network]") -> bool:
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in networks)


@lru_cache(maxsize=_ADDRESSES)
def _parsed(address: str) -> "ipaddress.IPv4Address | ipaddress.IPv6Address | None":
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed
