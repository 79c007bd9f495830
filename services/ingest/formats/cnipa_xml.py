"""CNIPA's standard full text, ``PatentDocumentAndRelated`` (docs/sources.md, "CNIPA XML")."""

from typing import TYPE_CHECKING

from services.ingest.formats.xml_elements import by_name, child, children, local, paragraphs, text
from services.ingest.formats.xml_records import whole_documents
from services.ingest.formats.xml_root import root_name
from services.ingest.normalise.numbers import WrongRecordError
from services.ingest.normalise.record import RawRecord

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml import etree

    from services.ingest.records import Document, Items

NAME = "cnipa-xml"

_ROOT = "PatentDocumentAndRelated"
_SYMBOL = ("Section", "MainClass", "Subclass", "MainGroup", "Subgroup")
_ABSENT = frozenset({"", "0"})


def recognises(head: bytes) -> bool:
    """Whether the root is a full text."""
    return root_name(head) == _ROOT


def read(document: "Document", head: bytes) -> "Items":
    """Yield the one publication of a file."""
    return whole_documents(document, head, NAME, raw_record)


def raw_record(root: "etree._Element") -> RawRecord:
    """Return what a full text says.

    Raises:
        WrongRecordError: it is none.
    """
    bibliography = child(root, "BibliographicData")
    if local(root) != _ROOT or bibliography is None:
        raise WrongRecordError("wrong-root", f"XML 的根元素 {local(root)[:40]} 不是带著录项目的 {_ROOT}；请核对文件。")
    return _raw(root, bibliography)


def _raw(root: "etree._Element", bibliography: "etree._Element") -> RawRecord:
    said = by_name(bibliography)
    published = _document_id(said.get("PublicationReference", []))
    filed = _document_id(said.get("ApplicationReference", []))
    parties = _first(said, "Parties")
    applicants = [one for one in map(_applicant, _people(parties, "ApplicantDetails", "Applicant")) if one[0]]
    return RawRecord(
        source=NAME,
        publication_number=(published.get("WIPOST3Code") or root.get("country") or "")
        + (published.get("DocNumber") or root.get("docNumber") or ""),
        kind=published.get("Kind") or root.get("kind") or "",
        title=_text(_first(said, "InventionTitle")) or _text(_first(said, "DesignTitle")),
        published_on=published.get("Date") or root.get("datePublication") or "",
        filed_on=filed.get("Date", ""),
        application_number=filed.get("DocNumber", ""),
        abstract=_abstract(root),
        claim=_first_claim(root),
        applicants=tuple(name for name, _, _ in applicants),
        addresses=tuple(address for _, address, _ in applicants),
        regions=tuple(region for _, _, region in applicants),
        inventors=tuple(filter(None, map(_name, _people(parties, "InventorDetails", "Inventor")))),
        agency=_agency(parties),
        ipc=_ipc(said),
        locarno=tuple(text(one) for name, found in said.items() if "Locarno" in name for one in found),
        lang=root.get("lang") or "",
    )


def _document_id(references: "list[etree._Element]") -> dict[str, str]:
    """Return the parts of the reference in the office's own writing (``original``), else of the first."""
    references.sort(key=lambda reference: reference.get("dataFormat") != "original")
    for reference in references:
        document_id = child(reference, "DocumentID")
        if document_id is not None:
            return {local(part): (part.text or "").strip() for part in document_id}
    return {}


def _ipc(said: "Mapping[str, list[etree._Element]]") -> tuple[str, ...]:
    texts = []
    for one in children(_first(said, "ClassificationIPCRDetails"), "ClassificationIPCR"):
        parts = _values(one)
        section, *numbers, subgroup = (parts.get(name, "") for name in _SYMBOL)
        texts.append(parts.get("Text") or "".join([section, *numbers, "/", subgroup]))
    for old in said.get("ClassificationIPC", ()):
        further = sorted(
            (one for one in old if local(one) in {"MainClassification", "FurtherClassification"}),
            key=lambda one: local(one) != "MainClassification",
        )
        texts += [one.text or "" for one in further if one.get("dataFormat") != "standard"]
    return tuple(texts)


def _people(parties: "etree._Element | None", group: str, each: str) -> "Iterator[etree._Element | None]":
    """Yield the address books of a group."""
    for person in children(child(parties, group), each):
        yield child(person, "AddressBook")


def _name(book: "etree._Element | None") -> str:
    return _text(child(book, "Name")) or _text(child(book, "OrganizationName"))


def _applicant(book: "etree._Element | None") -> tuple[str, str, str]:
    """Return (name, address behind its postcode, the office's own parts of it: province, city, county)."""
    where = _values(child(book, "Address"))
    parts = "".join(where.get(level, "") for level in ("Province", "City", "County"))
    address, postcode = where.get("Text", ""), where.get("PostCode", "")
    if not address[:6].isdigit():
        address = f"{postcode} {address or parts}".lstrip()
    return _name(book), address, parts


def _agency(parties: "etree._Element | None") -> str:
    for agent in children(child(parties, "AgentDetails"), "Agent"):
        book = child(child(agent, "Agency"), "AddressBook")
        if name := _text(child(book, "OrganizationName")) or _text(child(book, "Name")):
            return name
    return ""


def _abstract(root: "etree._Element") -> str:
    for abstract in children(root, "Abstract"):
        if said := paragraphs(children(abstract, "Paragraphs")):
            return said
    return ""


def _first_claim(root: "etree._Element") -> str:
    return _text(child(child(root, "Claims"), "Claim"))


def _first(said: "Mapping[str, list[etree._Element]]", name: str) -> "etree._Element | None":
    return next(iter(said.get(name, ())), None)


def _values(element: "etree._Element | None") -> dict[str, str]:
    """Return the texts of the children, of each name the first; without those where the office wrote ``0`` for "absent"."""
    found: dict[str, str] = {}
    for one in element if element is not None else ():
        found.setdefault(local(one), (one.text or "").strip())
    return {name: said for name, said in found.items() if said not in _ABSENT}


def _text(element: "etree._Element | None") -> str:
    """Return all text inside, ``""`` when absent."""
    said = text(element)
    return "" if said in _ABSENT else said
