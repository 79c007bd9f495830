"""What the store keeps of publications and of who is told them, as values.

What comes by the hundred thousand holds no way back to itself, so the garbage collector need not look at it (``gc=False``).
"""

from datetime import datetime
from enum import StrEnum

import msgspec

from shared.errors import Reason
from shared.store.extents import Extent
from shared.wire.match import Evidence
from shared.wire.publication import Publication
from shared.wire.subscription import Channel, Subscription


class PublicationVersion(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a publication since a record of it was accepted.

    Attributes:
        version: 1 at first, one more with each record that says more or something else, or that confirms it from a higher source.
        origin: where that record was read, for people (``gazette.csv:17``, ``day.zip!CN1.XML``).
        source: the format of that record; ``""`` in versions of the first kind, where it is the publication's own.
        said_by: field → the source that says it, where that is another than the publication's ``source``.
        in_other_words: of a legal event, what further sources say of it: source → its sentence of facts.
    """

    publication: Publication
    content_hash: str
    version: int = 1
    accepted_at: datetime
    origin: str = ""
    source: str = ""
    said_by: dict[str, str] = {}
    in_other_words: dict[str, str] = {}


class MatchRecord(msgspec.Struct, frozen=True, kw_only=True):
    """In which profiles a publication was found, those that nobody subscribed to included: what is counted.

    Why it was found is kept where somebody is told of it, in `Alert.whys`.

    Attributes:
        profile_ids: in any order; one event's worth, the store unites those of one publication.
    """

    publication_number: str
    profile_ids: tuple[str, ...]
    matched_at: datetime


class Why(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One reason why a subscription tells a publication: a profile, its rule and the hits."""

    profile_id: str
    profile_name: str
    rule: int
    score: float
    evidence: tuple[Evidence, ...]


class AlertState(StrEnum):
    """What became of an alert.

    ``FOLDED``: another publication of the same family was told in its place. ``OVER_CAP``: left out of a digest by
    the subscriber's cap, counted there. ``DROPPED``: its subscription or destination was removed first.
    """

    PENDING = "pending"
    PLANNED = "planned"
    FOLDED = "folded"
    OVER_CAP = "over_cap"
    DROPPED = "dropped"


SHOWN = (AlertState.PENDING, AlertState.PLANNED, AlertState.OVER_CAP)
"""What a subscription tells or told somebody; the others stood back for another publication, or had nobody to go to."""


class AlertKey(msgspec.Struct, frozen=True, kw_only=True, gc=False, order=True):
    """What is told once: (subscription, publication, destination); ``publication_number`` is an item key (`item_key`)."""

    subscription_id: str
    publication_number: str
    destination_id: str


class Alert(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A publication that a subscription owes to a destination. Whole in itself: what is told is what was matched.

    Attributes:
        family_key: the same for all publications of one family; ``None`` of legal events and corrections, which no other stands for.
        score: the best of ``whys``, 0..1.
        due_at: nobody need ask before then whether it may be told, as far as was known when it was recorded; ``None``: at
            once. The store keeps the present answer beside the document.
        delivery_id: the message that tells it, once planned.
        traceparent: where in which trace it was recorded (W3C); absent, also in the document, when it is not traced.
        extent: of ``publication`` and ``whys``; absent, also in the document, where nobody worked it out.
    """

    key: AlertKey
    family_key: str | None
    publication: Publication
    whys: tuple[Why, ...]
    score: float
    created_at: datetime
    due_at: datetime | None = None
    state: AlertState = AlertState.PENDING
    delivery_id: str | None = None
    traceparent: str | msgspec.UnsetType = msgspec.UNSET
    extent: Extent | msgspec.UnsetType = msgspec.UNSET


class Relative(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What folding needs to know of an alert that the store has; ``kind`` is the publication's kind code."""

    key: AlertKey
    family_key: str
    kind: str
    state: AlertState
    application_number: str | None = None


class DueGroup(msgspec.Struct, frozen=True, kw_only=True, gc=False, order=True):
    """Alerts of one subscription and destination about which somebody must ask now whether they may be told.

    Attributes:
        due: what orders them: microseconds since 1970, or negative and different each time for those that are to be looked at
            again because something changed. `Alerts.postpone` goes by it.
        oldest_created_at: of these alerts.
    """

    due: int
    subscription_id: str
    destination_id: str
    oldest_created_at: datetime


class PendingGroup(msgspec.Struct, frozen=True, kw_only=True):
    """How much waits for one subscription and destination."""

    subscription_id: str
    destination_id: str
    count: int
    oldest_created_at: datetime
    newest_created_at: datetime


class Backlog(msgspec.Struct, frozen=True, kw_only=True):
    """What waits for a subscription, for people.

    Attributes:
        publications: how many, each once however many destinations it goes to.
        due_at: when the first of them may be told, as far as is known; a moment that is over: at once.
    """

    publications: int
    due_at: datetime


class DeliveryState(StrEnum):
    """Where a delivery stands.

    ``WAITING`` for its next attempt; ``SENDING`` right now (or interrupted); ``SENT``; ``DEAD``: given up, with a
    reason, until a person retries it; ``HELD``: it may have been sent before a crash, and the policy is to ask.
    """

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"
    HELD = "held"


class Notice(StrEnum):
    """What a message must explain about itself.

    ``FLOOD``: a profile brings more than anybody reads, so this is a summary. ``COLLECTED``: the vendor's rate was used up, so
    what should have been told at once was collected. ``HEARTBEAT``: nothing came for a month; it tells of no publication.
    """

    FLOOD = "flood"
    COLLECTED = "collected"
    HEARTBEAT = "heartbeat"


class Remark(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a message of several subscriptions says of one of them; fields as in `Delivery`."""

    subscription_id: str
    left_out: int = 0
    notice: Notice | None = None


class Delivery(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One message to one destination: exactly one call of its vendor.

    Attributes:
        subscription_id: whose it is; the first of ``subscription_ids``.
        subscription_ids: of a message of several subscriptions, all of them, in order; absent, also in the document, of others.
        publication_numbers: what it tells, in the order of the message, each once.
        page: 1-based, of ``pages`` messages that were planned together.
        left_out: how many more caps kept out of the digest (told on the last page).
        notice: what the message explains about itself.
        remarks: ``left_out`` and ``notice`` of single subscriptions, where there are several; absent where there is none.
        attempts: how many were started.
        ambiguous: how many of them ended so that nobody knows whether the vendor took the message.
        lease_until: while ``SENDING``: when another process may take it over.
        sent_at: when the vendor took it.
        reason, vendor_code, detail: of the last attempt that failed; ``detail`` is for people and holds no secret.
        traceparent: where in which trace it was planned (W3C); absent, also in the document, when it is not traced.
    """

    id: str
    subscription_id: str
    subscription_ids: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    destination_id: str
    channel: Channel
    publication_numbers: tuple[str, ...]
    page: int = 1
    pages: int = 1
    left_out: int = 0
    notice: Notice | None = None
    remarks: tuple[Remark, ...] | msgspec.UnsetType = msgspec.UNSET
    state: DeliveryState = DeliveryState.WAITING
    attempts: int = 0
    ambiguous: int = 0
    next_attempt_at: datetime
    lease_until: datetime | None = None
    owner: str | None = None
    created_at: datetime
    sent_at: datetime | None = None
    reason: Reason | None = None
    vendor_code: str | None = None
    detail: str | None = None
    traceparent: str | msgspec.UnsetType = msgspec.UNSET

    @property
    def sections(self) -> tuple[str, ...]:
        """The subscriptions that it tells of, at least one."""
        return self.subscription_ids or (self.subscription_id,)


class WantedDeliveries(msgspec.Struct, frozen=True, kw_only=True):
    """Which deliveries are asked for; ``None``: whatever it is.

    Attributes:
        subscription_id: this is one of its subscriptions.
        destination_ids, subscription_ids: any of these; by destinations they are found at once, by subscriptions alone they are
            looked for among all.
        since, before: planned at this moment or later; before this one.
    """

    state: DeliveryState | None = None
    channel: Channel | None = None
    destination_id: str | None = None
    destination_ids: tuple[str, ...] | None = None
    subscription_id: str | None = None
    subscription_ids: tuple[str, ...] | None = None
    since: datetime | None = None
    before: datetime | None = None


class GroupPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What one destination is told now, by one subscription or by several.

    Attributes:
        deliveries: one a page.
        planned: pairs each alert that is told with its delivery's id.
        over_cap: those that a subscription's cap leaves out.
    """

    deliveries: tuple[Delivery, ...]
    planned: tuple[tuple[AlertKey, str], ...]
    over_cap: tuple[AlertKey, ...] = ()


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One try at sending a delivery.

    Attributes:
        number: 1-based.
        outcome: the delivery's state after it; ``SENDING`` while it lasts.
        ambiguous: the vendor may have taken the message although no answer says so.
        duration_seconds: of the vendor's call.
        message_id: what the vendor calls the message that it took, where it says so.
    """

    delivery_id: str
    destination_id: str
    number: int
    started_at: datetime
    outcome: DeliveryState = DeliveryState.SENDING
    ambiguous: bool = False
    reason: Reason | None = None
    vendor_code: str | None = None
    detail: str | None = None
    duration_seconds: float | None = None
    message_id: str | None = None


class SubscriptionChange(msgspec.Struct, frozen=True, kw_only=True):
    """The last change of a subscription.

    Attributes:
        mark: larger than that of every change before it, of whichever subscription.
        subscription: as it is now, ``None`` when it was removed.
    """

    mark: int
    subscription_id: str
    subscription: Subscription | None
