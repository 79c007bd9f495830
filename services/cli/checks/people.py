"""Checks of the portal where people reach it from outside: who runs it, and what protects those who sign in."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from services.portal.findings import Finding, Level

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from shared.runtime.role import Surroundings
    from shared.settings import Settings

_HERE = {"127.0.0.1", "::1", "localhost"}


async def people(around: "Surroundings") -> "AsyncIterator[Finding]":
    """Look at accounts and at what stands before the portal; nothing where nobody outside reaches it."""
    if around.settings.public_url is None:
        return
    if not await _has_operator(around):
        yield Finding(
            level=Level.WARNING,
            what="还没有中心运维的账号，没有人能管理企业和技术领域",
            remedy="添加第一位",
            command="zhitui account add 邮箱 --role operator",
        )
    for finding in before_the_portal(around.settings):
        yield finding


def before_the_portal(settings: "Settings") -> "Iterator[Finding]":
    """Yield what makes signing in unsafe, of an installation with a public address."""
    address = urlsplit(settings.public_url or "")
    if address.scheme != "https" and address.hostname not in _HERE:
        yield Finding(
            level=Level.WARNING,
            what="ZHITUI_PUBLIC_URL 不是 https，密码和登录状态在网上是明文",
            remedy="在前面放一个带证书的反向代理，并把 ZHITUI_PUBLIC_URL 改成 https://",
        )
    if address.scheme == "https" and not settings.trusted_proxies:
        yield Finding(
            level=Level.WARNING,
            what="没有设置 ZHITUI_TRUSTED_PROXIES，经反向代理来的人都算同一个地址，一个人输错密码会连累所有人",
            remedy="写上反向代理的地址，例如 127.0.0.1",
        )


async def _has_operator(around: "Surroundings") -> bool:
    from services.portal.desk.accounts import Accounts
    from services.portal.desk.roles import chief_of
    from shared.filing.organisations import CENTRE_ID

    members = Accounts(around).of(CENTRE_ID)
    return any([one.document.role == chief_of(CENTRE_ID) and one.document.locked_at is None async for one in members])
