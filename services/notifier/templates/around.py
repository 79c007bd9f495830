"""What a message says around its items, without markup."""

from typing import TYPE_CHECKING

from shared.store.records import Notice
from shared.wording.items import one_line, shorten, what_is_told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.notifier.channels.port import Frame
    from services.notifier.channels.sections import Section
    from shared.store.records import Alert

AGAIN = "补发：上一次发送没有得到回音，可能与之前收到的重复"
NOTICES = {
    Notice.FLOOD: (
        "这个订阅一天命中太多，本条只是汇总，当天再有的次日早上汇总。建议收窄画像：加关键词组、排除词、分类号或地区，或提高 min_score"
    ),
    Notice.COLLECTED: "推送已达到对方的频率上限，本条是等待期间命中的汇总",
}

_WHY_LEFT_OUT = "（超过每次条数上限，按得分取前面的）"
NO_LINK = "暂停或退订请联系管理员，并告知上面的订阅名称"
MAX_NAME = 30
MOST_NAMES = 3


def headline(frame: "Frame", alerts: "Sequence[Alert]") -> str:
    """Return what a message is called: ``知推 · 3 件新公开专利（1/2）``."""
    page = f"（{frame.page}/{frame.pages}）" if frame.pages > 1 else ""
    return f"知推 · {frame.count} 件{what_is_told(alerts)}{page}"


def subscriptions(frame: "Frame") -> str:
    """Return which subscriptions a message tells of: all of the name of one, the first of several."""
    if not frame.sections:
        return one_line(frame.called)
    return _names([section.called for section in frame.sections])


def told_for(frame: "Frame", alert: "Alert") -> str:
    """Return which of its subscriptions tell an item, at most 110 characters; ``""`` in a message of one."""
    if not frame.told_by:
        return ""
    told_by = frame.told_by[alert.key]
    return _names([section.called for section in frame.sections if section.subscription_id in told_by])


def left_out(frame: "Frame") -> str:
    """Return how many more there are, and what is unusual about the message; ``""``: it is a usual one and whole."""
    if frame.sections:
        return "。".join(_unusual_sections(frame.sections))
    more = f"另有 {frame.left_out} 件未列出{_WHY_LEFT_OUT}" if frame.left_out else ""
    said = (more, NOTICES[frame.notice] if frame.notice is not None else "")
    return "。".join(one for one in said if one)


def leaving(frame: "Frame", *, most: int) -> list[tuple[str, str]]:
    """Return how the message is left: what a link is called, and its address; none when nobody outside reaches this server.

    Of several subscriptions each has its own, unless there are more than ``most``: then one leads to a page that asks which.
    """
    if not frame.unsubscribe_url:
        return []
    urls = [(section.called, section.unsubscribe_url) for section in frame.sections]
    if not urls:
        return [("退订", frame.unsubscribe_url)]
    if len(urls) > most:
        return [("选择要退订的订阅", frame.unsubscribe_url)]
    return [(f"退订“{_short(name)}”", url) for name, url in urls if url]


def _unusual_sections(sections: "Sequence[Section]") -> list[str]:
    """Return what is unusual, a sentence for all subscriptions of which it holds."""
    said = []
    cut = [section for section in sections if section.left_out]
    if cut:
        counts = "、".join(f"“{_short(one.called)}”{one.left_out} 件" for one in cut[:MOST_NAMES])
        total = f" 等共 {sum(one.left_out for one in cut)} 件" if len(cut) > MOST_NAMES else ""
        said.append(f"另有{counts}{total}未列出{_WHY_LEFT_OUT}")
    for notice, text in NOTICES.items():
        if names := [section.called for section in sections if section.notice is notice]:
            said.append(f"订阅“{_names(names)}”：{text}")
    return said


def _names(called: "Sequence[str]") -> str:
    shown = "、".join(map(_short, called[:MOST_NAMES]))
    return f"{shown} 等 {len(called)} 个" if len(called) > MOST_NAMES else shown


def _short(called: str) -> str:
    return shorten(one_line(called), MAX_NAME)
