"""Profiles, subscriptions and destinations as the API tells of them: no secrets, no whole addresses."""

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from services.portal.api.same_names import view_of
from shared.wire.profile import Profile
from shared.wire.subscription import Channel, DestinationState, FamilyAlerts

if TYPE_CHECKING:
    from services.portal.desk.destinations import OwnDestination
    from services.portal.desk.profiles import OwnProfile
    from services.portal.desk.subscriptions import OwnSubscription
    from shared.filing.profile_versions import ProfileVersion


class ProfileView(msgspec.Struct, frozen=True, kw_only=True):
    """A profile.

    Attributes:
        revision: for ``If-Match``; also the ``ETag``.
        version: of its history.
    """

    id: str
    revision: int
    version: int
    profile: Profile
    made_at: datetime
    changed_at: datetime
    changed_by: str

    @classmethod
    def of(cls, own: "OwnProfile") -> "ProfileView":
        """Tell of a profile."""
        card = own.card
        return cls(
            id=card.id,
            revision=own.revision,
            version=card.version,
            profile=own.profile,
            made_at=card.made_at,
            changed_at=card.changed_at,
            changed_by=card.changed_by,
        )


class VersionView(msgspec.Struct, frozen=True, kw_only=True):
    """A profile as it was.

    Attributes:
        restores: the version that was put back by this one.
    """

    version: int
    profile: Profile
    changed_at: datetime
    changed_by: str
    restores: int | None

    @classmethod
    def of(cls, version: "ProfileVersion") -> "VersionView":
        """Tell of a version."""
        return view_of(cls, version, version=version.number)


class SubscriptionView(msgspec.Struct, frozen=True, kw_only=True):
    """A subscription.

    Attributes:
        heartbeat: a destination to which nothing came for a month is told that it is still watched for.
        opted_out: destinations whose people unsubscribed.
        revision: for ``If-Match``; also the ``ETag``.
    """

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
    family: FamilyAlerts
    heartbeat: bool
    paused: bool
    opted_out: tuple[str, ...]
    made_at: datetime
    changed_at: datetime

    @classmethod
    def of(cls, own: "OwnSubscription") -> "SubscriptionView":
        """Tell of a subscription."""
        said, card = own.subscription, own.card
        return cls(
            id=said.id,
            revision=own.revision,
            name=card.name,
            profiles=said.profiles,
            destinations=said.destinations,
            schedule=said.schedule,
            quiet=said.quiet,
            cap=said.cap,
            workdays=said.workdays,
            events=said.events,
            corrections=said.corrections,
            family=said.family,
            heartbeat=said.heartbeat,
            paused=said.paused,
            opted_out=said.opted_out,
            made_at=card.made_at,
            changed_at=card.changed_at,
        )


class DestinationView(msgspec.Struct, frozen=True, kw_only=True):
    """A destination.

    Attributes:
        address: with what is secret left out.
        state_reason: why it was switched off, in Chinese.
        told: a secret that is shown this once, with what to do with it, in Chinese.
        keys: the values in ``told``: ``secret`` or ``public_key`` of a webhook, ``atom`` and ``json`` of a feed.
        revision: for ``If-Match``; also the ``ETag``.
    """

    id: str
    revision: int
    name: str
    channel: Channel
    address: str
    options: dict[str, str]
    state: DestinationState
    state_reason: str | None
    made_at: datetime
    changed_at: datetime
    told: str
    keys: dict[str, str]

    @classmethod
    def of(cls, own: "OwnDestination") -> "DestinationView":
        """Tell of a destination."""
        said, card = own.destination, own.card
        return cls(
            id=said.id,
            revision=own.revision,
            name=card.name,
            channel=said.channel,
            address=said.masked_address,
            options=said.masked_options,
            state=said.state,
            state_reason=said.state_reason,
            made_at=card.made_at,
            changed_at=card.changed_at,
            told=own.told,
            keys=dict(own.keys),
        )
