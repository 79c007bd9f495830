"""Which machines a feed may send us to: those that anybody can reach, and the one that the operator named.

A feed that redirects to an address inside the house would have us fetch what its owner cannot (server-side request
forgery). Addresses are looked at after the name was resolved, and the connection goes to those that were looked at.
"""

import ipaddress
import socket
from typing import TYPE_CHECKING

from aiohttp.abc import AbstractResolver
from aiohttp.resolver import ThreadedResolver

if TYPE_CHECKING:
    from aiohttp.abc import ResolveResult


class ForbiddenAddressError(OSError):
    """A redirect leads to a machine that is not for everybody."""


def is_for_everybody(address: str) -> bool:
    """Whether an IP address is one of the public network."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = parsed.ipv4_mapped or parsed.sixtofour or (parsed.teredo[1] if parsed.teredo else None)
        if inner is not None:
            return inner.is_global
    return parsed.is_global and not parsed.is_multicast


def check_literal(host: str, trusted: str) -> None:
    """Look at a host that is written as an address, which is never resolved.

    Raises:
        ForbiddenAddressError: it is not for everybody.
    """
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return
    if host != trusted and not is_for_everybody(host.strip("[]")):
        raise ForbiddenAddressError


class GuardedResolver(AbstractResolver):
    """Resolves names; those that are not trusted only to addresses that are for everybody.

    Args:
        trusted: the host that the operator named.
    """

    def __init__(self, trusted: str) -> None:
        self._trusted = trusted
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> "list[ResolveResult]":
        """Return the addresses of a host.

        Raises:
            ForbiddenAddressError: it has none that may be asked.
        """
        found = await self._resolver.resolve(host, port, family)
        if host == self._trusted:
            return found
        allowed = [one for one in found if is_for_everybody(one["host"])]
        if not allowed:
            raise ForbiddenAddressError
        return allowed

    async def close(self) -> None:
        """Nothing is held."""
