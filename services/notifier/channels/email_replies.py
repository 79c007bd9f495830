"""What a mail server's refusal means.

Source: RFC 5321 §4.2, RFC 3463; QQ's and 163's published lists of replies. QQ answers 550 to what is only too fast, so
the text is read before the code.
"""

import re

from shared.errors import (
    ChannelMisconfiguredError,
    DestinationGoneError,
    RateLimitedError,
    Reason,
    RefusedMessageError,
    RetryLaterError,
    ZhituiError,
)

HOURS_SECONDS = 3600.0
"""Where a reply says "too often", the window is an hour or a day, not a minute."""

_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_TOO_OFTEN = re.compile(
    r"frequency limited|too many|\brate\b|try again|temporar|mailbox unavailable or access denied", re.IGNORECASE
)
_SENDER = re.compile(
    r"authorized user|authentication|not logged in|\"?from\"? header|sender (?:address )?rejected", re.IGNORECASE
)
_NOBODY = re.compile(
    r"user unknown|not exist|not found|no such|bad address syntax|unknown user"
    r"|(?:用户|收件人|邮箱|账号|帐号|地址)[^，。；,;]{0,80}?(?:不存在|未找到|已停用|已被停用|被禁用|已注销|无法找到)|无此用户",
    re.IGNORECASE,
)
_NO_ROOM = re.compile(
    r"(?:mailbox|quota|storage) (?:is )?(?:full|exceeded)|over quota|(?:邮箱|空间|容量)(?:空间|容量)?(?:已满|不足)",
    re.IGNORECASE,
)
_GONE = {"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"}
_FULL = {"5.2.2", "4.2.2"}
_TOO_LARGE = {"5.2.3", "5.3.4"}
_AUTH_CODES = {530, 534, 535, 538}


def judge_reply(code: int, text: str, stage: str) -> ZhituiError:  # noqa: PLR0911 - a table, read from top to bottom
    """Return the error of a reply that is not 2xx.

    Args:
        code: SMTP code.
        text: of the reply, without addresses.
        stage: ``CONNECT``, ``AUTH``, ``MAIL``, ``RCPT`` or ``DATA``.
    """
    found = _ENHANCED.search(text)
    enhanced = found.group(0) if found else ""
    vendor_code = f"{code} {enhanced}".strip()
    said = f"邮件服务器回答 {code}：{text}"
    if 400 <= code < 500 or not 500 <= code < 600:  # noqa: PLR2004 - RFC 5321: transient, or nothing a server may say
        return RetryLaterError(said, reason=Reason.SERVER, vendor_code=vendor_code)
    if code in _AUTH_CODES or stage == "AUTH" or _SENDER.search(text):
        return ChannelMisconfiguredError(
            f"{said}。请检查 ZHITUI_SMTP_USERNAME、ZHITUI_SMTP_PASSWORD（多数邮箱要用授权码）和 ZHITUI_MAIL_FROM。",
            reason=Reason.AUTH,
            vendor_code=vendor_code,
        )
    if _TOO_OFTEN.search(text):
        return RateLimitedError(said, after_seconds=HOURS_SECONDS, reason=Reason.RATE_LIMITED, vendor_code=vendor_code)
    if enhanced in _FULL or (not enhanced and _NO_ROOM.search(text)):
        return RetryLaterError(said, after_seconds=HOURS_SECONDS, reason=Reason.REJECTED, vendor_code=vendor_code)
    if stage in {"CONNECT", "MAIL"}:
        return ChannelMisconfiguredError(
            f"{said}。请检查 ZHITUI_MAIL_FROM 是否是这个账号可用的发件地址。",
            reason=Reason.CONFIGURATION,
            vendor_code=vendor_code,
        )
    if stage == "RCPT" and (enhanced in _GONE or _NOBODY.search(text)):
        return DestinationGoneError(
            f"收件邮箱不存在或已停用（{said}）。请核对邮箱地址后重新登记。", reason=Reason.GONE, vendor_code=vendor_code
        )
    reason = Reason.TOO_LONG if enhanced in _TOO_LARGE or code == 552 else Reason.REJECTED  # noqa: PLR2004 - RFC 5321: exceeded storage
    return RefusedMessageError(said, reason=reason, vendor_code=vendor_code)


def hide_address(text: str, address: str) -> str:
    """Return a server's words as one line of at most 200 characters, without the receiver's address or its name."""
    local = address.rpartition("@")[0]
    flat = " ".join(text.split())
    return (flat.replace(address, "***").replace(local, "***") if len(local) > 2 else flat)[:200]  # noqa: PLR2004 - a letter or two would hide the sentence
