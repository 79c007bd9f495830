"""The collections as they are now: what a document may hold, and the indexes.

A rule may only be widened: while a new version is rolled out, processes of the version before go on writing. So a new field is
optional here, at least until the version after.
"""

from datetime import timedelta

from shared.store.archived import ClosureState
from shared.store.mongo import closures, lanes, leases, members
from shared.store.mongo.collection_schema import CollectionSchema, ttl
from shared.store.mongo.schema_filed import FILED
from shared.store.mongo.schema_intake import INTAKE
from shared.store.mongo.schema_publications import PUBLICATIONS
from shared.store.mongo.schema_telling import TELLING
from shared.store.mongo.validators import DATE, IDENTITY, TEXT, WHOLE, document, list_of, moments, one_of

MIGRATIONS = "schema_migrations"
PINGS = "pings"

_AMONG_PROCESSES: dict[str, CollectionSchema] = {
    leases.NAME: CollectionSchema(
        document({"_id": IDENTITY, "owner": IDENTITY, "token": {**WHOLE, "minimum": 1}, "ends_at": DATE})
    ),
    lanes.NAME: CollectionSchema(
        document(
            {
                "_id": IDENTITY,
                "turns": list_of(document({"turn": IDENTITY, "counts_until": DATE})),
                "asked_at": DATE,
                "forget_at": DATE,
            }
        ),
        (ttl("forget", "forget_at", timedelta(hours=1)),),
    ),
    members.NAME: CollectionSchema(
        document({"_id": IDENTITY, "role": IDENTITY, "instance": IDENTITY, "alive_until": DATE}),
        (ttl("forget", "alive_until", timedelta(hours=1)),),
    ),
    closures.NAME: CollectionSchema(
        document(
            {
                "_id": IDENTITY,
                "state": one_of(ClosureState),
                "reason": TEXT,
                "done": list_of(TEXT),
                **moments("since"),
            },
            source=TEXT,
            partitions=list_of({"bsonType": "array"}),
        )
    ),
    PINGS: CollectionSchema(document({"_id": IDENTITY, "at": DATE})),
    MIGRATIONS: CollectionSchema(document({"_id": WHOLE, "title": TEXT, "applied_at": DATE})),
}

COLLECTIONS: dict[str, CollectionSchema] = {**PUBLICATIONS, **TELLING, **INTAKE, **FILED, **_AMONG_PROCESSES}
