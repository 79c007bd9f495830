"""What is said of a collection: the rule for its documents, and its indexes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pymongo import ASCENDING, DESCENDING, IndexModel

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from shared.store.mongo.validators import Rule


@dataclass(frozen=True, slots=True)
class CollectionSchema:
    """How a collection must be."""

    rule: "Rule"
    indexes: "Sequence[IndexModel]" = ()


def index(name: str, *fields: str, **options: object) -> IndexModel:
    """Return an index; a field that begins with ``-`` goes down."""
    keys = [(field.removeprefix("-"), DESCENDING if field.startswith("-") else ASCENDING) for field in fields]
    return IndexModel(keys, name=name, **options)


def ttl(name: str, field: str, keep: "timedelta") -> IndexModel:
    """Return an index by which documents are forgotten so long after a date of theirs."""
    return index(name, field, expireAfterSeconds=int(keep.total_seconds()))
