"""DOCDB, the EPO's exchange files of bibliographic data (docs/sources.md, "DOCDB XML")."""

from functools import partial
from typing import TYPE_CHECKING

from lxml import etree

from services.ingest.formats.exchange_document import raw_record
from services.ingest.formats.xml_reading import Stream, root_name
from services.ingest.normalise.numbers import WrongRecordError
from services.ingest.normalise.record import publication_of
from services.ingest.records import RECORD, Document, Item, Items, Parsed, Rejected

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.ingest.normalise.record import RawRecord

NAME = "docdb-xml"

_RECORD = "exchange-document"
_ROOTS = frozenset({"exchange-documents", _RECORD})


def recognises(head: bytes) -> bool:
    """Whether the root is a list of exchange documents, or one of them."""
    return root_name(head) in _ROOTS


def read(document: Document, head: bytes) -> Items:
    """Yield the documents of a file of any size, one at a time."""
    try:
        for index, element in enumerate(Stream(document, head, (_RECORD,)), 1):
            yield item(
                partial(raw_record, element, NAME), partial(alone, element), document.at(f"record {index}"), NAME
            )
    except WrongRecordError as error:
        yield document.refuse(error.code, str(error), format_name=NAME)


def item(raw: "Callable[[], RawRecord]", whole: "Callable[[], bytes]", location: str, name: str) -> Item:
    """Return what a record becomes.

    Args:
        raw: reads it.
        whole: makes a document of its own of it, that can be read again: what is kept when it is refused.
        location: where it stands.
        name: of the format.
    """
    try:
        return Parsed(publication_of(raw()), location)
    except WrongRecordError as error:
        return Rejected(
            raw=whole(), location=location, reason_code=error.code, reason=str(error), format=name, kind=RECORD
        )


def alone(element: etree._Element) -> bytes:
    """Return an element as a document of its own, in UTF-8."""
    return etree.tostring(element, encoding="utf-8", xml_declaration=True, with_tail=False)
