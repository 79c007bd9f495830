"""Checks of what the sender's domain says about its mails: SPF, DKIM and DMARC, with what to publish where it is missing.

Source: RFC 7208, 6376, 7489; the senders' guidelines of Gmail and Yahoo ask for all three.
"""

import asyncio
from typing import TYPE_CHECKING

from services.cli.checks.spf import is_providers, spf
from services.cli.checks.txt_records import txt_records
from services.portal.findings import Finding, Level

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from services.notifier.channels.email_dkim import DkimSigner
    from shared.settings import Settings

GOOD_BITS = 2048

PUBLIC_MAILBOXES = {
    *("qq.com", "vip.qq.com", "foxmail.com", "163.com", "vip.163.com", "126.com", "yeah.net", "188.com"),
    *("sina.com", "sina.cn", "sohu.com", "aliyun.com", "139.com", "189.cn"),
    *("gmail.com", "outlook.com", "hotmail.com", "icloud.com"),
}
"""Domains that their providers look after."""


async def mail_domain(
    settings: "Settings", ask: "Callable[[str], Awaitable[list[str]]] | None" = None
) -> "AsyncIterator[Finding]":
    """Look at the records of the sender's domain.

    Args:
        settings: whose sender, key and server count.
        ask: returns the TXT records of a name, none where there is no such name; raises OSError where nobody answers.
    """
    from services.notifier.channels.email_dkim import load_signer
    from services.notifier.templates.mail_sender import parse_sender
    from shared.errors import ChannelMisconfiguredError

    try:
        sender = parse_sender(settings.mail_from)
        signer = load_signer(settings)
    except ChannelMisconfiguredError as error:
        yield Finding(level=Level.FAILED, what=str(error), remedy="改正这项设置")
        return
    if "." not in sender.domain:
        return  # tried out on one machine
    if sender.domain in PUBLIC_MAILBOXES:
        yield Finding(level=Level.OK, what=f"发件域 {sender.domain} 由邮箱服务商管理，SPF、DKIM 和 DMARC 不需要您设置")
        return
    asked = ask or txt_records
    try:
        yield spf(sender.domain, settings.smtp_host or "", await asked(sender.domain))
        if signer is None:
            yield _unsigned(sender.domain, settings.smtp_host or "")
        else:
            yield _signed(sender.domain, signer, await asked(signer.published_at))
        yield await _dmarc(sender.domain, sender.address, asked)
    except OSError as error:
        yield Finding(
            level=Level.WARNING,
            what=f"查不到发件域 {sender.domain} 的 SPF、DKIM 和 DMARC 记录：{error}",
            remedy="检查这台机器的 DNS 设置，或到能上网的机器上查",
            command=f"nslookup -type=TXT {sender.domain}",
        )


async def bounce_mailbox(settings: "Settings") -> Finding:
    """Look whether the mailbox that bounces arrive in can be opened."""
    from services.notifier.bounces.imap import ImapMailbox
    from shared.errors import ZhituiError

    def look() -> int:
        with ImapMailbox(settings) as mailbox:
            return len(mailbox.unseen(0))

    try:
        unseen = await asyncio.to_thread(look)
    except ZhituiError as error:
        return Finding(level=Level.FAILED, what=f"退信没有人读：{error}", remedy="检查 ZHITUI_BOUNCE_IMAP_ 开头的设置")
    return Finding(level=Level.OK, what=f"退信邮箱可以打开，{settings.bounce_imap_folder} 里有 {unseen} 封未读")


def _unsigned(domain: str, server: str) -> Finding:
    if is_providers(server):
        return Finding(level=Level.OK, what=f"DKIM 由邮件服务商签名；请在它的管理页面确认已为 {domain} 开启")
    return Finding(
        level=Level.WARNING,
        what="推送邮件没有 DKIM 签名，一键退订按钮不会显示，也容易进垃圾箱（邮件服务器自己会签名时不用管）",
        remedy="生成密钥，让 ZHITUI_DKIM_KEY_FILE 指向它，再运行一次 zhitui doctor 看要公布什么",
        command="openssl genrsa -out dkim.pem 2048",
    )


def _signed(domain: str, signer: "DkimSigner", records: list[str]) -> Finding:
    name = signer.published_at
    wanted = f"v=DKIM1; k=rsa; p={signer.public_key}"
    ends = (f".{domain}", f".{signer.domain}")
    if not (ends[0].endswith(ends[1]) or ends[1].endswith(ends[0])):
        return Finding(
            level=Level.WARNING,
            what=f"签名的域 {signer.domain} 与发件域 {domain} 不是一家，DMARC 不认这个签名",
            remedy="去掉 ZHITUI_DKIM_DOMAIN，或让它与发件地址同一个域",
        )
    keys = ["".join(tags["p"].split()) for tags in map(_tags, records) if "p" in tags]
    if not keys:
        return _missing(f"DKIM 公钥没有公布在 {name}，签名等于没有", name, wanted)
    if signer.public_key not in keys:
        return _missing(
            f"{name} 公布的 DKIM 公钥与 ZHITUI_DKIM_KEY 不是一对，签名都会被判无效", name, wanted, "请域名管理员改正"
        )
    if signer.bits < GOOD_BITS:
        return Finding(
            level=Level.WARNING,
            what=f"DKIM 密钥只有 {signer.bits} 位",
            remedy="换成 2048 位的，用一个新的 ZHITUI_DKIM_SELECTOR",
            command="openssl genrsa -out dkim.pem 2048",
        )
    return Finding(level=Level.OK, what=f"DKIM 公钥已公布在 {name}，与私钥是一对")


async def _dmarc(domain: str, address: str, ask: "Callable[[str], Awaitable[list[str]]]") -> Finding:
    labels = domain.split(".")
    for place in range(len(labels) - 1):  # a subdomain is covered by the domain above it
        above = ".".join(labels[place:])
        if any(_tags(record).get("v") == "DMARC1" for record in await ask(f"_dmarc.{above}")):
            return Finding(level=Level.OK, what=f"发件域有 DMARC 记录（_dmarc.{above}）")
    return _missing(
        f"发件域 {domain} 没有 DMARC 记录，大的邮箱服务商会限收",
        f"_dmarc.{domain}",
        f"v=DMARC1; p=none; rua=mailto:{address}",
    )


def _missing(what: str, name: str, record: str, how: str = "请域名管理员加一条") -> Finding:
    return Finding(level=Level.WARNING, what=what, remedy=f"{how} TXT 记录，主机名 {name}，内容", command=record)


def _tags(record: str) -> dict[str, str]:
    pairs = (tag.partition("=") for tag in record.split(";") if "=" in tag)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
