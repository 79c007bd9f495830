"""Patent documents after WIPO standard ST.36 (docs/sources.md, "ST.36 XML").

The names of ST.36 (``bibliographic-data``, ``document-id``, ``invention-title`` …), which offices write with a prefix of
their own where they changed the content: ``us-patent-application`` and ``us-patent-grant`` (USPTO Red Book 4.x),
``cn-patent-document`` (Chinese full texts before 2010), ``tw-patent-grant``. So the prefix is left away before names are
compared. The USPTO's weekly files are such documents one after the other; each is read on its own.
"""

import re
from typing import TYPE_CHECKING

from services.ingest.formats.exchange_document import FIRST_SYMBOL, best_text, language_of
from services.ingest.formats.st36_names import all_named, named, plain, said
from services.ingest.formats.st36_parties import agency, applicants, inventors
from services.ingest.formats.xml_elements import local, paragraphs, text
from services.ingest.formats.xml_records import whole_documents
from services.ingest.formats.xml_root import root_name
from services.ingest.normalise.numbers import WrongRecordError
from services.ingest.normalise.record import RawRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from services.ingest.records import Document, Items

NAME = "st36-xml"

_ROOT = re.compile(r"(?:[a-z]{2}-)?patent-(?:document|application|grant|publication)")
_BIBLIOGRAPHY = ("bibliographic-data", "bibliographic-data-application", "bibliographic-data-grant")
_FOUR_DIGITS = re.compile(r"([0-9]{2})([0-9]{2})")
"""How the USPTO writes a Locarno class."""


def recognises(head: bytes) -> bool:
    """Whether the root is a patent document by the name that ST.36 or an office gives it."""
    return _ROOT.fullmatch(root_name(head)) is not None


def read(document: "Document", head: bytes) -> "Items":
    """Yield the publication of a file, or those of a file of several documents."""
    return whole_documents(document, head, NAME, raw_record)


def raw_record(root: "etree._Element") -> RawRecord:
    """Return what a document says.

    Raises:
        WrongRecordError: it is no patent document.
    """
    bibliography = next(all_named(root, *_BIBLIOGRAPHY), None)
    if bibliography is None:
        raise WrongRecordError(
            "wrong-root",
            f"XML 的根元素 {local(root)[:40]} 不带著录项目（bibliographic-data），不是专利文献；请核对文件。",
        )
    published = _document_id(bibliography, "publication-reference")
    filed = _document_id(bibliography, "application-reference")
    country = filed.get("country", "")
    titles = [(_language(one, root), text(one)) for one in all_named(bibliography, "invention-title")]
    language, title = best_text(titles)
    people = applicants(bibliography)
    return RawRecord(
        source=NAME,
        publication_number=published.get("country", root.get("country", "")) + published.get("doc-number", ""),
        kind=published.get("kind", ""),
        title=title,
        published_on=published.get("date", "") or root.get("date-publ", ""),
        filed_on=filed.get("date", ""),
        application_number=("" if country == "CN" else country) + filed.get("doc-number", ""),
        abstract=_abstract(root, bibliography),
        claim=_first_claim(root),
        applicants=people.names,
        addresses=people.addresses,
        regions=people.regions,
        inventors=inventors(bibliography),
        agency=agency(bibliography),
        ipc=tuple(_ipc(bibliography)),
        locarno=tuple(_locarno(bibliography)),
        lang=language,
    )


def _document_id(bibliography: "etree._Element", reference: str) -> dict[str, str]:
    identifier = named(bibliography, reference, "document-id")
    return {} if identifier is None else {plain(part): text(part) for part in identifier}


def _language(element: "etree._Element", root: "etree._Element") -> str:
    return language_of(element) if element.get("lang") else language_of(root)


def _abstract(root: "etree._Element", bibliography: "etree._Element") -> str:
    """Return the abstract: beside the bibliography, inside it, or in the body, as the office does it."""
    places = (root, bibliography, named(root, "application-body"))
    found = [
        (_language(one, root), paragraphs(all_named(one, "p")) or text(one))
        for place in places
        for one in all_named(place, "abstract")
    ]
    return best_text(found)[1]


def _first_claim(root: "etree._Element") -> str:
    return said(root, "claims", "claim") or said(root, "application-body", "claims", "claim")


def _ipc(bibliography: "etree._Element") -> "Iterator[str]":
    """Yield the symbols, the first of the invention before the others."""
    symbols = [
        one
        for group in all_named(bibliography, "classifications-ipcr")
        for one in all_named(group, "classification-ipcr")
    ]
    symbols.sort(key=lambda one: not (said(one, "symbol-position") == "F" or FIRST_SYMBOL.search(said(one, "text"))))
    for one in symbols:
        parts = [said(one, name) for name in ("section", "class", "subclass", "main-group", "subgroup")]
        yield said(one, "text") or "".join([*parts[:4], "/", parts[4]])
    for old in all_named(bibliography, "classification-ipc"):
        yield from map(text, all_named(old, "main-classification", "further-classification"))


def _locarno(bibliography: "etree._Element") -> "Iterator[str]":
    for one in all_named(bibliography, "classification-locarno"):
        for found in all_named(one, "main-classification", "text"):
            yield _FOUR_DIGITS.sub(r"\1-\2", text(found))
