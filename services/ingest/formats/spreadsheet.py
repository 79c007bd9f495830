"""Any table, by columns that a person wrote down (docs/sources.md, "Any spreadsheet, by a mapping file")."""

from typing import TYPE_CHECKING

from services.ingest.formats.tables.reading import NO_HEADER, UNKNOWN_TABLE

if TYPE_CHECKING:
    from services.ingest.records import Document, Items

NAME = "spreadsheet"


def read(document: "Document", _head: bytes) -> "Items":
    """Refuse a table that nobody wrote down; those that somebody did are read by their layout."""
    yield document.refuse(UNKNOWN_TABLE, NO_HEADER, format_name=NAME)
