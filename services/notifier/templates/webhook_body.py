"""A webhook's body: JSON, thin, never above its limit, the same bytes on every try.

Its parts lie in `services.notifier.templates.webhook_shapes`.
"""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from services.notifier.channels.port import Frame
from services.notifier.templates.cutting import by_size
from services.notifier.templates.extents import extents_of, wording
from services.notifier.templates.webhook_shapes import (
    AlertEvent,
    Challenge,
    ChallengeEvent,
    Digest,
    DisabledEvent,
    FailedEvent,
    Happening,
    Note,
    Part,
    TestEvent,
)
from services.notifier.templates.webhook_told import fitting
from shared.filing.events import EventType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.notifier.channels.port import Message
    from services.notifier.templates.webhook_shapes import Told
    from shared.filing.events import Event
    from shared.store.records import Alert, Notice

LIMIT_BYTES = 20_000
"""Standard Webhooks asks for less than 20 KB."""

ITEM_BYTES = 16_000
"""A publication of which there is more to say is told in brief; beside one there is always room for what stands around it."""

MAX_ITEMS = 100

_json = msgspec.json.Encoder().encode


def paginate(frame: "Frame", alerts: "Sequence[Alert]") -> "list[tuple[Alert, ...]]":
    """Cut the alerts into bodies that fit, in order, between items only."""
    room = LIMIT_BYTES - _frame_bytes(frame)
    return by_size(alerts, _sizes(frame, alerts, min(ITEM_BYTES, room - 1)), room=room, apart=len(","), most=MAX_ITEMS)


def render(message: "Message") -> bytes:
    """Return the body.

    What was planned for another frame (a public address was set since, subscriptions were left) is sent without the addresses to
    unsubscribe at, and if that does not help, says less of each publication.
    """
    frame, alerts = message.frame, message.alerts
    publications = [fitting(frame, alert, ITEM_BYTES) for alert in alerts]
    body = _event(message, frame, publications)
    if len(body) < LIMIT_BYTES:
        return body
    sections = tuple(replace(section, unsubscribe_url=None) for section in frame.sections)
    bare = msgspec.structs.replace(frame, unsubscribe_url=None, sections=sections)
    body = _event(message, bare, publications)
    if len(body) < LIMIT_BYTES:
        return body
    room = (LIMIT_BYTES - _frame_bytes(bare)) // len(alerts) - 1
    return _event(message, bare, [fitting(frame, alert, room) for alert in alerts])


def render_test(sentence: str, now: datetime) -> bytes:
    """Return the body of a test."""
    return _json(TestEvent(now.astimezone(UTC), Note(sentence)))


def render_challenge(code: str, now: datetime) -> bytes:
    """Return the body that asks a receiver to repeat a code."""
    return _json(ChallengeEvent(now.astimezone(UTC), Challenge(code)))


def render_event(event: "Event") -> bytes:
    """Return the body that tells what happened to messages."""
    shape = FailedEvent if event.type is EventType.DELIVERY_FAILED else DisabledEvent
    happening = Happening(
        event_id=event.id,
        destination_id=event.destination_id,
        delivery_id=event.delivery_id,
        publication_numbers=event.publication_numbers,
        reason=event.reason,
        detail=event.detail,
    )
    return _json(shape(event.at.astimezone(UTC), happening))


def _event(message: "Message", frame: "Frame", publications: "Sequence[Told]") -> bytes:
    digest = _digest(message.id, frame, publications)
    return _json(AlertEvent(message.created_at.astimezone(UTC), digest))


def _digest(delivery_id: str, frame: "Frame", publications: "Sequence[Told]") -> Digest:
    return Digest(
        delivery_id=delivery_id,
        subscription_id=frame.subscription_id,
        page=frame.page,
        pages=frame.pages,
        left_out=frame.left_out,
        unsubscribe_url=frame.unsubscribe_url,
        publications=publications,
        notice=frame.notice or msgspec.UNSET,
        subscriptions=[
            Part(section.subscription_id, section.left_out, section.unsubscribe_url, section.notice or msgspec.UNSET)
            for section in frame.sections
        ]
        or msgspec.UNSET,
    )


def _frame_bytes(frame: "Frame") -> int:
    if frame.sections:
        return _widest_bytes(frame)
    own = (frame.subscription_id, frame.unsubscribe_url)
    return _common_bytes(frame.notice) + len(_json(own))


@cache
def _common_bytes(notice: "Notice | None") -> int:
    """Return what the frame of one subscription takes beside what is its own."""
    bare = Frame(subscription_id="", count=0, notice=notice)
    return _widest_bytes(bare) - len(_json((bare.subscription_id, bare.unsubscribe_url)))


def _widest_bytes(frame: "Frame") -> int:
    widest = msgspec.structs.replace(frame, page=9_999, pages=9_999, left_out=999_999)
    moment = datetime.max.replace(tzinfo=UTC)
    return len(_json(AlertEvent(moment, _digest("d" * 64, widest, ()))))


def _sizes(frame: "Frame", alerts: "Sequence[Alert]", most: int) -> list[int]:
    """Return what publications take; ``most``: of one of which there is more less is told."""
    if frame.told_by:
        return [len(_json(fitting(frame, alert, most))) for alert in alerts]
    now = wording()
    sizes = []
    for alert in alerts:
        extent = alert.extent
        if extent is not msgspec.UNSET and extent.wording == now:
            size = extent.body
        else:
            size = extents_of(alert.publication).body_bytes(alert.whys, alert.score)
        if not 0 < size <= most:
            size = len(_json(fitting(frame, alert, most)))
        sizes.append(size)
    return sizes
