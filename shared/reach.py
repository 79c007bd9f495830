"""Which machines may be asked at an address that somebody gave us: those that anybody can reach, and what the operator allows.

An address inside the house would have us ask, with our place in the network, what its giver cannot (server-side request
forgery).
"""

import ipaddress
from dataclasses import dataclass
from typing import TypeAlias

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

_UNICAST = ipaddress.IPv6Network("2000::/3")
"""All that is given out of IPv6 (RFC 4291); around it lie loopback, mapped and translated IPv4, links and sites."""

_RELAYS: tuple[Network, ...] = (ipaddress.IPv6Network("2002::/16"), ipaddress.IPv4Network("192.88.99.0/24"))
"""6to4: leads to whatever IPv4 address stands in it; `ipaddress` calls it global."""


def is_for_everybody(address: str) -> bool:
    """Whether an IP address, as text, is one of the public network."""
    parsed = _parsed(address)
    if parsed is None or not parsed.is_global or parsed.is_multicast or _within(parsed, _RELAYS):
        return False
    return parsed.version == 4 or parsed in _UNICAST  # noqa: PLR2004 - of the Internet Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What may be asked beside the public network.

    Attributes:
        hosts: names, in ASCII and small letters; wherever they lead.
        networks: addresses.
    """

    hosts: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    def names(self, host: str) -> bool:
        """Whether the operator named this host, or a network that it, written as an address, lies in."""
        parsed = _parsed(host)
        return host in self.hosts or (parsed is not None and _within(parsed, self.networks))

    def allows(self, address: str) -> bool:
        """Whether a connection may go to this IP address."""
        return is_for_everybody(address) or self.names(address)


def parse_reach(text: str) -> Reach:
    """Read a list of host names, addresses and networks (``oa.corp.example, 10.1.0.0/16``).

    Raises:
        ValueError: one of them is none.
    """
    hosts, networks = set[str](), list[Network]()
    for one in filter(None, (part.strip().lower() for part in text.split(","))):
        try:
            networks.append(ipaddress.ip_network(one))
        except ValueError:
            hosts.add(_host(one))
    return Reach(hosts=frozenset(hosts), networks=tuple(networks))


def _host(text: str) -> str:
    try:
        if "/" not in text and ":" not in text and not text.rpartition(".")[2].isdigit():
            return text.encode("idna").decode("ascii")
    except UnicodeError:
        pass
    raise ValueError(f"“{text}”不是主机名、IP 地址或网段；请写成 oa.corp.example、10.1.2.3 或 10.1.0.0/16，用逗号隔开")


def is_address(host: str) -> bool:
    """Whether a host is written as an IP address."""
    return _parsed(host) is not None


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None


def _within(address: ipaddress.IPv4Address | ipaddress.IPv6Address, networks: tuple[Network, ...]) -> bool:
    return any(address in network for network in networks)
