"""What the fields of a WeChat template say of one publication.

The operator chooses a template of the account's category and tells which field says what (``thing1=title``). A field's name begins
with its type, and the vendor refuses what does not fit it.
Source: developers.weixin.qq.com/doc/service (template messages; since 2023 no line breaks and emoji, 20 characters a field), and the
table of field types that subscribe notifications of mini programs share.
"""

import re
import unicodedata
from typing import TYPE_CHECKING

from services.notifier.templates.around import told_for
from shared.errors import InvalidInputError
from shared.wire.identity import is_document
from shared.wording.happenings import mark_of
from shared.wording.items import KIND_NAMES, one_line, shorten, view

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from services.notifier.channels.port import Message
    from shared.store.records import Alert

AGAIN = "（补发）"
EMPTY = "无"

CONTENTS = {
    "number": ("thing", "keyword", "character_string"),
    "title": ("thing", "keyword"),
    "applicant": ("thing", "keyword"),
    "kind": ("thing", "keyword", "phrase"),
    "date": ("thing", "keyword", "date"),
    "created": ("thing", "keyword", "date", "time"),
    "subscription": ("thing", "keyword"),
    "why": ("thing", "keyword"),
}
"""What a field may say, and in fields of which types."""

_NAME = re.compile(r"(thing|keyword|character_string|phrase|date|time)\d{1,3}")
_MAX_THING, _MAX_STRING, _MAX_PHRASE = 20, 32, 5
_NO_TEXT = {"So", "Cs", "Cf", "Co", "Cn"}
"""Kinds of characters that emoji are made of."""


def parse_fields(text: str) -> dict[str, str]:
    """Return field → content of ``field=content,…``.

    Raises:
        InvalidInputError: a field or its content is none, they do not fit, or no field says the publication number.
    """
    fields: dict[str, str] = {}
    for one in text.split(","):
        name, _, content = (part.strip() for part in one.partition("="))
        found = _NAME.fullmatch(name)
        if found is None:
            raise InvalidInputError(f"模板字段“{name}”不对。请照模板写字段名，例如 thing1、character_string2、date4。")
        if content not in CONTENTS:
            raise InvalidInputError(f"{name} 的内容“{content}”不对。可以是 {'、'.join(CONTENTS)}。")
        if found[1] not in CONTENTS[content]:
            raise InvalidInputError(
                f"{name} 放不下 {content}；它可以放在这些类型的字段里：{'、'.join(CONTENTS[content])}。"
            )
        fields[name] = content
    if "number" not in fields.values():
        raise InvalidInputError("模板里要有一个字段写公开号，例如 character_string2=number。")
    return fields


def render(fields: "Mapping[str, str]", message: "Message") -> dict[str, dict[str, str]]:
    """Return the data of a message about one publication."""
    (alert,) = message.alerts
    return _filled(fields, _contents(alert, message))


def render_test(fields: "Mapping[str, str]", now: "datetime") -> dict[str, dict[str, str]]:
    """Return the data of a message that says that it works."""
    texts = dict.fromkeys(CONTENTS, "知推测试消息")
    return _filled(fields, {**texts, "number": "TEST", "kind": "测试", "date": _day(now), "created": _minute(now)})


def _filled(fields: "Mapping[str, str]", texts: "Mapping[str, str]") -> dict[str, dict[str, str]]:
    return {name: {"value": _fitting(name, texts[content])} for name, content in fields.items()}


def _contents(alert: "Alert", message: "Message") -> dict[str, str]:
    publication, item = alert.publication, view(alert)
    told = publication.published_on if is_document(publication) else publication.event_on
    return {
        "number": item.number,
        "title": f"{AGAIN}{item.plain_title}" if message.frame.repeated else item.plain_title,
        "applicant": item.applicants,
        "kind": KIND_NAMES.get(publication.kind[:1], "专利")
        if is_document(publication)
        else mark_of(publication.event).strip("【】"),
        "date": _day(told or message.created_at),
        "created": _minute(message.created_at),
        "subscription": told_for(message.frame, alert) or message.frame.called,
        "why": "；".join(item.whys),
    }


def _fitting(name: str, text: str) -> str:
    plain = "".join(c for c in one_line(text) if unicodedata.category(c) not in _NO_TEXT)
    if name.startswith(("date", "time")):
        return plain
    if name.startswith("phrase"):
        return plain[:_MAX_PHRASE]
    if name.startswith("character_string"):
        return plain[:_MAX_STRING]
    return shorten(plain, _MAX_THING) or EMPTY


def _day(moment: "date") -> str:
    return f"{moment.year}年{moment.month}月{moment.day}日"


def _minute(moment: "datetime") -> str:
    return f"{_day(moment)} {moment:%H:%M}"
