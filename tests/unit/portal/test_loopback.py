"""Who may see the console."""

import pytest

from services.portal.loopback import refusal


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_this_machine_may(peer: str) -> None:
    assert refusal(peer, "localhost:8080", forwarded=False) is None


@pytest.mark.parametrize("peer", ["192.168.1.20", "203.0.113.7", "fe80::1", "::ffff:203.0.113.7", None, "unix"])
def test_another_machine_may_not_and_is_told_its_address(peer: str | None) -> None:
    why = refusal(peer, "localhost:8080", forwarded=False)
    assert why is not None
    assert (peer or "未知地址") in why


def test_a_name_that_is_not_this_machines_may_not() -> None:
    assert "attacker.example" in str(refusal("127.0.0.1", "attacker.example:8080", forwarded=False))


def test_a_proxy_that_asks_for_somebody_else_may_not() -> None:
    assert "代理" in str(refusal("127.0.0.1", "localhost", forwarded=True))
