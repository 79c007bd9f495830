"""The collections of what comes in; a rule may only be widened, see `shared.store.mongo.schema`."""

from datetime import timedelta

from shared.store.incoming import RunState
from shared.store.mongo import families, idempotency, quarantine, runs, sources
from shared.store.mongo.collection_schema import CollectionSchema, index, ttl
from shared.store.mongo.validators import (
    BYTES,
    COUNT,
    DATE,
    FLAG,
    IDENTITY,
    PAIRS,
    TEXT,
    WHOLE,
    document,
    moments,
    one_of,
)

INTAKE: dict[str, CollectionSchema] = {
    runs.NAME: CollectionSchema(
        document(
            {
                "_id": IDENTITY,
                "source": TEXT,
                "name": TEXT,
                "state": one_of(RunState),
                **dict.fromkeys(("read", "accepted", "unchanged", "corrected", "rejected"), COUNT),
                **moments("started_at"),
            },
            format=TEXT,
            error=TEXT,
            **moments("finished_at"),
        ),
        (index("by_age", "-started_at_us", "-_id"),),
    ),
    quarantine.ITEMS: CollectionSchema(
        document(
            {
                "_id": IDENTITY,
                **dict.fromkeys(("kind", "source", "name", "location", "reason_code", "reason"), TEXT),
                "size_bytes": COUNT,
                "context": PAIRS,
                "chunks": COUNT,
                **moments("quarantined_at"),
            },
            format=TEXT,
            count={**WHOLE, "minimum": 1},
            digest=TEXT,
            kept_bytes=COUNT,
            **moments("last_seen_at", "replayed_at"),
        ),
        (index("by_age", "-quarantined_at_us", "-_id"), index("by_reason", "reason_code", "-quarantined_at_us")),
    ),
    quarantine.CHUNKS: CollectionSchema(
        document({"_id": IDENTITY, "item_id": IDENTITY, "number": COUNT, "content": BYTES})
    ),
    sources.NAME: CollectionSchema(
        document(
            {"_id": IDENTITY, "kind": TEXT, "cursor": PAIRS},
            problem=TEXT,
            **moments("visited_at", "succeeded_at", "new_at", "problem_since", "retry_at"),
        )
    ),
    families.NAME: CollectionSchema(document({"_id": IDENTITY, "family_id": IDENTITY, "width": COUNT})),
    idempotency.NAME: CollectionSchema(
        document({"_id": IDENTITY, "begun": FLAG, "digest": TEXT, "token": WHOLE, "ends_at": DATE}, answer=BYTES),
        (ttl("forget", "ends_at", timedelta(hours=1)),),
    ),
}
