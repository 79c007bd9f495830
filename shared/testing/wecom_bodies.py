"""What a WeCom robot refuses in a message's body.

Source: https://developer.work.weixin.qq.com/document/path/91770 (limits), path/90313 (codes).
"""

import json
from typing import Any

from shared.testing.vendor import Refusal, texts_of

LIMIT_BYTES = {"text": 2048, "markdown": 4096, "markdown_v2": 4096}
MAX_ROWS, MAX_JUMPS = 6, 3


def judge_body(raw: bytes) -> Refusal | None:
    """Return why a body is refused, ``None`` if it is not."""
    try:
        body = json.loads(raw)
    except ValueError:
        return Refusal(code=40058, text="invalid json")
    kind = body.get("msgtype") if isinstance(body, dict) else None
    part = body.get(kind) if isinstance(kind, str) else None
    if kind not in {*LIMIT_BYTES, "template_card", "file"}:
        return Refusal(code=40008, text="invalid message type")
    if not isinstance(part, dict):
        return Refusal(code=44004, text="empty content")
    if kind == "template_card":
        return _judge_card(part)
    if kind == "file":
        return None if isinstance(part.get("media_id"), str) else Refusal(code=40007, text="invalid media_id")
    return _judge_content(kind, part)


def texts_of_card(card: dict[str, Any]) -> str:
    """Return what a card shows: everything but addresses."""
    return "\n".join(text for text in texts_of(card) if "://" not in text)


def _judge_content(kind: str, part: dict[str, Any]) -> Refusal | None:
    content = part.get("content")
    if not isinstance(content, str) or not content:
        return Refusal(code=44004, text="empty content")
    if len(content.encode()) > LIMIT_BYTES[kind]:
        if kind == "text":
            return Refusal(code=45002, text="content size out of limit")
        return Refusal(
            code=40058, text=f"markdown.content exceed max length {LIMIT_BYTES[kind]}. invalid Request Parameter"
        )
    return None


def _judge_card(card: dict[str, Any]) -> Refusal | None:
    action = card.get("card_action")
    rows, jumps = card.get("horizontal_content_list", []), card.get("jump_list", [])
    good = (
        card.get("card_type") == "text_notice"
        and isinstance(action, dict)
        and action.get("type") == 1
        and (card.get("main_title", {}).get("title") or card.get("sub_title_text"))
        and len(rows) <= MAX_ROWS
        and all(row.get("keyname") for row in rows)
        and len(jumps) <= MAX_JUMPS
        and all(jump.get("title") for jump in jumps)
    )
    if not good or not isinstance(action, dict):
        return Refusal(code=40058, text="invalid Request Parameter")
    urls = [one.get("url", "") for one in (action, *jumps)]
    if not all(url.startswith(("http://", "https://")) for url in urls):
        return Refusal(code=45034, text="url invalid, need scheme")
    return None
