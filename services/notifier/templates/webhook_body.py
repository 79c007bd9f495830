"""A webhook's body: JSON, thin, never above its limit, the same bytes on every try.

The shape is documented in docs/channels.md, "webhook"; fields are added to it, never renamed or removed.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from shared.wire.match import Evidence
from shared.wording.items import shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.notifier.channels.port import Frame, Message
    from shared.store.records import Alert, Why

LIMIT_BYTES = 20_000
"""Standard Webhooks asks for less than 20 KB."""

ITEM_BYTES = 16_000
"""A publication of which there is more to say is told in brief; beside one there is always room for what stands around it."""

MAX_ITEMS = 100
TOLD, TEST = "patent.alert.created", "patent.test"


class Applicant(msgspec.Struct, frozen=True, gc=False):
    """As in the publication, without the address."""

    name: str
    region: str | None


class Reason(msgspec.Struct, frozen=True, gc=False):
    """Why it is told: a profile, and where its terms stand (characters of the whole field)."""

    profile_id: str
    profile_name: str
    rule: int
    score: float
    evidence: tuple[Evidence, ...]


class Told(msgspec.Struct, frozen=True, gc=False):
    """One publication; ``shortened``: some of it was left out."""

    publication_number: str
    kind: str
    event: str
    title: str
    application_number: str | None
    published_on: date | None
    filed_on: date | None
    event_on: date | None
    event_detail: str | None
    applicants: tuple[Applicant, ...]
    ipc: tuple[str, ...]
    locarno: tuple[str, ...]
    score: float
    reasons: tuple[Reason, ...]
    shortened: bool


class Digest(msgspec.Struct, frozen=True, gc=False):
    """What a delivery tells; the whole digest has ``pages`` of them."""

    delivery_id: str
    subscription_id: str
    page: int
    pages: int
    left_out: int
    unsubscribe_url: str | None
    publications: "Sequence[Told]"


class Note(msgspec.Struct, frozen=True, gc=False):
    """A sentence for people."""

    message: str


class Event(msgspec.Struct, frozen=True, gc=False):
    """The body: as Standard Webhooks wants it."""

    type: str
    timestamp: datetime
    data: Digest | Note


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
    pages: list[list[Alert]] = []
    left = 0
    for alert in alerts:
        size = len(_json(_fitting(alert))) + 1
        if not pages or size > left or len(pages[-1]) == MAX_ITEMS:
            pages.append([])
            left = room
        pages[-1].append(alert)
        left -= size
    return [tuple(page) for page in pages]


def render(message: "Message") -> bytes:
    """Return the body, without the address to unsubscribe at where that grew since the message was planned."""
    publications = [_fitting(alert) for alert in message.alerts]
    body = _event(message, message.frame, publications)
    if len(body) < LIMIT_BYTES:
        return body
    return _event(message, replace(message.frame, unsubscribe_url=None), publications)


def render_test(sentence: str, now: datetime) -> bytes:
    """Return the body of a test."""
    return _json(Event(TEST, now.astimezone(UTC), Note(sentence)))


def _event(message: "Message", frame: "Frame", publications: "Sequence[Told]") -> bytes:
    digest = _digest(message.id, frame, publications)
    return _json(Event(TOLD, message.created_at.astimezone(UTC), digest))


def _digest(delivery_id: str, frame: "Frame", publications: "Sequence[Told]") -> Digest:
    return Digest(
        delivery_id=delivery_id,
        subscription_id=frame.subscription_id,
        page=frame.page,
        pages=frame.pages,
        left_out=frame.left_out,
        unsubscribe_url=frame.unsubscribe_url,
        publications=publications,
    )


def _frame_bytes(frame: "Frame") -> int:
    widest = replace(frame, page=9_999, pages=9_999, left_out=999_999)
    moment = datetime.max.replace(tzinfo=UTC)
    return len(_json(Event(TOLD, moment, _digest("d" * 64, widest, ()))))


def _fitting(alert: "Alert") -> Told:
    for measure in (FULL, BRIEF):
        told = _told(alert, measure)
        if len(_json(told)) <= ITEM_BYTES:
            return told
    return _told(alert, LEAST)


def _told(alert: "Alert", most: Measure) -> Told:
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
    )


def _reason(why: "Why", most: Measure) -> Reason:
    return Reason(
        profile_id=why.profile_id,
        profile_name=shorten(why.profile_name, most.text),
        rule=why.rule,
        score=why.score,
        evidence=why.evidence[: most.hits],
    )
