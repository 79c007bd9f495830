"""What WeCom refuses in the body of an app's message.

Source: https://developer.work.weixin.qq.com/document/path/90236 (limits), path/90313 (codes).
"""

import re
from typing import Any

from shared.testing.vendor import Refusal

MAX_USERS = 1000
TEXT_BYTES = 2048
MAX_ARTICLES = 8
MAX_ROWS, MAX_BUTTONS = 6, 6
URL_BYTES = 1024
TITLE, DESCRIPTION = 128, 512
MENU_BUTTONS, SUB_BUTTONS = 3, 5
LONGEST_REPEAT_SECONDS = 14_400

_TASK = re.compile(r"[0-9a-zA-Z_\-@]{1,128}")
_BAD_SHAPE = Refusal(code=40058, text="invalid Request Parameter")
_EMPTY = Refusal(code=44004, text="empty content")


def judge_app_body(body: dict[str, Any]) -> Refusal | None:
    """Return why a body is refused, ``None`` if it is not; who it goes to is not looked at."""
    kind = body.get("msgtype")
    part = body.get(kind) if isinstance(kind, str) else None
    if kind not in _JUDGES:
        return Refusal(code=40008, text="invalid message type")
    if body.get("duplicate_check_interval", 1800) > LONGEST_REPEAT_SECONDS:
        return _BAD_SHAPE
    return _JUDGES[kind](part) if isinstance(part, dict) else _EMPTY


def _judge_text(part: dict[str, Any]) -> Refusal | None:
    return None if part.get("content") else _EMPTY  # what is too long is cut off, see `shown_part`


def _judge_markdown(part: dict[str, Any]) -> Refusal | None:
    if not part.get("content"):
        return _EMPTY
    too_long = len(part["content"].encode()) > TEXT_BYTES
    return Refusal(code=45002, text="content size out of limit") if too_long else None


def _judge_textcard(part: dict[str, Any]) -> Refusal | None:
    if not part.get("title") or not part.get("description"):
        return _EMPTY
    if len(part["title"]) > TITLE or len(part["description"]) > DESCRIPTION or len(part.get("btntxt", "")) > 4:  # noqa: PLR2004
        return _BAD_SHAPE
    return _judge_url(part.get("url", ""))


def _judge_news(part: dict[str, Any]) -> Refusal | None:
    articles = part.get("articles") or []
    if not articles or not all(article.get("title") for article in articles):
        return _EMPTY
    if len(articles) > MAX_ARTICLES:
        return Refusal(code=45008, text="article count out of limit")
    return next(filter(None, (_judge_url(article.get("url", "")) for article in articles)), None)


def _judge_card(part: dict[str, Any]) -> Refusal | None:
    buttons, rows = part.get("button_list", []), part.get("horizontal_content_list", [])
    good = (
        part.get("card_type") == "button_interaction"
        and _TASK.fullmatch(part.get("task_id", ""))
        and (part.get("main_title", {}).get("title") or part.get("sub_title_text"))
        and 1 <= len(buttons) <= MAX_BUTTONS
        and all(button.get("text") and button.get("key") for button in buttons)
        and len(rows) <= MAX_ROWS
        and all(row.get("keyname") for row in rows)
        and "jump_list" not in part
    )
    if not good:
        return _BAD_SHAPE
    links = [part["card_action"]] if "card_action" in part else []
    links += [row for row in rows if row.get("type") == 1]
    return next(filter(None, (_judge_url(link.get("url", "")) for link in links)), None)


def judge_menu(menu: dict[str, Any]) -> Refusal | None:
    """Return why a menu is refused, ``None`` if it is not (https://developer.work.weixin.qq.com/document/path/90231)."""
    buttons = menu.get("button", [])
    leaves = [leaf for button in buttons for leaf in button.get("sub_button") or [button]]
    if not 1 <= len(buttons) <= MENU_BUTTONS or any(len(b.get("sub_button", ())) > SUB_BUTTONS for b in buttons):
        return Refusal(code=40016, text="invalid button size")
    for leaf, longest in [(b, 16) for b in buttons] + [(leaf, 40) for leaf in leaves]:
        if not leaf.get("name") or len(leaf["name"].encode()) > longest:
            return Refusal(code=40018, text="invalid button name size")
    for leaf in leaves:
        if leaf.get("type") == "view":
            refusal = _judge_url(leaf.get("url", ""))
            if refusal is not None:
                return refusal
        elif leaf.get("type") != "click" or not 1 <= len(leaf.get("key", "").encode()) <= 128:  # noqa: PLR2004
            return Refusal(code=40017, text="invalid button type")
    return None


def _judge_url(url: str) -> Refusal | None:
    if not url.startswith(("http://", "https://")):
        return Refusal(code=45034, text="url invalid, need scheme")
    return Refusal(code=40039, text="invalid url size") if len(url.encode()) > URL_BYTES else None


_JUDGES = {
    "text": _judge_text,
    "markdown": _judge_markdown,
    "textcard": _judge_textcard,
    "news": _judge_news,
    "template_card": _judge_card,
}


def shown_part(kind: str, part: dict[str, Any]) -> dict[str, Any]:
    """Return what of a message is shown: texts and articles are cut off without a word."""
    match kind:
        case "text":
            return {"content": _cut(part["content"], TEXT_BYTES)}
        case "news":
            return {
                "articles": [
                    {
                        "title": _cut(article["title"], TITLE),
                        "description": _cut(article.get("description", ""), DESCRIPTION),
                    }
                    for article in part["articles"]
                ]
            }
        case _:
            return part


def _cut(text: str, limit_bytes: int) -> str:
    return text.encode()[:limit_bytes].decode("utf-8", "ignore")
