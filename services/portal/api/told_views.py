"""Messages, matches and events as the API tells of them."""

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from services.portal.api.same_names import view_of
from shared.filing.events import EventType
from shared.store.records import DeliveryState, Notice
from shared.wire.match import Evidence
from shared.wire.publication import Publication
from shared.wire.subscription import Channel

if TYPE_CHECKING:
    from services.portal.desk.deliveries import Told
    from shared.filing.events import Event
    from shared.store.records import Alert, Attempt, Delivery


class DeliveryView(msgspec.Struct, frozen=True, kw_only=True):
    """A message to a destination.

    Attributes:
        reason, detail: of the last attempt that failed; ``detail`` is in Chinese.
        subscription_id: the first of those that it tells of.
        subscription_ids: all of them.
        left_out: publications that caps kept out.
        notice: of a message that is no usual one: ``heartbeat`` tells of no publication.
        ambiguous: how many tries may have been taken although no answer said so.
    """

    id: str
    subscription_id: str
    subscription_ids: tuple[str, ...]
    destination_id: str
    channel: Channel
    publication_numbers: tuple[str, ...]
    page: int
    pages: int
    left_out: int
    notice: Notice | None
    state: DeliveryState
    attempts: int
    ambiguous: int
    created_at: datetime
    next_attempt_at: datetime
    sent_at: datetime | None
    reason: str | None
    vendor_code: str | None
    detail: str | None

    @classmethod
    def of(cls, delivery: "Delivery") -> "DeliveryView":
        """Tell of a delivery."""
        return view_of(
            cls,
            delivery,
            subscription_ids=delivery.sections,
            reason=None if delivery.reason is None else delivery.reason.value,
        )


class AttemptView(msgspec.Struct, frozen=True, kw_only=True):
    """One try at sending.

    Attributes:
        ambiguous: the vendor may have taken it although no answer says so.
        message_id: what the vendor calls the message.
    """

    number: int
    started_at: datetime
    outcome: DeliveryState
    ambiguous: bool
    reason: str | None
    vendor_code: str | None
    detail: str | None
    duration_seconds: float | None
    message_id: str | None

    @classmethod
    def of(cls, attempt: "Attempt") -> "AttemptView":
        """Tell of an attempt."""
        return view_of(cls, attempt, reason=None if attempt.reason is None else attempt.reason.value)


class ReasonView(msgspec.Struct, frozen=True, kw_only=True):
    """One profile that found the publication."""

    profile_id: str
    profile_name: str
    rule: int
    score: float
    evidence: tuple[Evidence, ...]


class MatchView(msgspec.Struct, frozen=True, kw_only=True):
    """A publication that a subscription tells, and why.

    Attributes:
        key: of the item: the publication's number, or a legal event's key.
        state: ``pending`` until it is told, ``planned`` then; ``folded``: another of its family stands for it; ``over_cap``.
    """

    key: str
    subscription_id: str
    publication: Publication
    reasons: tuple[ReasonView, ...]
    score: float
    state: str
    matched_at: datetime

    @classmethod
    def of(cls, alert: "Alert") -> "MatchView":
        """Tell of an alert as what was found."""
        return cls(
            key=alert.key.publication_number,
            subscription_id=alert.key.subscription_id,
            publication=alert.publication,
            reasons=tuple(view_of(ReasonView, why) for why in alert.whys),
            score=alert.score,
            state=alert.state.value,
            matched_at=alert.created_at,
        )


class EventView(msgspec.Struct, frozen=True, kw_only=True):
    """An event; its id is the ``webhook-id`` of the call that tells it.

    Attributes:
        delivery_id, publication_numbers, reason: of a delivery that failed.
        detail: in Chinese.
        untold: webhooks that are owed a call and have not taken it (yet).
    """

    id: str
    type: EventType
    at: datetime
    destination_id: str
    delivery_id: str | None
    publication_numbers: tuple[str, ...]
    reason: str | None
    detail: str | None
    untold: tuple[str, ...]

    @classmethod
    def of(cls, event: "Event") -> "EventView":
        """Tell of an event."""
        return view_of(cls, event)


class ToldView(msgspec.Struct, frozen=True, kw_only=True):
    """The way of a message.

    Attributes:
        attempts: the oldest first.
        matches: what it tells, in its order; of several subscriptions, what each tells.
        events: that it was given up, as webhooks are told.
    """

    delivery: DeliveryView
    attempts: tuple[AttemptView, ...]
    matches: tuple[MatchView, ...]
    events: tuple[EventView, ...]

    @classmethod
    def of(cls, told: "Told") -> "ToldView":
        """Tell of all of it."""
        return cls(
            delivery=DeliveryView.of(told.delivery),
            attempts=tuple(map(AttemptView.of, told.attempts)),
            matches=tuple(map(MatchView.of, told.alerts)),
            events=tuple(map(EventView.of, told.events)),
        )
