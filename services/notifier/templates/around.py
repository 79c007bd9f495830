"""What a robot's message says around its items, without markup."""

from typing import TYPE_CHECKING

from shared.wording.items import what_is_told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.notifier.channels.port import Frame
    from shared.store.records import Alert

AGAIN = "补发：上一次发送没有得到回音，可能与之前收到的重复"
NO_LINK = "暂停或退订请联系管理员，并告知上面的订阅名称"


def headline(frame: "Frame", alerts: "Sequence[Alert]") -> str:
    """Return what a message is called: ``知推 · 3 件新公开专利（1/2）``."""
    page = f"（{frame.page}/{frame.pages}）" if frame.pages > 1 else ""
    return f"知推 · {frame.count} 件{what_is_told(alerts)}{page}"


def left_out(frame: "Frame") -> str:
    """Return how many more there are, ``""`` when there are none."""
    return f"另有 {frame.left_out} 件未列出（超过每次条数上限，按得分取前面的）" if frame.left_out else ""
