"""What a webhook receiver's status means: pure functions; docs/channels.md has the same table.

Source: Standard Webhooks 1.0.0, "Delivery": only 2xx is success, a redirect is none, 410 ends it, 429, 502 and 504 ask for rest.
"""

from typing import TYPE_CHECKING

from shared.errors import (
    DestinationGoneError,
    RateLimitedError,
    Reason,
    RefusedMessageError,
    RetryLaterError,
    ZhituiError,
)
from shared.retry_after import retry_seconds

if TYPE_CHECKING:
    from datetime import datetime

BUSY_SECONDS = 60.0
"""Least rest when a receiver is too busy and does not say for how long."""

_SUCCESS, _REDIRECT, _CLIENT, _SERVER = range(200, 300), range(300, 400), range(400, 500), range(500, 600)
_LOGIN, _TOO_LARGE, _GONE, _TOO_FAST, _OVERLOADED = {401, 403}, 413, 410, 429, {502, 503, 504}
_NOT_THIS_MESSAGE = {400, 406, 409, 415, 422}
"""What a receiver says of this very message; whatever else it refuses is more likely a mistake in how it is set up."""


def judge_status(status: int, retry_after: str, now: "datetime") -> ZhituiError | None:
    """Return the error that a status means, ``None`` for success.

    Args:
        status: of HTTP.
        retry_after: the header of this name, ``""`` when there was none.
        now: when it came.
    """
    if status in _SUCCESS:
        return None
    code = f"HTTP {status}"
    wait_seconds = retry_seconds(retry_after, now)
    if status == _GONE:
        return DestinationGoneError("接收方说这个地址已永久停用（HTTP 410）", reason=Reason.GONE, vendor_code=code)
    if status == _TOO_LARGE:
        return RefusedMessageError("接收方嫌消息太大（HTTP 413）", reason=Reason.TOO_LONG, vendor_code=code)
    if status == _TOO_FAST:
        return RateLimitedError(
            "接收方限制了频率（HTTP 429）",
            after_seconds=wait_seconds or BUSY_SECONDS,
            reason=Reason.RATE_LIMITED,
            vendor_code=code,
        )
    if status in _NOT_THIS_MESSAGE:
        sentence = f"接收方拒收这条消息（HTTP {status}）。请按 webhook-id 查接收方的日志"
        return RetryLaterError(sentence, after_seconds=wait_seconds, reason=Reason.REJECTED, vendor_code=code)
    if status in _OVERLOADED:
        wait_seconds = max(wait_seconds or 0.0, BUSY_SECONDS)
    return RetryLaterError(
        _advice(status),
        after_seconds=wait_seconds,
        ambiguous=status in _SERVER,
        reason=Reason.SERVER,
        vendor_code=code,
    )


def _advice(status: int) -> str:
    if status in _REDIRECT:
        return f"接收方要转到别的地址（HTTP {status}），没有跟过去。请把目的地改成最后的地址"
    if status in _LOGIN:
        return f"接收方不认这次调用（HTTP {status}）。请核对接收方的密钥和时钟"
    if status in _CLIENT:
        return f"接收方不在这个地址，或不收 POST（HTTP {status}）。请核对地址"
    return f"接收方出错（HTTP {status}）"
