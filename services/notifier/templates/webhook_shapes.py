"""The parts of a webhook's body, as docs/channels.md tells receivers; fields are added to them, never renamed or removed."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TypeAlias

import msgspec

from shared.store.records import Notice
from shared.wire.match import Evidence


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
    """One publication.

    Attributes:
        shortened: some of it was left out.
        subscription_ids: in a delivery of several subscriptions: those that tell it.
    """

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
    subscription_ids: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET


class Part(msgspec.Struct, frozen=True, gc=False):
    """What a delivery of several subscriptions says of one; fields as in `Digest`."""

    subscription_id: str
    left_out: int
    unsubscribe_url: str | None
    notice: Notice | msgspec.UnsetType = msgspec.UNSET


class Digest(msgspec.Struct, frozen=True, gc=False):
    """What a delivery tells; the whole digest has ``pages`` of them; ``notice``: where it is no usual one.

    One of several subscriptions has ``subscriptions``; the first of them is ``subscription_id``.
    """

    delivery_id: str
    subscription_id: str
    page: int
    pages: int
    left_out: int
    unsubscribe_url: str | None
    publications: Sequence[Told]
    notice: Notice | msgspec.UnsetType = msgspec.UNSET
    subscriptions: Sequence[Part] | msgspec.UnsetType = msgspec.UNSET


class Note(msgspec.Struct, frozen=True, gc=False):
    """A sentence for people."""

    message: str


class Challenge(msgspec.Struct, frozen=True, gc=False):
    """A code that the receiver repeats in the body of its answer."""

    challenge: str


class ChallengeEvent(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="endpoint.verification"):
    """The question whether this address takes alerts."""

    timestamp: datetime
    data: Challenge


class AlertEvent(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="patent.alert.created"):
    """A body, as Standard Webhooks wants it."""

    timestamp: datetime
    data: Digest


class TestEvent(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="patent.test"):
    """A body that says that it works."""

    timestamp: datetime
    data: Note


class Happening(msgspec.Struct, frozen=True, gc=False):
    """What happened to messages; ``delivery_id`` and the numbers: of one that was given up."""

    event_id: str
    destination_id: str
    delivery_id: str | None
    publication_numbers: tuple[str, ...]
    reason: str | None
    detail: str | None


class FailedEvent(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="delivery.failed"):
    """A message was given up."""

    timestamp: datetime
    data: Happening


class DisabledEvent(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="destination.disabled"):
    """Nothing goes to a destination any more until somebody enables it."""

    timestamp: datetime
    data: Happening


Event: TypeAlias = AlertEvent | TestEvent | ChallengeEvent | FailedEvent | DisabledEvent
