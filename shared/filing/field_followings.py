"""Profiles that were made of a technical field, and what they do when it changes."""

from datetime import datetime

import msgspec

from shared.filing.orders import by_moment
from shared.store.filed import Kind
from shared.wire.profile import Rule


class FieldFollowing(msgspec.Struct, frozen=True, kw_only=True):
    """A profile that remembers its field.

    Attributes:
        id: the profile's.
        code: the field's.
        number: version of the field that the profile has.
        rules: what it took from the field, a node's as those below it; a profile with others was changed by its people.
        automatic: whether it takes new versions by itself; else they are offered.
    """

    id: str
    organisation_id: str
    code: str
    number: int
    rules: tuple[Rule, ...]
    automatic: bool
    made_by: str
    made_at: datetime


FIELD_FOLLOWINGS: Kind[FieldFollowing] = Kind(
    name="field_followings",
    title="画像与技术领域的对应",
    document=FieldFollowing,
    owner=lambda following: following.code,
    order=lambda following: by_moment(following.made_at),
)
