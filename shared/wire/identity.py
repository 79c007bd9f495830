"""The identity of an item of the stream: a published document, or something that happened to a patent."""

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.wire.publication import Publication

PUBLICATION, GRANT, CORRECTION = "publication", "grant", "correction"
DOCUMENTS = frozenset({PUBLICATION, GRANT})
"""What ``event`` says of a published document; everything else happened to one."""

APPLICATION_TEXT = "application-text"
"""What ``event`` says of text of an application that arrives apart, under its application number: ingest joins it to the
application's documents, and it is no item of the stream."""

TEXTS = ("title", "abstract", "claim")
"""What such text may say."""

_SEPARATOR = ":"


def is_document(publication: "Publication") -> bool:
    """Whether this is a published document, and not something that happened to one."""
    return publication.event in DOCUMENTS


def is_text(publication: "Publication") -> bool:
    """Whether this is text of an application, which belongs to documents that arrive apart from it."""
    return publication.event == APPLICATION_TEXT


def says_nothing(publication: "Publication") -> bool:
    """Whether this is a file of an application without any text: its drawings."""
    return is_text(publication) and not any(getattr(publication, field) for field in TEXTS)


def item_key(publication: "Publication") -> str:
    """Return what an item is known by in the store, on the bus and in alerts; no blank is in it.

    Of a document its number; of a legal event number, event, date and a digest of what is said of it
    (``CN110007813A:transfer:2026-03-06:1f0c9a77``): one patent may be pledged twice on a day. What the store knows of the
    patent is no part of it, so that the same record read later is the same item.
    """
    number = publication.publication_number
    if publication.event in DOCUMENTS:
        return number
    when = "" if publication.event_on is None else publication.event_on.isoformat()
    said = "".join((publication.event_detail or "").split())
    digest = hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    return _SEPARATOR.join((number, publication.event, when, digest))


def number_of(key: str) -> str:
    """Return the publication number in an item's key."""
    return key.partition(_SEPARATOR)[0]


def side_of(kind: str) -> str:
    """Return the kind of right a Chinese document is about: ``invention``, ``model`` (a utility model), else ``""``."""
    if kind[:1] in {"A", "B", "C"}:
        return "invention"
    return "model" if kind[:1] in {"U", "Y"} else ""
