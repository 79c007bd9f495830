"""Checks of the servers that messages leave through. No message is sent, and no robot's key."""

from typing import TYPE_CHECKING

from services.cli.checks.accounts import accounts
from services.cli.checks.connection_words import why_unreachable
from services.cli.checks.mail_domain import bounce_mailbox, mail_domain
from services.portal.findings import Finding, Level
from shared.wire.subscription import Channel

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection

    from shared.settings import Settings

CONNECT_SECONDS = 5.0


async def outside(settings: "Settings", channels: "Collection[Channel]") -> "AsyncIterator[Finding]":
    """Look at the servers of the channels that destinations use."""
    if Channel.EMAIL in channels or settings.smtp_host:
        yield await _mail_server(settings)
        async for finding in mail_domain(settings):
            yield finding
    if settings.bounce_imap_host:
        yield await bounce_mailbox(settings)
    if Channel.EMAIL in channels and not settings.public_url:
        yield Finding(
            level=Level.WARNING,
            what="没有设置对外网址，邮件里不会有一键退订",
            remedy="设置收件人能打开的网址，例如",
            command="ZHITUI_PUBLIC_URL=https://zhitui.example.cn",
        )
    if Channel.FEED in channels and not settings.public_url:
        yield Finding(
            level=Level.WARNING,
            what="没有设置对外网址，订阅源只有在本机才读得到",
            remedy="设置阅读器能打开的网址，例如",
            command="ZHITUI_PUBLIC_URL=https://zhitui.example.cn",
        )
    for finding in accounts(settings, channels):
        yield finding
    vendors = (
        ({Channel.WECOM_ROBOT, Channel.WECOM_APP}, "企业微信", settings.wecom_base_url, "ZHITUI_WECOM_BASE_URL"),
        ({Channel.WECHAT_SERVICE}, "微信", settings.wechat_base_url, "ZHITUI_WECHAT_BASE_URL"),
        ({Channel.DINGTALK}, "钉钉", settings.dingtalk_base_url, "ZHITUI_DINGTALK_BASE_URL"),
        ({Channel.FEISHU}, "飞书", settings.feishu_base_url, "ZHITUI_FEISHU_BASE_URL"),
    )
    for used_by, name, url, variable in vendors:
        if used_by & set(channels):
            yield await _vendor(name, url, variable)


async def _mail_server(settings: "Settings") -> Finding:
    import aiosmtplib

    from services.notifier.channels.smtp_tls import own_ca
    from shared.errors import ChannelMisconfiguredError

    if settings.smtp_host is None:
        return Finding(
            level=Level.FAILED,
            what="有邮件目的地，但没有设置邮件服务器，邮件发不出去",
            remedy="设置邮件服务器",
            command="ZHITUI_SMTP_HOST=smtp.example.cn",
        )
    server = f"{settings.smtp_host}:{settings.smtp_port}（{settings.smtp_security.value}）"
    try:
        tls_context = own_ca(settings)
    except ChannelMisconfiguredError as error:
        return Finding(level=Level.FAILED, what=str(error), remedy="改正 ZHITUI_SMTP_CA_FILE")
    client = aiosmtplib.SMTP(
        hostname=settings.smtp_host,
        port=settings.smtp_port,
        use_tls=settings.smtp_security.value == "tls",
        start_tls=settings.smtp_security.value == "starttls",
        tls_context=tls_context,
        timeout=CONNECT_SECONDS,
    )
    try:
        async with client:
            if settings.smtp_username:
                password = settings.smtp_password.get_secret_value() if settings.smtp_password else ""
                await client.login(settings.smtp_username, password)
    except aiosmtplib.SMTPAuthenticationError as error:
        return Finding(
            level=Level.FAILED,
            what=f"邮件服务器 {server} 拒绝登录：{error.code}",
            remedy="检查 ZHITUI_SMTP_USERNAME 和 ZHITUI_SMTP_PASSWORD；很多邮箱要用授权码，不是登录密码",
        )
    except (aiosmtplib.SMTPException, OSError) as error:
        return Finding(
            level=Level.FAILED,
            what=f"邮件服务器 {server} 连不上：{why_unreachable(error)}",
            remedy="检查 ZHITUI_SMTP_HOST、ZHITUI_SMTP_PORT、ZHITUI_SMTP_SECURITY 和防火墙（465 配 tls，587 配 starttls）",
        )
    return Finding(level=Level.OK, what=f"邮件服务器 {server} 可以{'登录' if settings.smtp_username else '连接'}")


async def _vendor(name: str, url: str, variable: str) -> Finding:
    import aiohttp

    timeout = aiohttp.ClientTimeout(total=CONNECT_SECONDS)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url, allow_redirects=False):
            return Finding(level=Level.OK, what=f"{name}可以连接：{url}")
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        return Finding(
            level=Level.FAILED,
            what=f"{name}连不上：{url}（{why_unreachable(error)}）",
            remedy=f"检查网络、防火墙和 {variable}",
        )
