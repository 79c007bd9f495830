"""The operator's page asks for no sign-in, so it is for people at this machine only."""

import ipaddress
from typing import TYPE_CHECKING

from services.portal.pages import notice
from shared.runtime.forwarded import is_forwarded

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import web

    Handler = Callable[[web.Request], Awaitable[web.Response]]


def refusal(peer: str | None, host: str, *, forwarded: bool) -> str | None:
    """Return why a request may not see the console, ``None`` when it may.

    Args:
        peer: address of the other end.
        host: the ``Host`` header. A page elsewhere can point a name of its own at this machine (DNS rebinding) and so
            make a local browser ask; the name it asked for gives it away.
        forwarded: whether a proxy says that it asks for somebody else.
    """
    if not _is_loopback(peer or ""):
        return f"这次访问来自 {peer or '未知地址'}，不是本机。"
    if forwarded:
        return "这次访问经过了代理服务器，不是直接来自本机。"
    name = _host_name(host)
    if name != "localhost" and not _is_loopback(name):
        return f"访问所用的主机名 {name or '（空）'} 不是本机名（localhost 或 127.0.0.1）。"
    return None


def loopback_only(handler: "Handler") -> "Handler":
    """Let a handler answer only people at this machine; everybody else gets a page that says why."""

    async def guarded(request: "web.Request") -> "web.Response":
        why = _why_not(request)
        if why is None:
            return await handler(request)
        return notice(
            "运行状况只在本机开放",
            why,
            "这一页不用登录，因此只接受来自本机的访问。要从别的电脑查看，请先建立 SSH 隧道，再打开 http://127.0.0.1:8080/centre ：",
            root="",
            status=403,
            command="ssh -L 8080:127.0.0.1:8080 服务器",
        )

    guarded.__doc__ = handler.__doc__
    return guarded


def is_at_this_machine(request: "web.Request") -> bool:
    """Whether somebody at this machine asks, without a proxy in between."""
    return _why_not(request) is None


def _why_not(request: "web.Request") -> str | None:
    peer = request.transport.get_extra_info("peername") if request.transport else None
    return refusal(peer[0] if peer else None, request.headers.get("Host", ""), forwarded=is_forwarded(request))


def _is_loopback(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _host_name(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].lower().rstrip(".")
