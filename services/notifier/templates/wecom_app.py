"""Messages of a WeCom app: texts of half a robot's size, and cards.

Source: https://developer.work.weixin.qq.com/document/path/90236 (bodies, limits). Text cards and news are also shown to members who
follow the enterprise in WeChat; markdown and cards with buttons only inside WeCom.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from services.notifier.templates import wecom_card
from services.notifier.templates.around import AGAIN, NO_LINK, headline, left_out, subscriptions, told_for
from services.notifier.templates.markup import no_tags
from services.notifier.templates.robot import cut_bytes
from services.notifier.templates.robot_forms import WECOM_MARKDOWN, WECOM_TEXT
from shared.wire.card_buttons import CardButton
from shared.wording.items import shorten, view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.notifier.channels.port import Frame
    from shared.store.records import Alert

MARKDOWN = replace(WECOM_MARKDOWN, limit=1900)
TEXT = WECOM_TEXT

TEXTCARD_ITEMS, NEWS_ITEMS, BUTTON_ITEMS = 4, 7, wecom_card.MAX_ITEMS - 1
"""How many publications a card holds; the eighth article and the sixth row are for leaving."""

_BUTTONS = (
    (CardButton.RELEVANT, "相关", 1),
    (CardButton.IRRELEVANT, "不相关", 2),
    (CardButton.MUTE_WEEK, "静音一周", 4),
)
_CARD_TITLE, _CARD_TEXT = 128, 500
"""Characters; the vendor takes 512 in the text."""

_NEWS_TITLE, _NEWS_TEXT = 120, 500
"""Bytes; the vendor takes 128 and 512."""

_MAX_SUBSCRIPTION, _FOOT = 40, 150
_BREAK = "<br>"
_LEAST_REASON = 12


def textcard(frame: "Frame", alerts: "Sequence[Alert]", *, url: str) -> dict[str, Any]:
    """Return a card of at most `TEXTCARD_ITEMS` that opens ``url``."""
    head = [_grey(f"订阅：{shorten(subscriptions(frame), _MAX_SUBSCRIPTION)}")]
    if frame.repeated:
        head.append(_grey(AGAIN))
    foot = [_grey(shorten(line, _FOOT)) for line in (left_out(frame), NO_LINK) if line]
    room = _CARD_TEXT - sum(map(len, (*head, *foot)))
    lines = [_card_item(alert, room // len(alerts), told_for(frame, alert)) for alert in alerts]
    return {
        "title": shorten(headline(frame, alerts), _CARD_TITLE),
        "description": "".join((*head, *lines, *foot)),
        "url": url,
        "btntxt": "查看",
    }


def news(frame: "Frame", alerts: "Sequence[Alert]", *, url: str) -> dict[str, Any]:
    """Return an article for each of at most `NEWS_ITEMS` publications, and a last one about the subscription."""
    articles = [_article(alert, url, told_for(frame, alert)) for alert in alerts]
    return {"articles": [*articles, _last_article(frame, alerts, url)]}


def buttons(frame: "Frame", alerts: "Sequence[Alert]", *, task_id: str, url: str | None) -> dict[str, Any]:
    """Return a card of at most `BUTTON_ITEMS` with a button for each judgement; without ``url`` it opens nothing.

    The vendor takes a task id once: it is the delivery's, so that whoever hears of a touch knows what was judged.
    """
    card = wecom_card.render(frame, alerts, list_url=url or "", most_links=1)
    if url is None:
        del card["card_action"]
    # A card with buttons has no list of links; a row may be one, with as short a name as rows have.
    where = "点这里，选择要退订的订阅" if frame.sections else "点这里"
    for leave in card.pop("jump_list", ()):
        card["horizontal_content_list"].append({"keyname": "退订", "value": where, **_link(leave["url"])})
    listed = [{"text": text, "style": style, "key": str(button)} for button, text, style in _BUTTONS]
    return {**card, "card_type": "button_interaction", "task_id": task_id, "button_list": listed}


def _card_item(alert: "Alert", room: int, told: str) -> str:
    item = view(alert, told)
    line = shorten(no_tags(f"{item.number} {item.plain_title}"), min(max(room - len(_BREAK), len(item.number)), 60))
    left = room - len(line) - 2 * len(_BREAK)
    reason = "；".join((*([f"订阅：{item.told_for}"] if item.told_for else []), *item.whys))
    if left < _LEAST_REASON or not reason:
        return line + _BREAK
    return line + _BREAK + shorten(no_tags(reason), left) + _BREAK


def _article(alert: "Alert", url: str, told: str) -> dict[str, str]:
    item = view(alert, told)
    told_for = f"订阅：{item.told_for}" if item.told_for else ""
    said = (told_for, " · ".join(item.facts), item.happened, item.applicants, "；".join(item.whys))
    return {
        "title": cut_bytes(f"{item.number} {item.plain_title}", _NEWS_TITLE),
        "description": cut_bytes("\n".join(line for line in said if line), _NEWS_TEXT),
        "url": url,
    }


def _last_article(frame: "Frame", alerts: "Sequence[Alert]", url: str) -> dict[str, str]:
    said = [headline(frame, alerts), left_out(frame), AGAIN if frame.repeated else ""]
    leave = "点这里退订" if frame.unsubscribe_url else NO_LINK
    return {
        "title": cut_bytes(f"订阅：{subscriptions(frame)}（{leave}）", _NEWS_TITLE),
        "description": cut_bytes("\n".join(line for line in said if line), _NEWS_TEXT),
        "url": frame.unsubscribe_url or url,
    }


def _link(url: str) -> dict[str, Any]:
    return {"type": 1, "url": url}


def _grey(text: str) -> str:
    return f'<div class="gray">{no_tags(text)}</div>'
