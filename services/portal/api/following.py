"""Endpoints of profiles that follow a technical field."""

import msgspec

from services.portal.api.endpoint import Ask, endpoint
from services.portal.api.views import ProfileView
from services.portal.desk.actor import Permission
from services.portal.desk.refusals import MissingError
from shared.wire.profile import Rule


class FollowedField(msgspec.Struct, frozen=True, kw_only=True):
    """The field that a profile follows.

    Attributes:
        code: the field's.
        version: of the field, that the profile has; 0: the shipped one.
        automatic: whether new versions are taken as they come.
        offered: rules of a newer version, ``null``: the profile has the newest.
        is_own: the profile was changed by its people since; taking the offer puts the field's rules in place of theirs.
    """

    code: str
    version: int
    automatic: bool
    offered: tuple[Rule, ...] | None
    is_own: bool


class FollowingChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether new versions are taken as they come."""

    automatic: bool


@endpoint("GET", "/profiles/{profile_id}/field", needs=Permission.READ)
async def read_followed(ask: Ask, profile_id: str) -> FollowedField:
    """Return which technical field a profile follows, and the version that is offered to it."""
    followed = await ask.desk.following.followed(ask.actor, profile_id)
    if followed is None:
        raise MissingError
    offer, following = followed.offer, followed.following
    return FollowedField(
        code=following.code,
        version=following.number,
        automatic=following.automatic,
        offered=offer.rules if offer else None,
        is_own=followed.own.profile.rules != following.rules,
    )


@endpoint("PUT", "/profiles/{profile_id}/field", needs=Permission.WRITE_PROFILES)
async def choose_following(ask: Ask, profile_id: str, body: FollowingChange) -> None:
    """Choose whether a profile takes new versions of its field by itself."""
    await ask.desk.following.choose(ask.actor, profile_id, automatic=body.automatic)


@endpoint("POST", "/profiles/{profile_id}/field/take", needs=Permission.WRITE_PROFILES, edits=True)
async def take_offer(ask: Ask, profile_id: str) -> ProfileView:
    """Give a profile the newest version of its field."""
    return ProfileView.of(await ask.desk.following.take(ask.actor, profile_id, revision=ask.revision))
