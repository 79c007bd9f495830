"""The formats, one module each: `recognises` judges from the first bytes, `read` yields what is inside."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.ingest.formats import cnipa_xml, gazette_csv, publication_jsonl

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
    Format(cnipa_xml.NAME, cnipa_xml.recognises, cnipa_xml.read),
    Format(publication_jsonl.NAME, publication_jsonl.recognises, publication_jsonl.read),
)


def sniff(head: bytes) -> Format | None:
    """Return the format of a file that begins so."""
    return next((one for one in FORMATS if one.recognises(head)), None)


def named(name: str | None) -> Format | None:
    """Return the format of this name."""
    return next((one for one in FORMATS if one.name == name), None)
