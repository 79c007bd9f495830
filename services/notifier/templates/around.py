"""What a robot's message says around its items, without markup."""

from typing import TYPE_CHECKING

from shared.store.records import Notice
from shared.wording.items import what_is_told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.notifier.channels.port import Frame
    from shared.store.records import Alert

AGAIN = "补发：上一次发送没有得到回音，可能与之前收到的重复"
NOTICES = {
    Notice.FLOOD: (
        "这个订阅一天命中太多，本条只是汇总，当天再有的次日早上汇总。建议收窄画像：加关键词组、排除词、分类号或地区，或提高 min_score"
    ),
    Notice.COLLECTED: "推送已达到对方的频率上限，本条是等待期间命中的汇总",
}

NO_LINK = "暂停或退订请联系管理员，并告知上面的订阅名称"


def headline(frame: "Frame", alerts: "Sequence[Alert]") -> str:
    """Return what a message is called: ``知推 · 3 件新公开专利（1/2）``."""
    page = f"（{frame.page}/{frame.pages}）" if frame.pages > 1 else ""
    return f"知推 · {frame.count} 件{what_is_told(alerts)}{page}"


def left_out(frame: "Frame") -> str:
    """Return how many more there are, and what is unusual about the message; ``""``: it is a usual one and whole."""
    more = f"另有 {frame.left_out} 件未列出（超过每次条数上限，按得分取前面的）" if frame.left_out else ""
    said = (more, NOTICES[frame.notice] if frame.notice is not None else "")
    return "。".join(one for one in said if one)
