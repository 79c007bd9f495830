"""The collections of documents that have an owner; a rule may only be widened, see `shared.store.mongo.schema`."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from shared.filing.kinds import KINDS
from shared.store.mongo.collection_schema import CollectionSchema, index, ttl
from shared.store.mongo.filed_documents import FORGET_AT
from shared.store.mongo.validators import DATE, IDENTITY, SEALED, TEXT, WHOLE, document, list_of, moments

if TYPE_CHECKING:
    from shared.store.filed import Kind

KEEP_OVER = timedelta(days=1)
"""What is over is as good as gone at once; it lies there for as long as a restore may take to read back what it wrote."""


def schema_of(kind: "Kind[Any]") -> CollectionSchema:
    """Return how the collection of a kind must be."""
    ends = {**moments("expires_at"), FORGET_AT: DATE} if kind.can_expire else {}
    rule = document(
        {
            "_id": IDENTITY,
            "owner": TEXT,
            "order": TEXT,
            "revision": {**WHOLE, "minimum": 1},
            "text": SEALED if kind.sealed else TEXT,
        },
        lookups=list_of(TEXT, least=1),
        **ends,
    )
    indexes = [
        index("by_owner", "owner", "order", "_id"),
        index("lookups", "lookups", unique=True, partialFilterExpression={"lookups": {"$exists": True}}),
    ]
    return CollectionSchema(rule, (*indexes, ttl("forget", FORGET_AT, KEEP_OVER)) if kind.can_expire else indexes)


FILED = {kind.name: schema_of(kind) for kind in KINDS}
