"""The formats, one module each: `recognises` judges from the first bytes, `read` yields what is inside."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.ingest.formats import (
    cnipa_xml,
    docdb_xml,
    feed_items,
    gazette_csv,
    ops_xml,
    publication_jsonl,
    st36_xml,
    st96_xml,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from services.ingest.records import Document, Items


def _as_it_is(raw: bytes, _context: "Mapping[str, str]") -> bytes:
    return raw


@dataclass(frozen=True, slots=True)
class Format:
    """One way in which publications are written down.

    Attributes:
        replayable: makes a file that can be read of one refused record and its `Rejected.context`; most records are one.
    """

    name: str
    recognises: "Callable[[bytes], bool]"
    read: "Callable[[Document, bytes], Items]"
    replayable: "Callable[[bytes, Mapping[str, str]], bytes]" = _as_it_is


FORMATS = (
    Format(gazette_csv.NAME, gazette_csv.recognises, gazette_csv.read, gazette_csv.replayable),
    Format(feed_items.NAME, feed_items.recognises, feed_items.read, feed_items.replayable),
    Format(cnipa_xml.NAME, cnipa_xml.recognises, cnipa_xml.read),
    Format(docdb_xml.NAME, docdb_xml.recognises, docdb_xml.read),
    Format(ops_xml.NAME, ops_xml.recognises, ops_xml.read),
    Format(st36_xml.NAME, st36_xml.recognises, st36_xml.read),
    Format(st96_xml.NAME, st96_xml.recognises, st96_xml.read),
    Format(publication_jsonl.NAME, publication_jsonl.recognises, publication_jsonl.read),
)


def sniff(head: bytes) -> Format | None:
    """Return the format of a file that begins so."""
    return next((one for one in FORMATS if one.recognises(head)), None)


def named(name: str | None) -> Format | None:
    """Return the format of this name."""
    return next((one for one in FORMATS if one.name == name), None)
