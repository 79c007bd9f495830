"""From XML to items: what a record becomes, and what is kept of one that is refused."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import etree

from services.ingest.formats.xml_parts import another, parts
from services.ingest.formats.xml_reading import MAX_BYTES, TOO_LARGE, parse
from services.ingest.normalise.numbers import WrongRecordError
from services.ingest.normalise.record import publication_of
from services.ingest.records import FILE, Document, Item, Items, Parsed, Rejected

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.ingest.normalise.record import RawRecord


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
        return Rejected(raw=whole(), location=location, reason_code=error.code, reason=str(error), format=name)


def alone(element: etree._Element) -> bytes:
    """Return an element as a document of its own, in UTF-8."""
    return etree.tostring(element, encoding="utf-8", xml_declaration=True, with_tail=False)


def whole_documents(document: Document, head: bytes, name: str, raw: "Callable[[etree._Element], RawRecord]") -> Items:
    """Yield the publication of each XML document in a file; mostly there is one.

    Args:
        document: the file.
        head: its beginning.
        name: of the format.
        raw: reads the root of one.
    """
    content = document.read(head, MAX_BYTES)
    # Nearly always this is one document. Only where it cannot be read as such, there may be several.
    one = _of_file(document, content, name, raw) if len(content) <= MAX_BYTES else None
    if one is not None and (isinstance(one, Parsed) or not another(content)):
        yield one
        return
    del content
    with document.open() as stream:
        for line, part in parts(stream, document.spool):
            location = document.at(f"line {line}")
            if isinstance(part, Path):
                yield Rejected(
                    raw=part, location=location, reason_code="too-large", reason=TOO_LARGE, kind=FILE, format=name
                )
            else:
                yield item(partial(_read, part, raw), partial(bytes, part), location, name)


def _of_file(document: Document, content: bytes, name: str, raw: "Callable[[etree._Element], RawRecord]") -> Item:
    one = item(partial(_read, content, raw), bytes, document.location, name)
    return document.refuse(one.reason_code, one.reason, format_name=name) if isinstance(one, Rejected) else one


def _read(content: bytes, raw: "Callable[[etree._Element], RawRecord]") -> "RawRecord":
    return raw(parse(content))
