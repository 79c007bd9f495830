"""Fields that curators of this installation work on; all others are as shipped."""

from datetime import datetime

import msgspec

from shared.filing.field_versions import FieldContent, FieldVersion
from shared.store.filed import Kind


class FieldDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What is to become the next version."""

    content: FieldContent
    made_by: str
    made_at: datetime


class CuratedField(msgspec.Struct, frozen=True, kw_only=True):
    """Where a field stands.

    Attributes:
        id: the field's code.
        current: the version that counts, ``None``: the shipped one.
        draft: of the next version, ``None``: nobody writes one.
    """

    id: str
    current: FieldVersion | None = None
    draft: FieldDraft | None = None


CURATED_FIELDS: Kind[CuratedField] = Kind(name="curated_fields", title="编辑过的技术领域", document=CuratedField)
