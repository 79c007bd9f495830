"""How a robot's text is marked up and measured: what differs from one kind of message to another.

The vendors' markdown dialects know no common escape for their own signs; so signs in a text are given as their full-width
twins, which read the same and mean nothing.
"""

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.wording.items import Item

SIGNS = "<>&*_[]`#~|"
_TWINS = dict(zip(SIGNS, "＜＞＆＊＿［］｀＃～｜", strict=True))
_SIGN = re.compile(f"[{re.escape(SIGNS)}]")
_as_json = json.JSONEncoder(ensure_ascii=False).encode


def utf8_bytes(text: str) -> int:
    """Return how much a text takes where the vendor counts its UTF-8."""
    return len(text.encode("utf-8", "replace"))


def json_bytes(text: str) -> int:
    """Return how much a text takes inside a JSON body whose bytes the vendor counts."""
    return len(_as_json(text).encode("utf-8", "replace")) - 2


def no_markup(text: str) -> str:
    """Return a text that no dialect of markdown reads as markup."""
    return _SIGN.sub(lambda sign: _TWINS[sign[0]], text)


def no_tags(text: str) -> str:
    """Return a text in which nothing calls a person (``<@userid>``, ``<at …>``)."""
    return text.replace("<", "＜")


def same(text: str) -> str:
    """Return the text as it is."""
    return text


def bold(text: str) -> str:
    """Return the text in bold."""
    return f"**{text}**"


def bold_word(text: str) -> str:
    """Return the text in bold, but one that begins or ends with a space or a sign as it is: there the stars would be seen."""
    return bold(text) if text[:1].isalnum() and text[-1:].isalnum() else text


def named_link(text: str, url: str) -> str:
    """Return a link as markdown writes it."""
    return f"[{text}]({url})"


def bare_link(text: str, url: str) -> str:
    """Return an address behind its name."""
    return f"{text}：{url}"


def paragraph(form: "Form", item: "Item") -> str:
    """Return an item as lines: number and title, what happened, facts, its subscriptions where there are several, applicants, reasons."""
    escape = form.escape
    lines = [f"{form.strong(escape(item.number))}  {marked_title(form, item)}"]
    if item.happened:
        lines.append(escape(item.happened))
    lines.append(form.quiet(escape(" · ".join(item.facts))) if item.facts else "")
    if item.told_for:
        lines.append(f"订阅：{escape(item.told_for)}")
    if item.applicants:
        lines.append(f"申请人：{escape(item.applicants)}")
    lines.extend(f"{form.quote}为什么收到：{escape(why)}" for why in item.whys)
    return form.line.join(line for line in lines if line)


def number_and_title(form: "Form", number: str, title: str) -> str:
    """Return the least that is said of an item: its number, and of its title what there is room for."""
    return f"{form.strong(number)}  {title}"


def marked_title(form: "Form", item: "Item") -> str:
    """Return a title whose hits are set apart."""
    return "".join(form.hit(form.escape(part.text)) if part.hit else form.escape(part.text) for part in item.title)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Form:
    """One kind of message; each is itself alone.

    Attributes:
        msgtype: as the vendor calls it.
        limit: what a message may take, in `measure`; below the vendor's, see docs/channels.md.
        measure: how the vendor counts; of pieces one after another it is the sum.
        escape: makes a text harmless.
        hit, strong, quiet: how a harmless text is set apart.
        link: from a text and an address.
        quote: begins a reason.
        line, separator: between the lines of an item, and between items.
        lead: between the head and the first item.
        item: all of an item.
        brief: from a harmless number and as much of a harmless title as there is room for.
    """

    msgtype: str
    limit: int
    measure: "Callable[[str], int]" = utf8_bytes
    escape: "Callable[[str], str]" = no_markup
    hit: "Callable[[str], str]" = bold_word
    strong: "Callable[[str], str]" = bold
    quiet: "Callable[[str], str]" = same
    link: "Callable[[str, str], str]" = named_link
    quote: str = "> "
    line: str = "\n"
    separator: str = "\n\n"
    lead: str = "\n\n"
    item: "Callable[[Form, Item], str]" = paragraph
    brief: "Callable[[Form, str, str], str]" = number_and_title
