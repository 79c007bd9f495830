"""The collections of publications; a rule may only be widened, see `shared.store.mongo.schema`."""

from shared.store.mongo import publications
from shared.store.mongo.collection_schema import CollectionSchema, index
from shared.store.mongo.validators import ANY_OBJECT, IDENTITY, TEXT, WHOLE, Rule, document, list_of, moments

_APPLICANT = document({"name": TEXT}, address=TEXT, postcode=TEXT, region=TEXT, type=TEXT, country=TEXT)
PUBLICATION = document(
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
    "publication": PUBLICATION,
    "content_hash": IDENTITY,
    "version": {**WHOLE, "minimum": 1},
    "origin": TEXT,
    **moments("accepted_at"),
}
_LATER_VERSION: dict[str, Rule] = {"source": TEXT, "said_by": ANY_OBJECT, "in_other_words": ANY_OBJECT}

PUBLICATIONS: dict[str, CollectionSchema] = {
    publications.CURRENT: CollectionSchema(
        document({**_VERSION, "published_on": TEXT}, application_number=TEXT, **_LATER_VERSION),
        (
            index("by_date", "published_on", "_id"),
            index(
                "by_application",
                "application_number",
                partialFilterExpression={"application_number": {"$exists": True}},
            ),
        ),
    ),
    publications.EARLIER: CollectionSchema(
        document({**_VERSION, "publication_number": IDENTITY}, **_LATER_VERSION),
        (index("by_version", "publication_number", "version", unique=True),),
    ),
}
