"""A WeCom robot's messages: markdown or text, measured in UTF-8 bytes.

The robot's markdown knows bold, links, quotes and three font colours, and no escape for its own signs; so signs in a
text are given as their full-width twins, which read the same and mean nothing.
Source: https://developer.work.weixin.qq.com/document/path/91770.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.notifier.templates.items import one_line, view, what_is_told

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from services.notifier.channels.port import Frame
    from services.notifier.templates.items import Item
    from shared.store.records import Alert

_HARMLESS = str.maketrans("<>&*_[]`", "＜＞＆＊＿［］｀")
_MENTION = str.maketrans("<", "＜")
"""In a text, ``<@userid>`` would call a person."""

SEPARATOR = "\n\n"


@dataclass(frozen=True, slots=True)
class Form:
    """One msgtype.

    Attributes:
        limit_bytes: what a message may have; the vendor takes some more, see docs/channels.md.
        escape: makes a text harmless.
        hit, strong, quiet, quote: how a harmless text is set apart.
        link: from a text and an address.
    """

    msgtype: str
    limit_bytes: int
    escape: "Callable[[str], str]"
    hit: "Callable[[str], str]"
    strong: "Callable[[str], str]"
    quiet: "Callable[[str], str]"
    quote: str
    link: "Callable[[str, str], str]"


MARKDOWN = Form(
    "markdown",
    3800,
    lambda text: text.translate(_HARMLESS),
    lambda text: f'<font color="warning">{text}</font>',
    lambda text: f"**{text}**",
    lambda text: f'<font color="comment">{text}</font>',
    "> ",
    lambda text, url: f"[{text}]({url})",
)
TEXT = Form(
    "text",
    1900,
    lambda text: text.translate(_MENTION),
    lambda text: text,
    lambda text: text,
    lambda text: text,
    "",
    lambda text, url: f"{text}：{url}",
)


def render(form: Form, frame: "Frame", alerts: "Sequence[Alert]") -> str:
    """Return the content of a message, never above the form's limit.

    A message that was planned for a larger form (the destination's options changed since) says less of each item.
    """
    head = _head(form, frame, what_is_told(alerts))
    around = _size(head) + _size(_foot(form, frame)) + 2 * len(SEPARATOR)
    share = (form.limit_bytes - around) // len(alerts) - len(SEPARATOR)
    texts = [item_text(form, alert, form.limit_bytes - around) for alert in alerts]
    if around + sum(_size(text) + len(SEPARATOR) for text in texts) > form.limit_bytes:
        texts = [item_text(form, alert, share) for alert in alerts]
    return SEPARATOR.join([head, *texts, _foot(form, frame)])


def paginate(form: Form, frame: "Frame", alerts: "Sequence[Alert]") -> "list[tuple[Alert, ...]]":
    """Cut the alerts into pages that fit, in order, between items only."""
    room = form.limit_bytes - frame_bytes(form, frame)
    pages: list[list[Alert]] = []
    left = -1
    for alert in alerts:
        size = _size(item_text(form, alert, room)) + len(SEPARATOR)
        if size > left or not pages:
            pages.append([])
            left = room
        pages[-1].append(alert)
        left -= size
    return [tuple(page) for page in pages]


def frame_bytes(form: Form, frame: "Frame") -> int:
    """Return how much goes to head and foot at most, whatever page it is."""
    widest = type(frame)(
        subscription_id=frame.subscription_id,
        count=999_999,
        page=9_999,
        pages=9_999,
        left_out=999_999,
        unsubscribe_url=frame.unsubscribe_url,
        repeated=True,
    )
    return _size(_head(form, widest, what_is_told(()))) + _size(_foot(form, widest)) + 2 * len(SEPARATOR)


def item_text(form: Form, alert: "Alert", limit_bytes: int) -> str:
    """Return an item in at most so many bytes: all of it, or without reasons, or number and as much title as fits."""
    item = view(alert)
    full = _full(form, item)
    if _size(full) <= limit_bytes:
        return full
    brief = f"{form.strong(form.escape(item.number))}  {form.escape(_plain_title(item))}"
    if _size(brief) <= limit_bytes:
        return brief
    head = form.strong(form.escape(item.number))
    return f"{head}  {cut_bytes(form.escape(_plain_title(item)), max(limit_bytes - _size(head) - 2, 3))}"


def cut_bytes(text: str, limit_bytes: int) -> str:
    """Return at most so many UTF-8 bytes, cut between characters; what was cut shows as an ellipsis (3 bytes)."""
    raw = text.encode("utf-8", "replace")
    if len(raw) <= limit_bytes:
        return text
    return raw[: max(limit_bytes - 3, 0)].decode("utf-8", "ignore") + "…"


def _full(form: Form, item: "Item") -> str:
    escape = form.escape
    title = "".join(form.hit(escape(part.text)) if part.hit else escape(part.text) for part in item.title)
    lines = [f"{form.strong(escape(item.number))}  {title}"]
    if item.happened:
        lines.append(escape(item.happened))
    lines.append(form.quiet(escape(" · ".join(item.facts))))
    if item.applicants:
        lines.append(f"申请人：{escape(item.applicants)}")
    lines.extend(f"{form.quote}为什么收到：{escape(why)}" for why in item.whys)
    return "\n".join(line for line in lines if line)


def _head(form: Form, frame: "Frame", told: str) -> str:
    title = form.strong(f"知推 · {frame.count} 件{told}")
    page = f"（{frame.page}/{frame.pages}）" if frame.pages > 1 else ""
    again = "\n（补发：上一次发送没有得到回音，可能与之前收到的重复）" if frame.repeated else ""
    return f"{title}{page}\n{form.quiet(f'订阅：{form.escape(one_line(frame.subscription_id))}')}{again}"


def _foot(form: Form, frame: "Frame") -> str:
    lines = []
    if frame.left_out:
        lines.append(f"另有 {frame.left_out} 件未列出（超过每次条数上限，按得分取前面的）")
    if frame.unsubscribe_url:
        lines.append(form.link("退订", frame.unsubscribe_url))
    else:
        lines.append(form.quiet("暂停或退订请联系管理员，并告知上面的订阅名称"))
    return "\n".join(lines)


def _plain_title(item: "Item") -> str:
    return "".join(part.text for part in item.title)


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
