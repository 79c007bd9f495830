"""What comes through a proxy comes from the world."""

from unittest.mock import Mock

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from services.portal.access.address import unknown_proxy
from shared.networks import parse_networks
from shared.runtime.forwarded import inside_only


@inside_only
async def told(_request: web.Request) -> web.Response:
    return web.Response(text="how many there are of everything")


async def test_who_reaches_the_process_itself_is_answered() -> None:
    assert (await told(make_mocked_request("GET", "/metrics"))).status == 200


@pytest.mark.parametrize("header", ["X-Forwarded-For", "x-forwarded-for", "Forwarded", "X-Real-IP"])
async def test_through_a_proxy_nothing_is_there(header: str) -> None:
    with pytest.raises(web.HTTPNotFound):
        await told(make_mocked_request("GET", "/metrics", headers={header: "203.0.113.9"}))


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("172.18.0.1", True, "172.18.0.1"),
        ("127.0.0.1", True, "127.0.0.1"),
        ("172.18.0.1", False, None),
        ("10.0.0.7", True, None),
        ("8.8.8.8", True, None),
    ],
)
def test_a_proxy_inside_that_nobody_named_is_noticed(peer: str, forwarded: bool, found: str | None) -> None:  # noqa: FBT001 - a column
    transport = Mock()
    transport.get_extra_info.return_value = (peer, 1234)
    headers = {"X-Forwarded-For": "203.0.113.9"} if forwarded else {}
    request = make_mocked_request("GET", "/", headers=headers, transport=transport)
    assert unknown_proxy(request, parse_networks("10.0.0.0/8")) == found
