"""Whose address counts, behind proxies."""

import pytest

from services.portal.access.address import client_address
from shared.networks import parse_networks

PROXIES = parse_networks("10.0.0.0/8, 192.0.2.1")


def test_without_trusted_proxies_only_the_connection_counts() -> None:
    assert client_address("198.51.100.7", ["203.0.113.9"], ()) == "198.51.100.7"
    assert client_address("10.1.2.3", ["203.0.113.9"], ()) == "10.1.2.3"


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("10.1.2.3", ["203.0.113.9"], "203.0.113.9"),
        ("10.1.2.3", ["203.0.113.9, 10.9.9.9"], "203.0.113.9"),
        ("192.0.2.1", ["203.0.113.9", "10.9.9.9"], "203.0.113.9"),
        ("::ffff:10.1.2.3", ["2001:db8::1"], "2001:db8::1"),
        ("10.1.2.3", [], "10.1.2.3"),
        ("10.1.2.3", ["10.4.4.4"], "10.4.4.4"),
    ],
)
def test_the_last_address_that_no_proxy_of_ours_has_is_the_clients(
    peer: str, forwarded: list[str], client: str
) -> None:
    assert client_address(peer, forwarded, PROXIES) == client


def test_what_a_client_writes_into_the_header_itself_changes_nothing() -> None:
    assert client_address("10.1.2.3", ["1.1.1.1, 203.0.113.9"], PROXIES) == "203.0.113.9"
    assert client_address("203.0.113.9", ["1.1.1.1"], PROXIES) == "203.0.113.9"


def test_what_is_no_address_is_not_believed() -> None:
    assert client_address("10.1.2.3", ["203.0.113.9, unknown"], PROXIES) == "10.1.2.3"
    assert client_address("", ["203.0.113.9"], PROXIES) == ""
