"""How a profile was at a time: for who wants to see what was changed, or have it back."""

from datetime import datetime

import msgspec

from shared.filing.orders import by_number
from shared.store.filed import Kind
from shared.wire.profile import Profile


class ProfileVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a profile that came into force.

    Attributes:
        id: see `version_id`.
        organisation_id: whose the profile is.
        number: 1 at first, one more with each change.
        restores: number of the version that was put back by this one, ``None`` of a change of its own.
    """

    id: str
    organisation_id: str
    profile_id: str
    number: int
    profile: Profile
    changed_by: str
    changed_at: datetime
    restores: int | None = None


def version_id(profile_id: str, number: int) -> str:
    """Return the id of a profile's version."""
    return f"{profile_id}.{number}"


PROFILE_VERSIONS: Kind[ProfileVersion] = Kind(
    name="profile_versions",
    title="订阅画像的历史版本",
    document=ProfileVersion,
    owner=lambda version: version.profile_id,
    order=lambda version: by_number(version.number),
)
