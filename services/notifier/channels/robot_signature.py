"""Signatures of group robots, and what a wrong clock does to them.

DingTalk and Feishu sign the same words with key and message the other way round.
Source: DingTalk, "custom robot security settings"; Feishu, "custom bot guide", signature verification.
"""

import base64
import hashlib
import hmac
from datetime import timedelta
from typing import TYPE_CHECKING

from shared.errors import ChannelMisconfiguredError, Reason

if TYPE_CHECKING:
    from datetime import datetime

    from shared.vendors.http import Answer

TOLERATED = timedelta(minutes=30)
"""Both vendors refuse a signature that is an hour old or an hour early."""


def dingtalk_signature(secret: str, milliseconds: int) -> str:
    """Return the base64 of HMAC-SHA256: the secret is the key, the time and the secret are the message."""
    return _signed(secret, f"{milliseconds}\n{secret}")


def feishu_signature(secret: str, seconds: int) -> str:
    """Return the base64 of HMAC-SHA256: the time and the secret are the key, the message is empty."""
    return _signed(f"{seconds}\n{secret}", "")


def wrong_clock(answer: "Answer", now: "datetime", vendor: str) -> ChannelMisconfiguredError | None:
    """Return what is wrong if the vendor's clock and ours are so far apart that no signature can hold."""
    if answer.at is None or abs(now - answer.at) <= TOLERATED:
        return None
    minutes = round((now - answer.at).total_seconds() / 60)
    return ChannelMisconfiguredError(
        f"本机时钟比{vendor}{'快' if minutes > 0 else '慢'}了 {abs(minutes)} 分钟，签名因此被拒。请校准本机时钟（NTP）。",
        reason=Reason.CONFIGURATION,
        vendor_code=str(answer.code),
    )


def _signed(key: str, message: str) -> str:
    return base64.b64encode(hmac.digest(key.encode(), message.encode(), hashlib.sha256)).decode("ascii")
