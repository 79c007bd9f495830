"""In which order both backends keep documents and legal events beside each other."""

from typing import TYPE_CHECKING

from shared.wire.identity import is_document

if TYPE_CHECKING:
    from shared.wire.publication import Publication

AFTER_ALL_DATES = "~"
"""Greater than every date as text: where legal events begin."""


def date_of(publication: "Publication") -> str:
    """Return a date as text that sorts: of documents an unknown one comes first, legal events come after all documents."""
    if not is_document(publication):
        return AFTER_ALL_DATES + ("" if publication.event_on is None else publication.event_on.isoformat())
    return "" if publication.published_on is None else publication.published_on.isoformat()


def events_between(number: str) -> tuple[str, str]:
    """Return the item keys before and after those of a publication number's legal events."""
    return f"{number}:", f"{number};"
