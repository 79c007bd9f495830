"""What the notifier needs of a channel, and what it hands to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import msgspec

from services.notifier.channels.sections import Section
from shared.store.records import AlertKey, Notice

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from shared.clock import Clock
    from shared.filing.events import Event
    from shared.filing.wecom_corps import WecomCorp
    from shared.outlets import Prepared
    from shared.secret_box import SecretBox
    from shared.settings import Settings
    from shared.store.coordination import Idempotency
    from shared.store.filed import Shelf
    from shared.store.records import Alert
    from shared.wire.subscription import Channel, Destination


LANES_APART = "|"


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a channel may be built from.

    Attributes:
        idempotency, secrets: where all processes keep what one of them got from a vendor, sealed; ``None``: each for itself.
        corps: the enterprises that organisations connected; ``None``: there are none.
    """

    settings: "Settings"
    clock: "Clock"
    idempotency: "Idempotency | None" = None
    corps: "Shelf[WecomCorp] | None" = None
    secrets: "SecretBox | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """At most ``calls`` in any ``window_seconds``."""

    calls: int
    window_seconds: float


NAME_CHARACTERS = 40
"""Of a subscription's name in a message."""


class Frame(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a message says around its items.

    Attributes:
        name: what its people call the subscription, at most `NAME_CHARACTERS`; ``""``: nothing, it was made on the command line.
        count: items of this message.
        page, pages: 1-based.
        left_out: how many more the cap kept out; told on the last page.
        list_url: where its people read those, too; ``None`` when nobody outside reaches this server, or the subscription is no
            organisation's.
        unsubscribe_url: ``None`` when nobody outside reaches this server.
        repeated: it may have arrived before, nobody knows.
        notice: what it explains about itself.
        sections: of a message of several subscriptions, all of them, in order; what is said of one stands there, and
            ``unsubscribe_url`` leads to all of them. Empty in a message of one.
        told_by: in a message of several: which subscriptions tell an item, by its key.
    """

    subscription_id: str
    count: int
    name: str = ""
    page: int = 1
    pages: int = 1
    left_out: int = 0
    list_url: str | None = None
    unsubscribe_url: str | None = None
    repeated: bool = False
    notice: Notice | None = None
    sections: tuple[Section, ...] = ()
    told_by: Mapping[AlertKey, tuple[str, ...]] | None = None

    @property
    def called(self) -> str:
        """How people are told of the subscription: by its name, else by its id."""
        return self.name or self.subscription_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One delivery, ready to be said.

    Attributes:
        id: the delivery's, the same on every try.
        alerts: in the order in which they are told, one a publication.
        created_at: when it was planned, local time.
    """

    id: str
    destination: "Destination"
    frame: Frame
    alerts: "tuple[Alert, ...]"
    created_at: "datetime"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a vendor says of a message that it took.

    Attributes:
        message_id: by which it can be called back.
        note: who does not get it and what to do, for people; ``""``: everybody does.
    """

    message_id: str | None = None
    note: str = ""


class ChannelAdapter(Protocol):
    """A way out. One call of `send` is one call of the vendor."""

    @property
    def name(self) -> "Channel":
        """Which channel it is."""
        ...

    @property
    def idempotent(self) -> "bool | timedelta":
        """Whether the receiver can tell that the same delivery came twice; for how long, where it forgets."""
        ...

    @property
    def shuns_round_minutes(self) -> bool:
        """Whether the vendor asks not to be called at minute 0 and 30."""
        ...

    @property
    def rate(self) -> Rate | None:
        """How often one lane may be called."""
        ...

    def lane(self, destination: "Destination") -> str:
        """Return what the vendor counts by: destinations with the same lane share the rate. Holds no secret.

        Several, with `LANES_APART` between them, where one call counts in each.
        """
        ...

    def check(self, address: str, options: "Mapping[str, str]") -> str:
        """Return the address in its normal form.

        Raises:
            InvalidInputError: the address or an option cannot work; the sentence says what to write.
        """
        ...

    def paginate(
        self, destination: "Destination", frame: Frame, alerts: "Sequence[Alert]"
    ) -> "list[tuple[Alert, ...]]":
        """Cut the alerts into messages, in order, none empty; a pure function of its arguments."""
        ...

    async def send(self, message: Message) -> Receipt | None:
        """Call the vendor once; returning means that it took the message.

        Raises:
            RetryLaterError: perhaps later; ``ambiguous`` when it may have taken it.
            RefusedMessageError: never this message.
            DestinationGoneError: never this destination.
            ChannelMisconfiguredError: not with these settings.
        """
        ...

    async def send_test(self, destination: "Destination", now: "datetime") -> Receipt | None:
        """Send a short message that proves the destination works; raises as `send` does."""
        ...

    async def close(self) -> None:
        """Close connections."""
        ...


@runtime_checkable
class Shows(ChannelAdapter, Protocol):
    """A channel whose messages can be looked at without being sent."""

    def shown(self, message: Message) -> bytes:
        """Return what would be sent: a mail, a JSON body, a workbook; without what only signs or addresses it."""
        ...


@runtime_checkable
class Says(ChannelAdapter, Protocol):
    """A channel by which a sentence reaches people."""

    async def say(self, destination: "Destination", sentence: str) -> None:
        """Send one sentence; the addresses in it can be opened. Raises as `send` does."""
        ...


@runtime_checkable
class Asks(Says, Protocol):
    """A channel whose receivers may be anybody: they are asked before the first alert.

    Attributes:
        asks_first: always true.
    """

    asks_first: bool


@runtime_checkable
class Writes(ChannelAdapter, Protocol):
    """A channel by which a letter with a subject goes to somebody who is no destination."""

    async def write(self, address: str, subject: str, text: str, *, letter_id: str) -> None:
        """Send one letter, the same one under the same id; raises as `send` does."""
        ...


@runtime_checkable
class Announces(ChannelAdapter, Protocol):
    """A channel whose receivers are programs, which are told what happened to messages, too."""

    async def announce(self, destination: "Destination", event: "Event") -> None:
        """Call once with an event, the same one under the same id; raises as `send` does."""
        ...


@runtime_checkable
class Challenges(ChannelAdapter, Protocol):
    """A channel whose receivers are programs: they answer a challenge before the first alert."""

    async def challenge(self, destination: "Destination", code: str, now: "datetime") -> bool:
        """Send a code; return whether the answer repeats it. Raises as `send` does."""
        ...


@runtime_checkable
class Recalls(ChannelAdapter, Protocol):
    """A channel that can call a message back."""

    @property
    def recall_seconds(self) -> float:
        """For how long after it was sent."""
        ...

    async def recall(self, message_id: str) -> None:
        """Take a message away from everybody who got it; raises as `ChannelAdapter.send` does."""
        ...


@runtime_checkable
class MakesKeys(Protocol):
    """A channel whose destinations have a secret that is made here."""

    async def prepare(self, destination: "Destination", previous: "Destination | None") -> "Prepared":
        """Complete a destination whose address and options were checked.

        Args:
            destination: as it was asked for.
            previous: what it replaces, on the same channel; what its owner was told of that stays valid if it can.

        Raises:
            InvalidInputError: the address cannot work.
        """
        ...

    async def rotate(self, destination: "Destination") -> "Prepared":
        """Replace the secret of a destination."""
        ...
