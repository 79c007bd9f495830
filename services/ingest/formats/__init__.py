"""The formats, one module each: `recognises` judges from the first bytes, `read` yields what is inside; exports declare a `LAYOUT`."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from services.ingest.formats import (
    application_body,
    cnipa_xml,
    cnipr_trs,
    docdb_xml,
    feed_items,
    gazette_csv,
    incopat,
    legal_table,
    ops_xml,
    patentscope,
    patsnap,
    pss,
    publication_jsonl,
    spreadsheet,
    st36_xml,
    st96_xml,
)
from services.ingest.formats.csv_rows import replayable
from services.ingest.formats.tables.layout import NOTHING_WRITTEN, Layout, Written
from services.ingest.formats.tables.reading import recognise

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from services.ingest.records import Document, Items


def _as_it_is(raw: bytes, _context: "Mapping[str, str]") -> bytes:
    return raw


def _by_table(_head: bytes) -> bool:
    """Leave it to `sniff`, which asks the header of the table: in a workbook, it stands anywhere but in the head."""
    return False


@dataclass(frozen=True, slots=True)
class Format:
    """One way in which publications are written down.

    Attributes:
        read: yields what is inside; where `sniff` found a table's header, it has put the reading of its layout here.
        replayable: makes a file that can be read of one refused record and its `Rejected.context`; most records are one.
    """

    name: str
    recognises: "Callable[[bytes], bool]"
    read: "Callable[[Document, bytes], Items]"
    replayable: "Callable[[bytes, Mapping[str, str]], bytes]" = _as_it_is


LAYOUTS = (pss.LAYOUT, cnipr_trs.LAYOUT, patentscope.LAYOUT, incopat.LAYOUT, patsnap.LAYOUT, legal_table.LAYOUT)
"""The exports that are told by the header of their table."""

FORMATS = (
    Format(gazette_csv.NAME, gazette_csv.recognises, gazette_csv.read, replayable),
    Format(feed_items.NAME, feed_items.recognises, feed_items.read, feed_items.replayable),
    *(
        Format(name, _by_table, spreadsheet.read, replayable)
        for name in (*(one.name for one in LAYOUTS), spreadsheet.NAME)
    ),
    Format(cnipa_xml.NAME, cnipa_xml.recognises, cnipa_xml.read),
    Format(application_body.NAME, application_body.recognises, application_body.read),
    Format(docdb_xml.NAME, docdb_xml.recognises, docdb_xml.read),
    Format(ops_xml.NAME, ops_xml.recognises, ops_xml.read),
    Format(st36_xml.NAME, st36_xml.recognises, st36_xml.read),
    Format(st96_xml.NAME, st96_xml.recognises, st96_xml.read),
    Format(publication_jsonl.NAME, publication_jsonl.recognises, publication_jsonl.read),
)


def sniff(head: bytes, document: "Document | None" = None, written: Written = NOTHING_WRITTEN) -> Format | None:
    """Return the format of a file that begins so.

    Args:
        head: its beginning.
        document: the file; without it, formats that are told by a table's header are not known.
        written: tables that people wrote down; they count before all formats.
    """
    found = next((one for one in FORMATS if one.recognises(head)), None)
    if document is None:
        return found
    layouts = written.layouts if written.is_only or found is not None else (*written.layouts, *LAYOUTS)
    if layouts and (by_header := _by_header(document, head, layouts)):
        return by_header
    return named(spreadsheet.NAME) if written.is_only else found


def _by_header(document: "Document", head: bytes, layouts: "Sequence[Layout]") -> Format | None:
    recognised = recognise(document, head, layouts)
    if recognised is None:
        return None
    layout = recognised.layout
    known = named(layout.format_name or layout.name if layout else spreadsheet.NAME)
    # The file is open, and its header was read: its items go on from there.
    return replace(known, read=lambda _document, _head: recognised.items) if known else None


def named(name: str | None) -> Format | None:
    """Return the format of this name."""
    return next((one for one in FORMATS if one.name == name), None)
