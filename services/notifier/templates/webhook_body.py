"""A webhook's body: JSON, thin, never above its limit, the same bytes on every try.

Its parts lie in `services.notifier.templates.webhook_shapes`.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from services.notifier.templates.cutting import by_size
from services.notifier.templates.webhook_shapes import (
    AlertEvent,
    Applicant,
    Challenge,
    ChallengeEvent,
    Digest,
    DisabledEvent,
    FailedEvent,
    Happening,
    Note,
    Part,
    Reason,
    TestEvent,
    Told,
)
from shared.filing.events import EventType
from shared.wording.items import shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.notifier.channels.port import Frame, Message
    from shared.filing.events import Event
    from shared.store.records import Alert, Why

LIMIT_BYTES = 20_000
"""Standard Webhooks asks for less than 20 KB."""

ITEM_BYTES = 16_000
"""A publication of which there is more to say is told in brief; beside one there is always room for what stands around it."""

MAX_ITEMS = 100


class Measure(NamedTuple):
    """How much is said of one publication: characters of a text, names and symbols, reasons, hits of each."""

    text: int
    names: int
    reasons: int
    hits: int


FULL, BRIEF, LEAST = Measure(1000, 20, 10, 30), Measure(200, 5, 3, 6), Measure(100, 1, 1, 0)

_json = msgspec.json.Encoder().encode


def paginate(frame: "Frame", alerts: "Sequence[Alert]") -> "list[tuple[Alert, ...]]":
    """Cut the alerts into bodies that fit, in order, between items only."""
    room = LIMIT_BYTES - _frame_bytes(frame)
    most = min(ITEM_BYTES, room - 1)
    return by_size(alerts, lambda alert: len(_json(_fitting(frame, alert, most))) + 1, room=room, most=MAX_ITEMS)


def render(message: "Message") -> bytes:
    """Return the body.

    What was planned for another frame (a public address was set since, subscriptions were left) is sent without the addresses to
    unsubscribe at, and if that does not help, says less of each publication.
    """
    frame, alerts = message.frame, message.alerts
    publications = [_fitting(frame, alert, ITEM_BYTES) for alert in alerts]
    body = _event(message, frame, publications)
    if len(body) < LIMIT_BYTES:
        return body
    sections = tuple(replace(section, unsubscribe_url=None) for section in frame.sections)
    bare = replace(frame, unsubscribe_url=None, sections=sections)
    body = _event(message, bare, publications)
    if len(body) < LIMIT_BYTES:
        return body
    room = (LIMIT_BYTES - _frame_bytes(bare)) // len(alerts) - 1
    return _event(message, bare, [_fitting(frame, alert, room) for alert in alerts])


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
    widest = replace(frame, page=9_999, pages=9_999, left_out=999_999)
    moment = datetime.max.replace(tzinfo=UTC)
    return len(_json(AlertEvent(moment, _digest("d" * 64, widest, ()))))


def _fitting(frame: "Frame", alert: "Alert", limit_bytes: int) -> Told:
    subscription_ids = frame.told_by[alert.key] if frame.told_by else msgspec.UNSET
    for measure in (FULL, BRIEF):
        told = _told(alert, measure, subscription_ids)
        if len(_json(told)) <= limit_bytes:
            return told
    return _told(alert, LEAST, subscription_ids)


def _told(alert: "Alert", most: Measure, subscription_ids: "tuple[str, ...] | msgspec.UnsetType") -> Told:
    publication, whys = alert.publication, alert.whys
    detail = publication.event_detail
    return Told(
        publication_number=publication.publication_number,
        kind=publication.kind,
        event=publication.event,
        title=shorten(publication.title, most.text),
        application_number=publication.application_number,
        published_on=publication.published_on,
        filed_on=publication.filed_on,
        event_on=publication.event_on,
        event_detail=None if detail is None else shorten(detail, most.text),
        applicants=tuple(
            Applicant(shorten(one.name, most.text), one.region) for one in publication.applicants[: most.names]
        ),
        ipc=publication.ipc[: most.names],
        locarno=publication.locarno[: most.names],
        score=alert.score,
        reasons=tuple(_reason(why, most) for why in whys[: most.reasons]),
        shortened=(
            len(publication.title) > most.text
            or len(detail or "") > most.text
            or any(len(one.name) > most.text for one in publication.applicants)
            or max(map(len, (publication.applicants, publication.ipc, publication.locarno))) > most.names
            or len(whys) > most.reasons
            or any(len(why.evidence) > most.hits for why in whys)
        ),
        subscription_ids=subscription_ids,
    )


def _reason(why: "Why", most: Measure) -> Reason:
    return Reason(
        profile_id=why.profile_id,
        profile_name=shorten(why.profile_name, most.text),
        rule=why.rule,
        score=why.score,
        evidence=why.evidence[: most.hits],
    )
