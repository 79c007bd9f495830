"""What a domain's SPF record says, and what it should say, built on what is there. Pure.

Source: RFC 7208; the ``include`` of each provider as its own help pages give it.
"""

import re
from ipaddress import ip_address

from services.portal.findings import Finding, Level

OF_PROVIDERS = {
    "exmail.qq.com": "spf.mail.qq.com",
    "qiye.aliyun.com": "spf.qiye.aliyun.com",
    "mxhichina.com": "spf.qiye.aliyun.com",
    "qiye.163.com": "spf.163.com",
    "dm.aliyun.com": "spf1.dm.aliyun.com",
    "qcloudmail.com": "qcloudmail.com",
}
"""By the end of the mail server's name: what a domain's SPF includes when its mails go there."""

_VERSION = "v=spf1"
_ALL = re.compile(r"[+\-~?]?all", re.IGNORECASE)
_OF_ANYBODY = re.compile(r"\+?all", re.IGNORECASE)


def is_providers(server: str) -> bool:
    """Whether a mail server is one of `OF_PROVIDERS`."""
    return any(server.endswith(end) for end in OF_PROVIDERS)


def spf(domain: str, server: str, records: list[str]) -> Finding:
    """Judge the TXT records of a sender's domain.

    Args:
        domain: of the sender.
        server: by which mails leave, as it is set; ``""``: none is.
        records: all of the domain's.
    """
    found = [record.split() for record in records if record.lower().split()[:1] == [_VERSION]]
    include = next((f"include:{theirs}" for end, theirs in OF_PROVIDERS.items() if server.endswith(end)), None)
    if not found:
        return _missing(domain, server, include)
    terms = list(dict.fromkeys(term for record in found for term in record[1:] if not _ALL.fullmatch(term)))
    if include and include not in map(str.lower, terms):
        wanted = [*terms, include]
        lacks_include = not any(term.lower().startswith("redirect=") for term in terms)
    else:
        wanted, lacks_include = terms, False
    record = f"{_VERSION} {' '.join([*wanted, '~all'])}"
    if len(found) > 1:
        return _wrong(
            f"发件域 {domain} 有 {len(found)} 条 SPF 记录，收件方会当作没有",
            "请域名管理员把它们合并成一条 TXT 记录，内容",
            record,
        )
    if any(_OF_ANYBODY.fullmatch(term) for term in found[0]):
        return _wrong(
            f"发件域 {domain} 的 SPF 允许任何人代发（{' '.join(found[0])}）", "请域名管理员把这条 TXT 记录改成", record
        )
    if lacks_include:
        return _wrong(
            f"发件域 {domain} 的 SPF 里没有 {server} 用的 {include}", "请域名管理员把这条 TXT 记录改成", record
        )
    return Finding(level=Level.OK, what=f"发件域 {domain} 有 SPF 记录")


def _missing(domain: str, server: str, include: str | None) -> Finding:
    what = f"发件域 {domain} 没有 SPF 记录，收件方会把推送当作可疑邮件"
    add = f"请域名管理员给 {domain} 加一条 TXT 记录"
    if include:
        return _wrong(what, f"{add}，内容", f"{_VERSION} {include} ~all")
    if _is_host(server):
        return _wrong(
            what, f"{add}（由服务商发信的，用它帮助页给的 include 代替 a:），内容", f"{_VERSION} a:{server} ~all"
        )
    return _wrong(what, f"{add}（ip4 换成发信服务器的公网地址），内容", f"{_VERSION} ip4:203.0.113.1 ~all")


def _is_host(server: str) -> bool:
    try:
        ip_address(server)
    except ValueError:
        return "." in server
    return False


def _wrong(what: str, remedy: str, record: str) -> Finding:
    return Finding(level=Level.WARNING, what=what, remedy=remedy, command=record)
