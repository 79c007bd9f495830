"""The collections as they are now: what a document may hold, and the indexes.

A rule may only be widened: while a new version is rolled out, processes of the version before go on writing. So a new field is
optional here, at least until the version after.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from pymongo import ASCENDING, DESCENDING, IndexModel

from shared.errors import Reason
from shared.store.archived import ClosureState
from shared.store.mongo import (
    closures,
    delivery_documents,
    destinations,
    families,
    idempotency,
    lanes,
    leases,
    match_counts,
    matches,
    members,
    profiles,
    publications,
    quarantine,
    runs,
    sources,
    subscriptions,
    told,
    waiting,
)
from shared.store.mongo.validators import (
    ANY_OBJECT,
    BYTES,
    COUNT,
    DATE,
    FLAG,
    IDENTITY,
    NUMBER,
    PAIRS,
    SHARE,
    TEXT,
    WHOLE,
    Rule,
    document,
    list_of,
    moments,
    one_of,
)
from shared.store.records import AlertState, DeliveryState, Notice, RunState
from shared.wire.profile import Fuzziness
from shared.wire.subscription import Channel, DestinationState, FamilyAlerts

if TYPE_CHECKING:
    from collections.abc import Sequence

MIGRATIONS = "schema_migrations"
PINGS = "pings"


@dataclass(frozen=True, slots=True)
class CollectionSchema:
    """How a collection must be.

    Attributes:
        expires: the name of the TTL index whose age is a setting.
    """

    rule: Rule
    indexes: "Sequence[IndexModel]" = ()
    expires: str | None = None


def _index(name: str, *fields: str, **options: object) -> IndexModel:
    keys = [(field.removeprefix("-"), DESCENDING if field.startswith("-") else ASCENDING) for field in fields]
    return IndexModel(keys, name=name, **options)


def _ttl(name: str, field: str, keep: timedelta) -> IndexModel:
    return _index(name, field, expireAfterSeconds=int(keep.total_seconds()))


_APPLICANT = document({"name": TEXT}, address=TEXT, postcode=TEXT, region=TEXT, type=TEXT, country=TEXT)
_PUBLICATION = document(
    {
        "publication_number": IDENTITY,
        **dict.fromkeys(("kind", "title", "event", "lang", "source"), TEXT),
        "applicants": list_of(_APPLICANT),
        **dict.fromkeys(("inventors", "ipc", "locarno"), list_of(TEXT)),
    },
    **dict.fromkeys(
        (
            "published_on",
            "filed_on",
            "application_number",
            "family_id",
            "abstract",
            "claim",
            "agency",
            "event_on",
            "event_detail",
        ),
        TEXT,
    ),
)
_VERSION: dict[str, Rule] = {
    "_id": IDENTITY,
    "publication": _PUBLICATION,
    "content_hash": IDENTITY,
    "version": {**WHOLE, "minimum": 1},
    "origin": TEXT,
    **moments("accepted_at"),
}
_LATER_VERSION: dict[str, Rule] = {"source": TEXT, "said_by": ANY_OBJECT}
_FAILURE = {"reason": one_of(Reason), "vendor_code": TEXT, "detail": TEXT}
_TRY = document(
    {
        "number": {**WHOLE, "minimum": 1},
        "outcome": one_of(DeliveryState),
        "ambiguous": FLAG,
        **moments("started_at"),
    },
    duration_seconds=NUMBER,
    message_id=TEXT,
    **_FAILURE,
)

COLLECTIONS: dict[str, CollectionSchema] = {
    publications.CURRENT: CollectionSchema(
        document({**_VERSION, "published_on": TEXT}, application_number=TEXT, **_LATER_VERSION),
        (
            _index("by_date", "published_on", "_id"),
            _index(
                "by_application",
                "application_number",
                partialFilterExpression={"application_number": {"$exists": True}},
            ),
        ),
    ),
    publications.EARLIER: CollectionSchema(
        document({**_VERSION, "publication_number": IDENTITY}, **_LATER_VERSION),
        (_index("by_version", "publication_number", "version", unique=True),),
    ),
    profiles.NAME: CollectionSchema(
        document(
            {
                "_id": IDENTITY,
                "name": TEXT,
                "rules": list_of(ANY_OBJECT, least=1),
                "fields": list_of(TEXT, least=1),
                "fuzziness": one_of(Fuzziness),
                "min_score": SHARE,
                "rings": FLAG,
                **moments("saved_at"),
            }
        )
    ),
    destinations.NAME: CollectionSchema(
        document(
            {
                "_id": IDENTITY,
                "channel": one_of(Channel),
                # Sealed texts are of these letters; a mailbox or an address of the web in the clear is not.
                "address": {"bsonType": "string", "pattern": "^[A-Za-z0-9_-]+={0,2}$"},
                "options": PAIRS,
                "state": one_of(DestinationState),
                **moments("created_at"),
            },
            state_reason=TEXT,
        )
    ),
    subscriptions.NAME: CollectionSchema(
        document(
            {
                "_id": IDENTITY,
                "profiles": list_of(TEXT, least=1),
                "destinations": list_of(TEXT, least=1),
                "schedule": TEXT,
                "paused": FLAG,
                "opted_out": list_of(TEXT),
                **moments("created_at"),
            },
            quiet=TEXT,
            cap={**WHOLE, "minimum": 1},
            events=list_of(TEXT, least=1),
            corrections=FLAG,
            family=one_of(FamilyAlerts),
            workdays=FLAG,
        )
    ),
    subscriptions.CHANGES: CollectionSchema(
        document({"_id": TEXT}, mark=WHOLE, last_mark=WHOLE),
        (_index("by_mark", "mark", unique=True, partialFilterExpression={"mark": {"$exists": True}}),),
    ),
    subscriptions.TOKENS: CollectionSchema(
        document({"_id": IDENTITY, "subscription_id": IDENTITY, "destination_id": IDENTITY})
    ),
    matches.NAME: CollectionSchema(
        document(
            {
                "_id": IDENTITY,
                "publication_number": IDENTITY,
                "part": COUNT,
                "count": COUNT,
                "profiles": list_of(TEXT, least=1),
                **moments("matched_at"),
            },
            uncounted=FLAG,
        ),
        (
            _index("by_publication", "publication_number"),
            _index("uncounted", "uncounted", partialFilterExpression=match_counts.UNCOUNTED),
        ),
    ),
    match_counts.NAME: CollectionSchema(
        document(
            {"_id": COUNT, "profiles": list_of(TEXT), "found": list_of(COUNT), "last_us": list_of(WHOLE)},
        )
    ),
    told.NAME: CollectionSchema(
        document({"_id": IDENTITY, "publication": _PUBLICATION}, family_key=TEXT),
        (_index("by_family", "family_key", partialFilterExpression={"family_key": {"$exists": True}}),),
    ),
    waiting.ALERTS: CollectionSchema(
        document(
            {
                **dict.fromkeys(("_id", "publication_number", "subscription_id", "destination_id"), IDENTITY),
                "group": IDENTITY,
                "told": IDENTITY,
                "whys": TEXT,
                "score": SHARE,
                "state": one_of(AlertState),
                **moments("created_at"),
            },
            due=WHOLE,
            due_at_us=WHOLE,
            delivery_id=IDENTITY,
            traceparent=TEXT,
        ),
        (
            _index("due", "due", "group", "created_at_us", partialFilterExpression=waiting.WAITS),
            _index("waiting", "group", "created_at_us", partialFilterExpression=waiting.WAITS),
            _index("waiting_at", "destination_id", partialFilterExpression=waiting.WAITS),
        ),
    ),
    delivery_documents.NAME: CollectionSchema(
        document(
            {
                **dict.fromkeys(("_id", "subscription_id", "destination_id"), IDENTITY),
                "channel": one_of(Channel),
                "publication_numbers": list_of(TEXT),
                **dict.fromkeys(("page", "pages", "left_out", "attempts", "ambiguous", "bucket", "revision"), COUNT),
                "state": one_of(DeliveryState),
                "tries": list_of(_TRY),
                **moments("next_attempt_at", "created_at"),
            },
            owner=TEXT,
            notice=one_of(Notice),
            traceparent=TEXT,
            **moments("lease_until", "sent_at"),
            **_FAILURE,
        ),
        (
            _index(
                "due",
                *("next_attempt_at_us", "destination_id", "created_at_us", "subscription_id", "page", "bucket"),
                partialFilterExpression={"state": DeliveryState.WAITING.value},
            ),
            _index(
                "one_sending",
                "destination_id",
                unique=True,
                partialFilterExpression={"state": DeliveryState.SENDING.value},
            ),
            _index("by_state", "state", "-created_at_us", "-_id", "channel"),
            _index("by_destination", "destination_id", "-created_at_us", "-_id"),
            _index("by_age", "-created_at_us", "-_id"),
        ),
    ),
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
        (_index("by_age", "-started_at_us", "-_id"),),
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
        (_index("by_age", "-quarantined_at_us", "-_id"), _index("by_reason", "reason_code", "-quarantined_at_us")),
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
        (_ttl("forget", "ends_at", timedelta(hours=1)),),
    ),
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
        (_ttl("forget", "forget_at", timedelta(hours=1)),),
    ),
    members.NAME: CollectionSchema(
        document({"_id": IDENTITY, "role": IDENTITY, "instance": IDENTITY, "alive_until": DATE}),
        (_ttl("forget", "alive_until", timedelta(hours=1)),),
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
