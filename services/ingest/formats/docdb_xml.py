"""DOCDB, the EPO's exchange files of bibliographic data (docs/sources.md, "DOCDB XML")."""

from functools import partial
from typing import TYPE_CHECKING

from services.ingest.formats.exchange_document import raw_record
from services.ingest.formats.xml_reading import Stream
from services.ingest.formats.xml_records import alone, item
from services.ingest.formats.xml_root import root_name
from services.ingest.normalise.numbers import WrongRecordError

if TYPE_CHECKING:
    from services.ingest.records import Document, Items

NAME = "docdb-xml"

_RECORD = "exchange-document"
_ROOTS = frozenset({"exchange-documents", _RECORD})


def recognises(head: bytes) -> bool:
    """Whether the root is a list of exchange documents, or one of them."""
    return root_name(head) in _ROOTS


def read(document: "Document", head: bytes) -> "Items":
    """Yield the documents of a file of any size, one at a time."""
    try:
        for index, element in enumerate(Stream(document, head, (_RECORD,)), 1):
            yield item(
                partial(raw_record, element, NAME), partial(alone, element), document.at(f"record {index}"), NAME
            )
    except WrongRecordError as error:
        yield document.refuse(error.code, str(error), format_name=NAME)
