"""Addresses of webhook receivers: what may be written, before anybody is asked there."""

import asyncio
import re
import socket
from typing import TYPE_CHECKING

from yarl import URL

from shared.errors import InvalidInputError
from shared.reach import is_address, is_for_everybody

if TYPE_CHECKING:
    from shared.reach import Reach

MAX_CHARACTERS = 1024
PORTS = (443, 8443)

MAX_HOST = 253
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
"""Between the dots of a name (RFC 1123, 2.1); with underscores, which are in use."""

_EXAMPLE = "请写成 https://主机/路径 这样的地址。"
_HOW_TO_ALLOW = "确实要推送到内网时，请管理员把它写进 ZHITUI_INTRANET_RECEIVERS。"


def check_receiver(address: str, reach: "Reach") -> str:
    """Return the address as it goes over the wire: its host in ASCII.

    Args:
        address: as a person wrote it.
        reach: what the operator allows inside the house; there also HTTP and other ports than `PORTS`.

    Raises:
        InvalidInputError: nobody is called there; the sentence does not repeat the address, which may hold a key.
    """
    if len(address) > MAX_CHARACTERS or not address.isprintable() or " " in address:
        raise InvalidInputError(f"webhook 地址里有空格或不可见字符，或超过 {MAX_CHARACTERS} 个字符。{_EXAMPLE}")
    try:
        url = URL(address)
        host, port = (url.raw_host or "").rstrip("."), url.port
    except ValueError:
        raise InvalidInputError(f"webhook 地址不是网址。{_EXAMPLE}") from None
    named = reach.names(host)
    if url.scheme not in {"https", "http"} or not host:
        raise InvalidInputError(f"webhook 地址要以 https:// 开头。{_EXAMPLE}")
    if url.raw_user is not None or url.raw_password is not None:
        raise InvalidInputError("webhook 地址里不能有用户名和密码。接收方可以用签名来确认是知推发来的。")
    if url.fragment:
        raise InvalidInputError("webhook 地址里不能有 # 和它后面的部分。")
    if url.scheme == "http" and not named:
        raise InvalidInputError(f"webhook 地址要以 https:// 开头，http:// 会让内容和签名被别人看到。{_HOW_TO_ALLOW}")
    if port not in PORTS and not named:
        raise InvalidInputError(f"webhook 只能用端口 443 或 8443。{_HOW_TO_ALLOW}")
    _check_host(host, named=named)
    return str(url.with_host(host) if host != url.raw_host else url)


def _check_host(host: str, *, named: bool) -> None:
    if named:
        return
    if is_address(host):
        if not is_for_everybody(host) or "%" in host:
            raise forbidden()
        return
    # What is left must be a name of the public network: no "localhost", and no number that some would take for an address.
    labels = host.split(".")
    if len(labels) == 1 or labels[-1][:1].isdigit():
        raise forbidden()
    if len(host) > MAX_HOST or not all(map(_LABEL.fullmatch, labels)):
        raise InvalidInputError(f"webhook 地址里的主机名不对。{_EXAMPLE}")


async def refuse_inside(address: str, reach: "Reach") -> None:
    """Resolve the host of a checked address, so that one that leads inside the house is refused when it is saved.

    It is looked at again at each call; a name that cannot be resolved now is left to that.

    Raises:
        InvalidInputError: it has addresses, and none of them may be called.
    """
    url = URL(address, encoded=True)
    host = url.raw_host or ""
    if reach.names(host) or is_address(host):
        return
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, url.port, type=socket.SOCK_STREAM)
    except OSError:
        return
    if not any(reach.allows(str(where[0])) for *_, where in found):
        raise forbidden()


def forbidden() -> InvalidInputError:
    """Return the error of an address inside the house."""
    return InvalidInputError(f"webhook 地址指向本机或内部网络，知推不会访问。{_HOW_TO_ALLOW}")
