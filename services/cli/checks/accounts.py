"""Checks of the accounts that messages are sent by: whether all that they need is set. Nothing is asked of a vendor."""

from typing import TYPE_CHECKING

from services.portal.findings import Finding, Level
from shared.wire.subscription import Channel

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from shared.settings import Settings


def accounts(settings: "Settings", channels: "Collection[Channel]") -> "Iterator[Finding]":
    """Look at the accounts of the channels that destinations use."""
    needed = {
        Channel.WECOM_APP: ("wecom_corp_id", "wecom_agent_id", "wecom_app_secret"),
        Channel.WECHAT_SERVICE: ("wechat_app_id", "wechat_app_secret", "wechat_template_id"),
    }
    for channel, names in needed.items():
        missing = [f"ZHITUI_{name.upper()}" for name in names if not getattr(settings, name)]
        if channel in channels and missing:
            yield Finding(
                level=Level.FAILED,
                what=f"有 {channel} 目的地，但没有设置它的账号，发不出去",
                remedy=f"设置 {'、'.join(missing)}",
            )
