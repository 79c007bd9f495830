"""The collections that lie as a backup has them: a document is a record in its shape, and nothing else."""

from typing import Any

from shared.store.archived import UnsubscribeToken
from shared.store.mongo import destinations, families, runs, sources, subscriptions
from shared.store.mongo.documents import Shape

PLAIN: dict[str, Shape[Any]] = {
    **{of.NAME: of.SHAPE for of in (destinations, runs, sources, families)},
    subscriptions.TOKENS: Shape(UnsubscribeToken, key="token_hash"),
}
