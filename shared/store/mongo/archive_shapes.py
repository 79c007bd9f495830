"""The collections that lie as a backup has them: a document is a record in its shape, and nothing else."""

from typing import Any

from shared.filing.kinds import KINDS
from shared.store.archived import UnsubscribeToken
from shared.store.mongo import destinations, families, filed_documents, runs, sources, subscriptions
from shared.store.mongo.documents import Shape

FILED = frozenset(kind.name for kind in KINDS)
"""Those of documents that have an owner; they are written in their own way, see `shared.store.mongo.filed_documents`."""

PLAIN: dict[str, Shape[Any]] = {
    **{of.NAME: of.SHAPE for of in (destinations, runs, sources, families)},
    **dict.fromkeys(FILED, filed_documents.SHAPE),
    subscriptions.TOKENS: Shape(UnsubscribeToken, key="token_hash"),
}
