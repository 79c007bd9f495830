"""The collections of who is told what; a rule may only be widened, see `shared.store.mongo.schema`."""

from shared.errors import Reason
from shared.store.mongo import (
    delivery_documents,
    destinations,
    match_counts,
    matches,
    profiles,
    subscriptions,
    told,
    waiting,
)
from shared.store.mongo.collection_schema import CollectionSchema, index
from shared.store.mongo.schema_publications import PUBLICATION
from shared.store.mongo.validators import (
    ANY_OBJECT,
    COUNT,
    FLAG,
    IDENTITY,
    NUMBER,
    PAIRS,
    SEALED,
    SHARE,
    TEXT,
    WHOLE,
    document,
    list_of,
    moments,
    one_of,
)
from shared.store.records import AlertState, DeliveryState, Notice
from shared.wire.profile import Fuzziness
from shared.wire.subscription import Channel, DestinationState, FamilyAlerts

_FAILURE = {"reason": one_of(Reason), "vendor_code": TEXT, "detail": TEXT}
_REMARK = document({"subscription_id": IDENTITY, "left_out": COUNT}, notice=one_of(Notice))
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

TELLING: dict[str, CollectionSchema] = {
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
                "address": SEALED,
                "options": PAIRS,
                "state": one_of(DestinationState),
                **moments("created_at"),
            },
            state_reason=TEXT,
            **moments("muted_until"),
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
            heartbeat=FLAG,
        ),
        (index("by_destination", "destinations"),),
    ),
    subscriptions.CHANGES: CollectionSchema(
        document({"_id": TEXT}, mark=WHOLE, last_mark=WHOLE),
        (index("by_mark", "mark", unique=True, partialFilterExpression={"mark": {"$exists": True}}),),
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
            index("by_publication", "publication_number"),
            index("uncounted", "uncounted", partialFilterExpression=match_counts.UNCOUNTED),
        ),
    ),
    match_counts.NAME: CollectionSchema(
        document(
            {"_id": COUNT, "profiles": list_of(TEXT), "found": list_of(COUNT), "last_us": list_of(WHOLE)},
        )
    ),
    told.NAME: CollectionSchema(
        document({"_id": IDENTITY, "publication": PUBLICATION}, family_key=TEXT),
        (index("by_family", "family_key", partialFilterExpression={"family_key": {"$exists": True}}),),
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
            extent=TEXT,
        ),
        (
            index("due", "due", "group", "created_at_us", partialFilterExpression=waiting.WAITS),
            index("waiting", "group", "created_at_us", partialFilterExpression=waiting.WAITS),
            index("inbox", "subscription_id", "-created_at_us", "-_id"),
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
            subscription_ids=list_of(IDENTITY, least=2),
            remarks=list_of(_REMARK, least=1),
            traceparent=TEXT,
            **moments("lease_until", "sent_at"),
            **_FAILURE,
        ),
        (
            index(
                "due",
                *("next_attempt_at_us", "destination_id", "created_at_us", "subscription_id", "page", "bucket"),
                partialFilterExpression={"state": DeliveryState.WAITING.value},
            ),
            index(
                "one_sending",
                "destination_id",
                unique=True,
                partialFilterExpression={"state": DeliveryState.SENDING.value},
            ),
            index("by_state", "state", "-created_at_us", "-_id", "channel"),
            index("by_destination", "destination_id", "-created_at_us", "-_id"),
            index("by_age", "-created_at_us", "-_id"),
        ),
    ),
}
