"""Who is told, where and when: destinations and subscriptions."""

from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

import msgspec

from shared.wire.identity import GRANT, PUBLICATION
from shared.wire.profile import check_id


class Channel(StrEnum):
    """The ways a message can leave; each has a module of its name in the notifier."""

    EMAIL = "email"
    WECOM_ROBOT = "wecom-robot"
    WECOM_APP = "wecom-app"
    WECHAT_SERVICE = "wechat-service"
    WEBHOOK = "webhook"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"
    FEED = "feed"


class DestinationState(StrEnum):
    """Whether a destination takes messages."""

    UNVERIFIED = "unverified"
    ACTIVE = "active"
    DISABLED = "disabled"


class FamilyAlerts(StrEnum):
    """What a subscriber wants of the publications of one family."""

    ONCE = "once"
    EACH = "each"


ALL_EVENTS = "all"
"""In ``events``: every one, also those that are not known yet."""


DEFAULT_EVENTS = (PUBLICATION, GRANT)
"""What is told when nothing is said: published documents."""


SECRET_OPTIONS = frozenset({"secret", "old_secret"})
"""Options whose values nobody needs to see again."""


class Destination(msgspec.Struct, frozen=True, kw_only=True):
    """A verified address on one channel.

    Attributes:
        address: mailbox, robot key, user id or URL. A secret on most channels: never log it, show `masked_address`.
        options: channel settings given with ``--set key=value``.
        state_reason: why it is disabled, for people.
        muted_until: its people want silence until then; what comes waits.
    """

    id: str
    channel: Channel
    address: str
    options: dict[str, str] = {}
    state: DestinationState = DestinationState.UNVERIFIED
    state_reason: str | None = None
    muted_until: datetime | None = None
    created_at: datetime

    def __post_init__(self) -> None:
        check_id(self.id)

    def __repr__(self) -> str:
        return f"Destination(id={self.id!r}, channel={self.channel.value!r}, address={self.masked_address!r}, state={self.state.value!r})"

    @property
    def masked_options(self) -> dict[str, str]:
        """The options, without what is secret among them."""
        return {name: "…" if name in SECRET_OPTIONS else value for name, value in self.options.items()}

    @property
    def masked_address(self) -> str:
        """The address with what makes it a secret left out (``w***@example.cn``, ``693a…``, ``https://oa.example.cn/…``)."""
        if self.channel is Channel.WEBHOOK:
            parts = urlsplit(self.address)
            return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/…"
        local, at, domain = self.address.rpartition("@")
        if at and self.channel is Channel.EMAIL:
            return f"{local[:1]}***@{domain}"
        return f"{self.address[:4]}…" if len(self.address) > 8 else "…"  # noqa: PLR2004 - half a short key tells it all


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """Profiles told to destinations on a schedule.

    Attributes:
        schedule: ``immediate``, ``hourly``, ``daily@HH:MM`` or ``weekly@mon-HH:MM``, local time.
        quiet: ``HH:MM-HH:MM`` in which nothing is sent, local time, across midnight if the first is later.
        cap: at most so many publications a message, the best first; the rest is named by its count. ``None``: all.
        workdays: nothing is sent on weekends and public holidays of China; days that are made up for are workdays.
        paused: nothing is sent, what comes waits.
        opted_out: destinations whose people unsubscribed; they get no more alerts of this subscription.
        events: which happenings are told (``publication``, ``grant``, ``transfer`` ...); ``all`` for every one.
        corrections: whether what was told is told again when it is corrected.
        family: whether a family is told once, or each of its publications.
        heartbeat: a destination to which nothing came for a month is told that it is still watched for.
    """

    id: str
    profiles: tuple[str, ...]
    destinations: tuple[str, ...]
    schedule: str = "immediate"
    quiet: str | None = None
    cap: int | None = None
    workdays: bool = False
    paused: bool = False
    opted_out: tuple[str, ...] = ()
    events: tuple[str, ...] = DEFAULT_EVENTS
    corrections: bool = False
    family: FamilyAlerts = FamilyAlerts.ONCE
    heartbeat: bool = False
    created_at: datetime

    def __post_init__(self) -> None:
        check_id(self.id)
        if not self.profiles or not self.destinations:
            raise ValueError("a subscription needs at least one profile and one destination")
        if self.cap is not None and self.cap < 1:
            raise ValueError("cap must be at least 1")
        if not self.events:
            raise ValueError("a subscription tells at least one kind of event")
