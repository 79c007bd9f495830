"""What reaches one member in WeCom: its destinations, and the subscriptions that go there."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from services.portal.desk.drafts import DestinationDraft
from services.portal.desk.holdings import MOST_DESTINATIONS, MOST_SUBSCRIPTIONS
from services.portal.desk.refusals import MissingError
from shared.destination_changes import changed
from shared.wire.subscription import Channel, DestinationState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from services.portal.desk.actor import Actor
    from services.portal.desk.desk import Desk
    from services.portal.desk.subscriptions import OwnSubscription
    from services.portal.wecom.members import Members
    from shared.filing.wecom_corps import WecomCorp
    from shared.filing.wecom_members import WecomMember
    from shared.wire.profile import Profile
    from shared.wire.subscription import Destination

CORP = "corp"
"""The option of a destination that names the connection; the notifier's channel reads it."""

FORMAT = "card"
"""What a member gets who subscribed here: cards with buttons, which only apps that are called back can have."""

_APART = "|"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a member sees as one subscription and can leave by itself.

    Attributes:
        profile_id: of a subscription that is the member's alone, each profile is an entry; ``""``: the whole is.
        name: what it is called.
    """

    own: "OwnSubscription"
    profile_id: str
    name: str

    @property
    def key(self) -> str:
        """What names it, without blanks."""
        return f"{self.own.subscription.id}/{self.profile_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaching:
    """What reaches a member.

    Attributes:
        alone: destinations that are this member's only.
        shared: destinations of several members.
        subscriptions: that go to any of them, the oldest first.
        entries: the same as the member sees them.
    """

    alone: "tuple[Destination, ...]"
    shared: "tuple[Destination, ...]"
    subscriptions: "tuple[OwnSubscription, ...]"
    entries: tuple[Entry, ...]

    @property
    def muted_until(self) -> "datetime | None":
        """Until when one of the member's own destinations is silent, the latest; ``None``: none is."""
        return max((one.muted_until for one in self.alone if one.muted_until), default=None)


async def reaching(desk: "Desk", actor: "Actor", corp: "WecomCorp", user_id: str) -> Reaching:
    """Return what reaches a member."""
    alone: list[Destination] = []
    shared: list[Destination] = []
    for own in (await desk.destinations.page(actor, limit=MOST_DESTINATIONS)).items:
        members = members_of(own.destination, corp)
        if user_id.casefold() in members:
            (alone if len(members) == 1 else shared).append(own.destination)
    ids = {destination.id for destination in (*alone, *shared)}
    subscriptions = [
        one
        for one in (await desk.subscriptions.page(actor, limit=MOST_SUBSCRIPTIONS)).items
        if ids.intersection(one.subscription.destinations).difference(one.subscription.opted_out)
    ]
    mine = {destination.id for destination in alone}
    apart = {one.card.id: is_own(actor, one, mine) and len(one.subscription.profiles) > 1 for one in subscriptions}
    wanted = [name for one in subscriptions if apart[one.card.id] for name in one.subscription.profiles]
    profiles = await desk.around.store.profiles.many(wanted)
    return Reaching(
        alone=tuple(alone),
        shared=tuple(shared),
        subscriptions=tuple(subscriptions),
        entries=tuple(
            entry for one in subscriptions for entry in _entries(one, profiles if apart[one.card.id] else None)
        ),
    )


def is_own(actor: "Actor", one: "OwnSubscription", alone: set[str]) -> bool:
    """Whether a subscription is the member's alone: made by it, and going to nobody else."""
    return alone.issuperset(one.subscription.destinations) and one.card.made_by == actor.account_id


def _entries(one: "OwnSubscription", profiles: "Mapping[str, Profile] | None") -> list[Entry]:
    """Return what a member sees of a subscription: each of these profiles, ``None``: the whole as one."""
    if profiles is None:
        return [Entry(own=one, profile_id="", name=one.card.name or one.subscription.id)]
    return [
        Entry(
            own=one,
            profile_id=profile_id,
            name=(profiles[profile_id].name if profile_id in profiles else "") or profile_id,
        )
        for profile_id in one.subscription.profiles
    ]


def members_of(destination: "Destination", corp: "WecomCorp") -> set[str]:
    """Return whom of an enterprise a destination reaches, in small letters."""
    if destination.channel is not Channel.WECOM_APP or destination.options.get(CORP) != corp.id:
        return set()
    return set(destination.address.casefold().split(_APART))


async def destination_of(
    desk: "Desk", members: "Members", actor: "Actor", corp: "WecomCorp", member: "WecomMember"
) -> str:
    """Return the id of a member's own destination, made if there is none; WeCom has just said that it is this member."""
    if member.destination_id:
        try:
            own = await desk.destinations.get(actor, member.destination_id)
        except MissingError:
            pass  # somebody removed it
        else:
            if own.destination.state is DestinationState.ACTIVE:
                return member.destination_id
    draft = DestinationDraft(
        name=f"企业微信：{member.name or member.user_id}"[:100],
        channel=Channel.WECOM_APP,
        address=member.user_id,
        options={CORP: corp.id, "format": FORMAT},
    )
    made = await desk.destinations.make(actor, draft, vouched=True)
    await members.change(member, destination_id=made.destination.id)
    return made.destination.id


async def mute(desk: "Desk", actor: "Actor", destination: "Destination", until: "datetime | None") -> None:
    """Let a destination be silent until a moment, ``None``: no longer.

    Args:
        desk: where it is.
        actor: the member whose silence it is.
        destination: as it was when it reached this member alone.
        until: aware UTC.

    Raises:
        MissingError: it is gone, or reaches others by now.
    """

    def silent(now: "Destination") -> "Destination":
        return msgspec.structs.replace(now, muted_until=until)

    if await changed(desk.around.store.destinations, destination, silent) is None:
        raise MissingError
    await desk.audit.record(actor, "destination.muted" if until else "destination.unmuted", destination.id)
