"""A robot's message: a head, items, a foot, in whatever form, never above what the vendor takes."""

from functools import lru_cache
from itertools import repeat
from typing import TYPE_CHECKING

import msgspec

from services.notifier.channels.port import NAME_CHARACTERS, Frame
from services.notifier.templates.around import AGAIN, NO_LINK, headline, leaving, left_out, subscriptions, told_for
from services.notifier.templates.cutting import by_size
from services.notifier.templates.form_sizes import gap, item_sizes
from shared.wording.items import view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.notifier.templates.markup import Form
    from shared.store.records import Alert, Notice

GAP = "\n\n"
"""Before the foot."""

MOST_LINKS, LINKS_PART, REMARKS_PART = 3, 4, 3
"""By how many links single subscriptions are left, and what part of a message these and what is said of subscriptions may take."""

ELLIPSIS_BYTES = 3

_WIDEST_NAME = "知" * (NAME_CHARACTERS * 2)
"""In bytes as long as a name of nothing but signs that are escaped."""

_ADDRESS = "https://a"


def render(form: "Form", frame: "Frame", alerts: "Sequence[Alert]", tail: str = "") -> str:
    """Return the content of a message, never above the form's limit.

    A message that was planned for a larger form (the destination's options changed since) says less of each item.

    Args:
        form: how it is marked up.
        frame: what is said around the items.
        alerts: not empty.
        tail: the last line, as it stands: who is called, and what a robot wants to read.
    """
    before = _head(form, frame, headline(frame, alerts)) + form.lead
    after = GAP + _foot(form, frame, tail)
    room = form.limit - form.measure(before) - form.measure(after)
    apart = gap(form)
    texts = [item_text(form, alert, room, told_for(frame, alert)) for alert in alerts]
    if sum(form.measure(text) + apart for text in texts) > room:
        texts = [item_text(form, alert, room // len(alerts) - apart, told_for(frame, alert)) for alert in alerts]
    return before + form.separator.join(texts) + after


def paginate(form: "Form", frame: "Frame", alerts: "Sequence[Alert]", tail: str = "") -> "list[tuple[Alert, ...]]":
    """Cut the alerts into pages that fit, in order, between items only."""
    if len(alerts) == 1:
        return [tuple(alerts)]
    room = form.limit - frame_size(form, frame, tail)
    told = [told_for(frame, alert) for alert in alerts] if frame.sections else []
    sizes = item_sizes(form).of(alerts, told)
    if max(sizes) > room:
        sizes = [
            size if size <= room else form.measure(item_text(form, alert, room, for_whom))
            for size, alert, for_whom in zip(sizes, alerts, told or repeat(""), strict=False)
        ]
    return by_size(alerts, sizes, room=room, apart=gap(form))


def frame_size(form: "Form", frame: "Frame", tail: str = "") -> int:
    """Return how much goes to what stands around the items at most, whatever page it is."""
    if frame.sections:
        return _widest(form, frame, tail)
    address = frame.unsubscribe_url or ""
    return _around_one(form, frame.notice, bool(address), tail) + form.measure(address)


def item_text(form: "Form", alert: "Alert", limit: int, told: str = "") -> str:
    """Return an item that takes at most so much: all of it, or without reasons, or number and as much title as fits.

    Args:
        form: how it is marked up.
        alert: what it tells.
        limit: in the form's measure.
        told: see `told_for`.
    """
    item = view(alert, told)
    full = form.item(form, item)
    if form.measure(full) <= limit:
        return full
    number, title = form.escape(item.number), form.escape(item.plain_title)
    brief = form.brief(form, number, title)
    room = len(title.encode("utf-8", "replace"))
    while form.measure(brief) > limit and room > ELLIPSIS_BYTES:
        room = max(room - (form.measure(brief) - limit), ELLIPSIS_BYTES)
        brief = form.brief(form, number, cut_bytes(title, room))
    return brief


def cut_bytes(text: str, limit_bytes: int) -> str:
    """Return at most so many UTF-8 bytes, cut between characters; what was cut shows as an ellipsis (3 bytes)."""
    raw = text.encode("utf-8", "replace")
    if len(raw) <= limit_bytes:
        return text
    return raw[: max(limit_bytes - ELLIPSIS_BYTES, 0)].decode("utf-8", "ignore") + "…"


@lru_cache(maxsize=1024)
def _around_one(form: "Form", notice: "Notice | None", has_address: bool, tail: str) -> int:  # noqa: FBT001 - cached by place
    """Return what goes to what stands around the items of one subscription, but for the address at which it is left."""
    address = _ADDRESS if has_address else None
    frame = Frame(subscription_id="", count=1, notice=notice, unsubscribe_url=address)
    return _widest(form, frame, tail) - form.measure(address or "")


def _widest(form: "Form", frame: "Frame", tail: str) -> int:
    widest = msgspec.structs.replace(
        frame, name=_WIDEST_NAME, count=999_999, page=9_999, pages=9_999, left_out=999_999, repeated=True
    )
    return form.measure(_head(form, widest, headline(widest, ())) + form.lead) + form.measure(
        GAP + _foot(form, widest, tail)
    )


def _head(form: "Form", frame: "Frame", title: str) -> str:
    lines = [form.strong(title), form.quiet(f"订阅：{form.escape(subscriptions(frame))}")]
    if frame.repeated:
        lines.append(f"（{AGAIN}）")
    return form.line.join(lines)


def _foot(form: "Form", frame: "Frame", tail: str) -> str:
    links = _links(form, frame, MOST_LINKS)
    if form.measure("".join(links)) > form.limit // LINKS_PART:
        links = _links(form, frame, 1)
    more = left_out(frame)
    if frame.sections:
        more = cut_bytes(form.escape(more), form.limit // REMARKS_PART)
    return form.line.join(line for line in (more, *(links or [form.quiet(NO_LINK)]), tail) if line)


def _links(form: "Form", frame: "Frame", most: int) -> list[str]:
    return [form.link(form.escape(name), url) for name, url in leaving(frame, most=most)]
