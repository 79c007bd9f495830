"""WeCom's ``text_notice`` card: what a digest is about, its publications by name, and one link.

Source: https://developer.work.weixin.qq.com/document/path/91770. Clients cut what is longer than the vendor suggests; so it is
cut here, where the number comes first.
"""

from typing import TYPE_CHECKING, Any

from services.notifier.templates.around import NOTICES, headline, leaving, subscriptions, told_for
from services.notifier.templates.cutting import by_number
from shared.wording.items import shorten, view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.notifier.channels.port import Frame
    from shared.store.records import Alert

MAX_ITEMS = 6
"""Rows of one card."""

_TITLE, _DESCRIPTION, _NAME, _VALUE, _SUBTITLE = 26, 30, 5, 26, 112
_LINK = 13
MOST_LINKS = 3
_NAMES = 20
_GREY = 0


def paginate(alerts: "Sequence[Alert]") -> "list[tuple[Alert, ...]]":
    """Cut into cards of at most `MAX_ITEMS`."""
    return by_number(alerts, MAX_ITEMS)


def render(frame: "Frame", alerts: "Sequence[Alert]", *, list_url: str, most_links: int = MOST_LINKS) -> dict[str, Any]:
    """Return a card of at most `MAX_ITEMS` alerts that opens the list when it is touched.

    Args:
        frame: what is said around the items.
        alerts: its rows.
        list_url: with its scheme.
        most_links: to leave single subscriptions by; the vendor takes three.
    """
    card: dict[str, Any] = {
        "card_type": "text_notice",
        "source": {"desc": "知推 · 专利提醒", "desc_color": _GREY},
        "main_title": {
            "title": shorten(headline(frame, alerts).removeprefix("知推 · "), _TITLE),
            "desc": shorten(f"订阅：{subscriptions(frame)}", _DESCRIPTION),
        },
        "sub_title_text": shorten(_subtitle(frame, alerts), _SUBTITLE),
        "horizontal_content_list": [_row(alert) for alert in alerts],
        "card_action": {"type": 1, "url": list_url},
    }
    if links := leaving(frame, most=most_links):
        card["jump_list"] = [{"type": 1, "title": shorten(title, _LINK), "url": url} for title, url in links]
    return card


def _row(alert: "Alert") -> dict[str, str]:
    item = view(alert)
    return {
        "keyname": shorten(item.facts[0] if item.facts else "专利", _NAME),
        "value": shorten(f"{item.number} {item.plain_title}", max(_VALUE, len(item.number))),
    }


def _subtitle(frame: "Frame", alerts: "Sequence[Alert]") -> str:
    said = ["补发，可能与之前收到的重复。"] if frame.repeated else []
    if frame.sections:
        said += _of_sections(frame, alerts)
    if frame.left_out:
        said.append(f"另有 {frame.left_out} 件未列出。")
    if frame.notice is not None:
        said.append(f"{NOTICES[frame.notice]}。")
    whys = dict.fromkeys(why for alert in alerts for why in view(alert).whys)
    return "".join((*said, "为什么收到：", "；".join(whys)))


def _of_sections(frame: "Frame", alerts: "Sequence[Alert]") -> list[str]:
    """Return which rows are which subscription's: ``第 1、2 件：电池。``."""
    rows: dict[str, list[str]] = {}
    for row, alert in enumerate(alerts, start=1):
        rows.setdefault(told_for(frame, alert), []).append(str(row))
    return [f"第 {'、'.join(numbers)} 件：{shorten(names, _NAMES)}。" for names, numbers in rows.items()]
