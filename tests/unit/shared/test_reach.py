"""Which machines may be asked."""

import pytest

from shared.reach import Reach, is_address, is_for_everybody, parse_reach

PUBLIC = ("93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "2001:4860:4860::8888")
INSIDE = {
    "10.0.0.1": "private",
    "172.31.255.255": "private",
    "192.168.1.1": "private",
    "127.0.0.1": "this machine",
    "0.0.0.0": "this machine",
    "169.254.169.254": "metadata of most clouds",
    "100.100.100.200": "metadata of Aliyun",
    "100.64.0.1": "a carrier's network",
    "198.18.0.1": "benchmarks",
    "224.0.0.1": "multicast",
    "255.255.255.255": "broadcast",
    "192.88.99.1": "6to4 relay",
    "::1": "this machine",
    "::": "this machine",
    "::7f00:1": "IPv4-compatible",
    "::ffff:10.0.0.1": "mapped",
    "::ffff:8.8.8.8": "mapped: nothing real writes it so",
    "64:ff9b::a00:1": "translated",
    "2002:a00:1::1": "6to4 of a private address",
    "2001::1": "Teredo",
    "fe80::1%eth0": "link",
    "fec0::1": "site",
    "fd00::1": "private",
    "ff02::1": "multicast",
    "nonsense": "no address",
    "2130706433": "no address",
}


@pytest.mark.parametrize("address", PUBLIC)
def test_everybody_may_be_asked_at_a_public_address(address: str) -> None:
    assert is_for_everybody(address)
    assert Reach().allows(address)
    assert is_address(address)


@pytest.mark.parametrize("address", INSIDE)
def test_nobody_is_asked_inside_the_house_however_it_is_written(address: str) -> None:
    assert not is_for_everybody(address)
    assert not Reach().allows(address)


def test_the_operator_may_name_networks_addresses_and_hosts() -> None:
    reach = parse_reach(" 10.1.0.0/16, 192.168.0.7,fd00::/8, OA.corp.example,办公.中国 ")
    assert reach.allows("10.1.255.1")
    assert not reach.allows("10.2.0.1")
    assert reach.allows("192.168.0.7")
    assert not reach.allows("192.168.0.8")
    assert reach.allows("fd12::1")
    assert reach.names("oa.corp.example")
    assert reach.names("xn--55qx2a.xn--fiqs8s")
    assert not reach.names("evil.oa.corp.example")
    assert not reach.allows("oa.corp.example.")


def test_nothing_is_named_by_an_empty_list() -> None:
    assert parse_reach("") == Reach()
    assert parse_reach(" , ") == Reach()


@pytest.mark.parametrize(
    "text",
    [
        "10.1.0.1/16",
        "10.0.0.0/33",
        "300.1.1.1",
        "a/b",
        "oa.corp.example:8080",
        "http://x.example",
        "oa..example",
        "办" * 64,
    ],
)
def test_what_is_neither_host_nor_network_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"10\.1\.0\.0/16"):
        parse_reach(text)
