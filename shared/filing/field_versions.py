"""How a technical field was at a time, and what curators are about to make of it."""

from datetime import datetime

import msgspec

from shared.filing.orders import by_number
from shared.store.filed import Kind
from shared.wire.profile import Rule


class FieldContent(msgspec.Struct, frozen=True, kw_only=True):
    """What a curator can change of a field; its code and its place in the tree stay.

    Attributes:
        zh, en: its name.
        about: one Chinese sentence.
    """

    zh: str
    en: str
    about: str
    rules: tuple[Rule, ...]


class FieldVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One published version of a field; number 0 is the shipped one and is not filed.

    Attributes:
        id: see `field_version_id`.
        number: 1 at first, one more with each publication.
        why: the curator's reason, for who reads the history.
        restores: number of the version that was put back by this one, ``None`` of a change of its own.
    """

    id: str
    code: str
    number: int
    content: FieldContent
    why: str
    made_by: str
    made_at: datetime
    restores: int | None = None


def field_version_id(code: str, number: int) -> str:
    """Return the id of a field's version."""
    return f"{code}@{number}"


FIELD_VERSIONS: Kind[FieldVersion] = Kind(
    name="field_versions",
    title="技术领域的历史版本",
    document=FieldVersion,
    owner=lambda version: version.code,
    order=lambda version: by_number(version.number),
)
