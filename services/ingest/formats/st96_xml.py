"""Patent documents after WIPO standard ST.96, ``PatentPublication`` (docs/sources.md, "ST.96 XML").

Names and places are those of the schemas of ST.96 (components ``PatentPublication``, ``BibliographicData``, ``PartyBag``,
``PublicationContact``; the same through versions 3 to 8 as far as they are read here). Namespaces are not compared: they
carry the version in some files, and offices add their own.
"""

from typing import TYPE_CHECKING

from services.ingest.formats.exchange_document import FIRST_SYMBOL, best_text
from services.ingest.formats.st96_parties import agency, applicants, inventors, language
from services.ingest.formats.xml_elements import child, children, inside, local, paragraphs, text, value
from services.ingest.formats.xml_records import whole_documents
from services.ingest.formats.xml_root import root_name
from services.ingest.normalise.numbers import WrongRecordError
from services.ingest.normalise.record import RawRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from services.ingest.records import Document, Items

NAME = "st96-xml"

_ROOT = "PatentPublication"
_SYMBOL_PARTS = ("Section", "Class", "Subclass", "MainGroup", "Subgroup")


def recognises(head: bytes) -> bool:
    """Whether the root is a patent publication, also by an office's longer name for it."""
    return root_name(head).endswith(_ROOT)


def read(document: "Document", head: bytes) -> "Items":
    """Yield the publication of a file, or those of a file of several documents."""
    return whole_documents(document, head, NAME, raw_record)


def raw_record(root: "etree._Element") -> RawRecord:
    """Return what a document says.

    Raises:
        WrongRecordError: it has no bibliographic data.
    """
    bibliography = next(inside(root, "BibliographicData"), None)
    if bibliography is None:
        raise WrongRecordError(
            "wrong-root",
            f"XML 的根元素 {local(root)[:40]} 不带著录项目（BibliographicData），不是专利文献；请核对文件。",
        )
    published = child(bibliography, "PatentPublicationIdentification")
    filed = child(bibliography, "ApplicationIdentification")
    country = value(filed, "IPOfficeCode") or value(filed, "ApplicationNumber", "IPOfficeCode")
    parties = next(inside(bibliography, "PartyBag"), None)
    people = applicants(parties)
    tongue, title = best_text([(_language(one), text(one)) for one in inside(bibliography, "InventionTitle")])
    abstracts = [(_language(one), paragraphs(children(one, "P")) or text(one)) for one in inside(root, "Abstract")]
    return RawRecord(
        source=NAME,
        publication_number=(value(published, "IPOfficeCode") or value(root, "IPOfficeCode"))
        + value(published, "PublicationNumber"),
        kind=value(published, "PatentDocumentKindCode"),
        title=title,
        published_on=value(published, "PublicationDate"),
        filed_on=value(filed, "FilingDate"),
        application_number=("" if country == "CN" else country)
        + value(filed, "ApplicationNumber", "ApplicationNumberText"),
        abstract=best_text(abstracts)[1],
        claim=paragraphs(children(next(inside(root, "Claim"), None), "ClaimText")),
        applicants=people.names,
        addresses=people.addresses,
        regions=people.regions,
        inventors=inventors(parties),
        agency=agency(parties),
        ipc=tuple(_ipc(bibliography)),
        locarno=tuple(map(text, inside(bibliography, "LocarnoClass", "LocarnoClassificationText"))),
        lang=tongue,
    )


def _language(element: "etree._Element") -> str:
    """Return the two letters of an element's language, else of what it stands in."""
    return next(filter(None, map(language, (element, *element.iterancestors()))), "")


def _ipc(bibliography: "etree._Element") -> "Iterator[str]":
    """Yield the symbols, the first of the invention before the others."""
    symbols = list(inside(bibliography, "IPCRClassification"))
    symbols.sort(
        key=lambda one: not (value(one, "SymbolPositionCode") == "F" or FIRST_SYMBOL.search(_symbol_text(one)))
    )
    for one in symbols:
        parts = [value(one, name) for name in _SYMBOL_PARTS]
        yield _symbol_text(one) or "".join([*parts[:4], "/", parts[4]])
    for old in inside(bibliography, "IPCClassification"):
        yield from map(text, children(old, "MainClassification", "FurtherClassification"))


def _symbol_text(symbol: "etree._Element") -> str:
    return text(child(symbol, "PatentClassificationText"))
