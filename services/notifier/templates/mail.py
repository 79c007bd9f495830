"""A mail's bytes: headers that every client reads, text and HTML.

The bytes of a delivery are the same on every try: nothing in them comes from the clock or from chance.
"""

from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import css_inline
from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape

from services.notifier.templates.around import MAX_NAME, leaving, left_out, subscriptions, told_for
from services.notifier.templates.cutting import by_size
from services.notifier.templates.item_sizes import ItemSizes
from services.notifier.templates.mail_bytes import assemble, mailbox, words
from services.notifier.templates.mail_sender import parse_sender
from shared.unsubscribe import MOST_SECTIONS
from shared.wording.items import one_line, shorten, view, what_is_told

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from jinja2 import Template

    from services.notifier.channels.port import Frame, Message
    from shared.store.records import Alert
    from shared.wording.items import Item

HTML_LIMIT_BYTES = 100_000
"""Gmail cuts a mail's HTML off at about 102 KB."""

PAGE_BYTES = 80_000
ITEM_MARKUP_BYTES = 900
CHARACTER_BYTES = 5
SECTION_BYTES = 1_500
"""Upper bounds used to cut pages: what items may have together, what their markup adds to their texts, what a character takes (a sign
that is escaped, at most), and what each of several subscriptions adds around the items."""


def compose(message: "Message", *, mail_from: str, proof: str = "") -> bytes:
    """Return the mail of a delivery, with SMTP's line ends.

    Args:
        message: the delivery.
        mail_from: see `parse_sender`.
        proof: stands in the Message-ID behind the delivery's id, so that a mail that names both is an answer to this one.

    Raises:
        ChannelMisconfiguredError: ``mail_from`` cannot be used.
    """
    frame = message.frame
    items = items_of(message)
    subject = _subject(items, what_is_told(message.alerts), frame.page, frame.pages)
    headers = _envelope(message.destination.address, mail_from, message.id, subject, message.created_at, proof=proof)
    list_name = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in frame.subscription_id)[:60]
    headers.append(("List-Id", f"<{list_name}.{parse_sender(mail_from).domain}>"))
    headers.append(("Feedback-ID", f"{list_name}:alert:zhitui"))
    if frame.unsubscribe_url:
        headers.append(("List-Unsubscribe", f"<{frame.unsubscribe_url}>"))
        headers.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    text, html = render(message, items)
    return assemble(headers, text, html, boundary=f"=_{message.id}")


def compose_test(address: str, *, mail_from: str, now: "datetime") -> bytes:
    """Return the mail that proves that a mailbox can be reached."""
    headers = _envelope(address, mail_from, f"test-{now:%Y%m%d%H%M%S%f}", "知推测试邮件", now)
    return assemble(headers, "这是知推的测试邮件：这个邮箱可以收到专利推送。\n")


def compose_letter(address: str, subject: str, text: str, *, mail_from: str, letter_id: str, now: "datetime") -> bytes:
    """Return a mail with a subject and a text of its own."""
    return assemble(_envelope(address, mail_from, letter_id, subject, now), f"{text}\n")


def compose_note(address: str, sentence: str, *, mail_from: str, now: "datetime") -> bytes:
    """Return a mail of one sentence."""
    letter_id = f"note-{now:%Y%m%d%H%M%S%f}"
    return compose_letter(address, "知推：需要您处理", sentence, mail_from=mail_from, letter_id=letter_id, now=now)


def items_of(message: "Message") -> "list[Item]":
    """Return what a mail says of each of its publications."""
    return [view(alert, told_for(message.frame, alert)) for alert in message.alerts]


def render(message: "Message", items: "Sequence[Item]") -> tuple[str, str]:
    """Return a delivery's plain text and its HTML with all styles inline."""
    told = what_is_told(message.alerts)
    values = {
        "items": items,
        "told": told,
        "frame": message.frame,
        "subscriptions": subscriptions(message.frame),
        "left_out": left_out(message.frame),
        "lists": _lists(message.frame),
        "leaving": leaving(message.frame, most=MOST_SECTIONS),
        "made_at": message.created_at,
    }
    return _template("mail.txt.j2").render(values), _template("mail.html.j2").render(values)


def paginate(frame: "Frame", alerts: "Sequence[Alert]", *, max_items: int) -> "list[tuple[Alert, ...]]":
    """Cut into pages of at most so many items and about `PAGE_BYTES`."""
    room = PAGE_BYTES - SECTION_BYTES * len(frame.sections)
    told = [told_for(frame, alert) for alert in alerts] if frame.sections else []
    return by_size(alerts, _SIZES.of(alerts, told), room=room, most=max_items)


def _lists(frame: "Frame") -> list[tuple[str, str]]:
    """Return what a link to all that a subscription tells is called, and its address."""
    if not frame.sections:
        return [("在网页上看全部", frame.list_url)] if frame.list_url else []
    return [
        (f"在网页上看“{shorten(one_line(section.called), MAX_NAME)}”的全部", section.list_url)
        for section in frame.sections
        if section.list_url
    ]


def _html_bytes(item: "Item") -> int:
    texts = sum(len(part.text) for part in item.title) + sum(map(len, item.whys)) + len(item.applicants)
    texts += len(item.happened) + len(item.told_for)
    hits = sum(part.hit for part in item.title)
    return ITEM_MARKUP_BYTES + CHARACTER_BYTES * texts + 120 * hits + 60 * len(item.whys)


def _text_bytes(text: str) -> int:
    return CHARACTER_BYTES * len(text)


_SIZES = ItemSizes(_html_bytes, _text_bytes, character=CHARACTER_BYTES)


def _envelope(
    address: str, mail_from: str, message_id: str, subject: str, at: "datetime", *, proof: str = ""
) -> list[tuple[str, str]]:
    sender = parse_sender(mail_from)
    return [
        ("From", mailbox("From", sender.name, sender.address)),
        ("To", address),
        ("Subject", words("Subject", subject)),
        ("Date", format_datetime(at)),
        ("Message-ID", f"<{message_id}{'.' if proof else ''}{proof}@{sender.domain}>"),
        ("X-Zhitui-Delivery", message_id),
        ("Auto-Submitted", "auto-generated"),
        ("Precedence", "bulk"),
    ]


def _subject(items: "Sequence[Item]", told: str, page: int, pages: int) -> str:
    first = shorten(one_line(items[0].plain_title), 40)
    what = first if len(items) == 1 else f"{len(items)} 件{told}：{first} 等"
    return f"【知推】{what}{f'（{page}/{pages}）' if pages > 1 else ''}"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FunctionLoader(_source),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@cache
def _template(name: str) -> "Template":
    return _environment().get_template(name)


def _source(name: str) -> str:
    """Return a template, one of HTML with its styles inline: done once, not for each mail.

    While that is done its statements are comments, which may stand where no text may, between the rows of a table.
    """
    source = (Path(__file__).parent / name).read_text("utf-8")
    if not name.endswith(".html.j2"):
        return source
    inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False, keep_at_rules=True)
    inlined = inliner.inline(source.replace("{%", "<!--{%").replace("%}", "%}-->"))
    return inlined.replace("<!--{%", "{%").replace("%}-->", "%}")
