"""A robot's message: a head, items, a foot, in whatever form, never above what the vendor takes."""

from dataclasses import replace
from typing import TYPE_CHECKING

from services.notifier.channels.port import NAME_CHARACTERS
from services.notifier.templates.around import AGAIN, NO_LINK, headline, leaving, left_out, subscriptions, told_for
from services.notifier.templates.cutting import by_size
from shared.wording.items import largest, view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.notifier.channels.port import Frame
    from services.notifier.templates.markup import Form
    from shared.store.records import Alert

GAP = "\n\n"
"""Before the foot."""

MOST_LINKS, LINKS_PART, REMARKS_PART = 3, 4, 3
"""By how many links single subscriptions are left, and what part of a message these and what is said of subscriptions may take."""

ELLIPSIS_BYTES = 3

_WIDEST_NAME = "知" * (NAME_CHARACTERS * 2)
"""In bytes as long as a name of nothing but signs that are escaped."""

CHARACTER_BYTES, MARKUP_BYTES, HIT_BYTES, WHY_BYTES = 4, 400, 60, 100
"""At most: of a character, around an item, around a hit in its title, and around a reason."""


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
    gap = form.measure(form.separator)
    texts = [item_text(form, alert, room, told_for(frame, alert)) for alert in alerts]
    if sum(form.measure(text) + gap for text in texts) > room:
        texts = [item_text(form, alert, room // len(alerts) - gap, told_for(frame, alert)) for alert in alerts]
    return before + form.separator.join(texts) + after


def paginate(form: "Form", frame: "Frame", alerts: "Sequence[Alert]", tail: str = "") -> "list[tuple[Alert, ...]]":
    """Cut the alerts into pages that fit, in order, between items only."""
    if len(alerts) == 1:
        return [tuple(alerts)]
    room = form.limit - frame_size(form, frame, tail)
    told = CHARACTER_BYTES * sum(len(told_for(frame, alert)) for alert in alerts) if frame.sections else 0
    if sum(map(largest_size, alerts)) + told <= room:
        return [tuple(alerts)]
    gap = form.measure(form.separator)
    return by_size(
        alerts, lambda alert: form.measure(item_text(form, alert, room, told_for(frame, alert))) + gap, room=room
    )


def largest_size(alert: "Alert") -> int:
    """Return an upper bound of what an item takes in any form, with what parts it from the next, at a tenth of the cost of measuring it."""
    characters, hits, whys = largest(alert)
    return MARKUP_BYTES + CHARACTER_BYTES * characters + HIT_BYTES * hits + WHY_BYTES * whys


def frame_size(form: "Form", frame: "Frame", tail: str = "") -> int:
    """Return how much goes to what stands around the items at most, whatever page it is."""
    widest = replace(frame, name=_WIDEST_NAME, count=999_999, page=9_999, pages=9_999, left_out=999_999, repeated=True)
    return form.measure(_head(form, widest, headline(widest, ())) + form.lead) + form.measure(
        GAP + _foot(form, widest, tail)
    )


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
