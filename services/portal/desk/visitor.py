"""Somebody at the door: nobody knows yet who that is."""

import ipaddress
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Where a request comes from.

    Attributes:
        address: IP address of the client, ``""`` when nobody knows.
        device_mark: what the browser says proves that its owner signed in with it before.
        device: what the browser calls itself, shortened.
        language: ``zh`` or ``en``.
    """

    address: str = ""
    device_mark: str = ""
    device: str = ""
    language: str = "zh"

    @property
    def network(self) -> str:
        """What is counted as one place: an IPv4 address; of IPv6 the /64 that one household has."""
        try:
            address = ipaddress.ip_address(self.address)
        except ValueError:
            return self.address
        if isinstance(address, ipaddress.IPv6Address):
            if address.ipv4_mapped is not None:
                return str(address.ipv4_mapped)
            return str(ipaddress.ip_network((address, 64), strict=False).network_address)
        return str(address)
