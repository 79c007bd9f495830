"""Networks that an operator names."""

import ipaddress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.reach import Network


def parse_networks(text: str) -> "tuple[Network, ...]":
    """Read a list of addresses and networks (``10.0.0.5, 172.16.0.0/12``).

    Raises:
        ValueError: one of them is none.
    """
    try:
        return tuple(ipaddress.ip_network(one.strip()) for one in text.split(",") if one.strip())
    except ValueError:
        raise ValueError("请写成 IP 地址或网段，例如 10.0.0.5 或 172.16.0.0/12，用逗号隔开") from None
