"""What is well with a connected app and what is not, in words for its administrator; pure functions of the vendor's answer."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from services.portal.desk.refusals import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.errors import ZhituiError
    from shared.filing.wecom_corps import WecomCorp


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        code: names it.
        is_good: whether nothing need be done.
        is_needed: whether alerts do not come without it.
    """

    code: str
    is_good: bool
    text: Text
    is_needed: bool = True

    @classmethod
    def of_error(cls, error: "ZhituiError") -> Self:
        """Return what an answer of the vendor means that refuses everything."""
        said = error.vendor_code or "no answer"
        return cls(code="access", is_good=False, text=Text(str(error), f"WeCom refuses our call ({said})."))


def judge_app(corp: "WecomCorp", app: "Mapping[str, Any] | None", public_url: str | None) -> list[Finding]:
    """Return the findings, in the order in which an administrator deals with them.

    Args:
        corp: the connection.
        app: the vendor's answer to ``agent/get``; ``None``: it refused.
        public_url: how this server is reached from outside.
    """
    findings = [] if app is None else [_ACCESS, _open(app), _range(app)]
    findings.append(_callback(corp, public_url))
    if app is not None and public_url:
        findings.append(_domain(app, public_url))
    return findings


def is_connected(findings: "list[Finding]") -> bool:
    """Whether members get alerts and answers."""
    return all(finding.is_good for finding in findings if finding.is_needed)


_ACCESS = Finding(
    code="access",
    is_good=True,
    text=Text(
        "企业 ID、AgentId、Secret 正确，可信 IP 已放行", "CorpID, AgentId and secret are right; our address is trusted"
    ),
)


def _open(app: "Mapping[str, Any]") -> Finding:
    if app.get("close"):
        text = Text(
            "应用已停用：请在管理后台“应用管理”里打开这个应用，点“启用”。",
            "The app is disabled: enable it in the admin console.",
        )
        return Finding(code="open", is_good=False, text=text)
    return Finding(code="open", is_good=True, text=Text("应用已启用", "The app is enabled"))


def _range(app: "Mapping[str, Any]") -> Finding:
    people = _count(app, "allow_userinfos", "user")
    departments = _count(app, "allow_partys", "partyid")
    if people or departments or _count(app, "allow_tags", "tagid"):
        text = Text(
            f"可见范围：{departments} 个部门、另选 {people} 名成员",
            f"Visible to {departments} departments and {people} members",
        )
        return Finding(code="range", is_good=True, text=text)
    text = Text(
        "可见范围是空的，谁也收不到：请在应用的“可见范围”里选要收提醒的部门或成员。",
        "Nobody sees the app: choose departments or members in its visible range.",
    )
    return Finding(code="range", is_good=False, text=text)


def _callback(corp: "WecomCorp", public_url: str | None) -> Finding:
    if corp.called_at is not None:
        text = Text("接收消息：企业微信已验证过我们的地址", "WeCom has checked the address that receives messages")
        return Finding(code="callback", is_good=True, text=text)
    if public_url is None:
        text = Text(
            "知推没有设置公网地址，收不到聊天和按钮：请管理员设置 ZHITUI_PUBLIC_URL。",
            "This server has no public address, so chats and buttons do not arrive: set ZHITUI_PUBLIC_URL.",
        )
    else:
        text = Text(
            "还没收到企业微信的验证：请在应用的“接收消息”里点“设置API接收”，填上本页的 URL、Token 和 EncodingAESKey，保存。",
            "WeCom has not called yet: enter URL, token and EncodingAESKey of this page under “Receive messages” and save.",
        )
    return Finding(code="callback", is_good=False, text=text)


def _domain(app: "Mapping[str, Any]", public_url: str) -> Finding:
    host = urlsplit(public_url).hostname or ""
    if app.get("redirect_domain") == host:
        return Finding(
            code="domain", is_good=True, is_needed=False, text=Text(f"可信域名：{host}", f"Trusted domain: {host}")
        )
    text = Text(
        f"在企业微信里免登录打开网页，还要把 {host} 设为应用的可信域名（“网页授权及JS-SDK”）。",
        f"To open pages signed in inside WeCom, make {host} a trusted domain of the app.",
    )
    return Finding(code="domain", is_good=False, is_needed=False, text=text)


def _count(app: "Mapping[str, Any]", outer: str, inner: str) -> int:
    part = app.get(outer)
    listed = part.get(inner) if isinstance(part, dict) else None
    return len(listed) if isinstance(listed, list) else 0
