"""How a document of any kind lies in its collection, as `shared.store.filing` has it."""

from typing import TYPE_CHECKING

from shared.store.filing import FiledRecord
from shared.store.mongo.documents import Document, Shape
from shared.store.mongo.server_time import NOW

if TYPE_CHECKING:
    from shared.store.mongo.server_time import Expression

FORGET_AT = "forget_at"
"""The date that a TTL index counts from: when the document is over, or when a backup wrote one that was."""

SHAPE = Shape(FiledRecord, key="id", beside=(FORGET_AT,))


def document(record: FiledRecord) -> Document:
    """Return the document of a record; without lookups where it has none, for of empty lists a unique index takes only one."""
    written = SHAPE.document(record)
    if not record.lookups:
        del written["lookups"]
    if record.expires_at is not None:
        written[FORGET_AT] = record.expires_at
    return written


def rewritten(record: FiledRecord) -> "list[Expression]":
    """Return the update by which a backup writes a record; it stays until whoever restores has read it back."""
    stages: list[Expression] = [{"$replaceWith": {"$literal": document(record)}}]
    if record.expires_at is not None:
        stages.append({"$set": {FORGET_AT: {"$max": [f"${FORGET_AT}", NOW]}}})
    return stages
