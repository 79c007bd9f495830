"""What people write when they make or change something; each part that is wrong can be pointed at."""

from typing import Annotated

import msgspec
from msgspec import Meta

from services.portal.desk.refusals import Fault, InvalidError, Text
from shared.wire.subscription import DEFAULT_EVENTS, Channel, FamilyAlerts

MAX_NAME_CHARACTERS = 100

Name = Annotated[str, Meta(max_length=MAX_NAME_CHARACTERS, description="What its people call it.")]
Id = Annotated[str, Meta(min_length=1, max_length=128)]


class DestinationDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A destination as it is asked for.

    Attributes:
        address: mailbox, robot key or URL, user id, URL; ``self`` for a feed.
        options: of the channel, see docs/channels.md.
    """

    name: Name = ""
    channel: Channel
    address: Annotated[str, Meta(min_length=1, max_length=2048)]
    options: Annotated[dict[str, str], Meta(max_length=20)] = {}


class DestinationChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What can be changed of a destination.

    Attributes:
        address: ``null``: stays as it is; another one must be verified again.
        options: ``null``: stay as they are.
    """

    name: Name = ""
    address: Annotated[str, Meta(min_length=1, max_length=2048)] | None = None
    options: Annotated[dict[str, str], Meta(max_length=20)] | None = None


class SubscriptionDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A subscription as it is asked for; its attributes are those of `shared.wire.subscription.Subscription`."""

    name: Name = ""
    profiles: Annotated[tuple[Id, ...], Meta(min_length=1, max_length=200)]
    destinations: Annotated[tuple[Id, ...], Meta(min_length=1, max_length=50)]
    schedule: Annotated[
        str, Meta(max_length=40, description="immediate, hourly, daily@HH:MM or weekly@mon-HH:MM, local time.")
    ] = "immediate"
    quiet: Annotated[str, Meta(max_length=20, description="HH:MM-HH:MM, local time.")] | None = None
    cap: Annotated[int, Meta(ge=1, le=1_000)] | None = None
    workdays: bool = False
    events: Annotated[tuple[Annotated[str, Meta(max_length=40)], ...], Meta(min_length=1, max_length=30)] = (
        DEFAULT_EVENTS
    )
    corrections: bool = False
    family: FamilyAlerts = FamilyAlerts.ONCE
    heartbeat: Annotated[
        bool, Meta(description="A destination to which nothing came for a month is told that it is still watched for.")
    ] = False


def refuse_bad_name(name: str, *, pointer: str = "/name") -> None:
    """Refuse a name that would break a line, a header or a table.

    Raises:
        InvalidError: it has control characters, or is too long.
    """
    if (name and not name.isprintable()) or len(name) > MAX_NAME_CHARACTERS:
        raise InvalidError(
            Fault(
                pointer,
                Text(
                    f"名称最多 {MAX_NAME_CHARACTERS} 个字，不能换行，也不能有控制字符。",
                    f"A name has at most {MAX_NAME_CHARACTERS} characters, on one line and without control characters.",
                ),
            )
        )
