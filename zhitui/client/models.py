"""What the API answers. What a newer server says beyond this is left out."""

from datetime import date, datetime

import msgspec

from zhitui.client.drafts import ProfileDraft


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """Who the token speaks for, and what it may."""

    account_id: str
    organisation_id: str
    role: str
    scopes: tuple[str, ...]


class Content(ProfileDraft, kw_only=True, omit_defaults=True):
    """A profile's content with its id."""

    id: str


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """A profile that is saved; ``revision`` is what an edit is held against."""

    id: str
    revision: int
    version: int
    profile: Content
    made_at: datetime
    changed_at: datetime


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """A subscription."""

    id: str
    revision: int
    name: str
    profiles: tuple[str, ...]
    destinations: tuple[str, ...]
    schedule: str
    quiet: str | None
    cap: int | None
    workdays: bool
    events: tuple[str, ...]
    corrections: bool
    family: str
    heartbeat: bool = False
    paused: bool
    opted_out: tuple[str, ...]


class Destination(msgspec.Struct, frozen=True, kw_only=True):
    """A destination; ``keys`` holds a secret once, when it was just made, ``told`` the same in a sentence."""

    id: str
    revision: int
    name: str
    channel: str
    address: str
    options: dict[str, str]
    state: str
    state_reason: str | None
    told: str
    keys: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"Destination(id={self.id!r}, channel={self.channel!r}, state={self.state!r})"


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """A code or test message on its way to a destination."""

    id: str
    task: str
    state: str
    outcome: str
    proven: bool


class Applicant(msgspec.Struct, frozen=True, kw_only=True):
    """Who applied."""

    name: str
    address: str | None = None
    region: str | None = None


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """One published document, or a legal event of one."""

    publication_number: str
    kind: str
    title: str
    published_on: date | None = None
    application_number: str | None = None
    abstract: str | None = None
    claim: str | None = None
    applicants: tuple[Applicant, ...] = ()
    ipc: tuple[str, ...] = ()
    event: str = "publication"


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """One hit: characters ``start`` to ``end`` of ``field``."""

    term: str
    field: str
    start: int
    end: int
    kind: str
    score: float


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """A profile that found the publication."""

    profile_id: str
    profile_name: str
    rule: int
    score: float
    evidence: tuple[Evidence, ...]


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """A publication that a subscription tells, and why."""

    key: str
    subscription_id: str
    publication: Publication
    reasons: tuple[Reason, ...]
    score: float
    state: str
    matched_at: datetime


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """A message to a destination."""

    id: str
    subscription_id: str
    destination_id: str
    channel: str
    publication_numbers: tuple[str, ...]
    state: str
    attempts: int
    created_at: datetime
    next_attempt_at: datetime | None = None
    sent_at: datetime | None
    reason: str | None
    vendor_code: str | None = None
    detail: str | None


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to messages: ``delivery.failed`` or ``destination.disabled``; ``untold``: webhooks that have not taken it."""

    id: str
    type: str
    at: datetime
    destination_id: str
    delivery_id: str | None
    publication_numbers: tuple[str, ...]
    reason: str | None
    detail: str | None
    untold: tuple[str, ...] = ()


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One try at sending; ``message_id``: what the vendor calls the message."""

    number: int
    started_at: datetime
    outcome: str
    ambiguous: bool = False
    reason: str | None
    vendor_code: str | None = None
    detail: str | None
    message_id: str | None = None


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery with its attempts, what it tells, and the events that it was given up."""

    delivery: Delivery
    attempts: tuple[Attempt, ...]
    matches: tuple[Match, ...] = ()
    events: tuple[Event, ...] = ()


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence without its language, to be worded anew.

    Attributes:
        code: which one; docs/sentences.md lists all.
        values: what stands in it: texts, numbers, lists of texts or of further sentences.
    """

    code: str
    values: "dict[str, str | int | float | list[str | Said]]" = {}


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """What the check of a profile found; ``text`` is in the language that was asked for."""

    code: str
    level: str
    text: str
    pointer: str = ""
    said: Said | None = None


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """How many publications match; ``margin``: half of the 95 % interval where it is an estimate."""

    matches: int
    exact: bool = True
    margin: int = 0


class Week(msgspec.Struct, frozen=True, kw_only=True):
    """One bar of a preview."""

    monday: date
    matches: int


class FoundMatch(msgspec.Struct, frozen=True, kw_only=True):
    """A match that somebody would be told of."""

    score: float
    rule: int
    evidence: tuple[Evidence, ...] = ()


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """A publication that matches, and why."""

    publication: Publication
    match: FoundMatch


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What a profile would have brought."""

    count: Count
    weeks: tuple[Week, ...]
    examples: tuple[Example, ...]
    a_week: float
    remarks: tuple[Remark, ...] = ()


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a back-test is; ``result`` when it is over."""

    done: int
    total: int
    result: Preview | None = None


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """One condition of a rule, held against one publication; ``text`` is in the language that was asked for."""

    rule: int
    pointer: str
    holds: bool
    text: str
    said: Said | None = None


class WhyNot(msgspec.Struct, frozen=True, kw_only=True):
    """Why a publication matches a profile, or does not."""

    publication: Publication
    match: FoundMatch | None
    conditions: tuple[Condition, ...]
