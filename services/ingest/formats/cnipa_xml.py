"""CNIPA's standard full text, ``PatentDocumentAndRelated`` (docs/sources.md, "CNIPA XML")."""

import re
from typing import TYPE_CHECKING

from lxml import etree

from services.ingest.normalise.numbers import WrongRecordError
from services.ingest.normalise.record import RawRecord, publication_of
from services.ingest.normalise.text import clean
from services.ingest.records import Document, Items, Parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "cnipa-xml"
MAX_FILE_BYTES = 32 * 1024 * 1024

_ROOT = "PatentDocumentAndRelated"
_APPLICATION_BODY = "cn-application-body"
_MARKUP = re.compile(rb"^\s*(?:<\?xml|<!DOCTYPE|<!--|<[A-Za-z])")
_TELLTALES = (_ROOT.encode(), _APPLICATION_BODY.encode())
_LINE_BREAK = re.compile(r"\s*[\r\n]\s*")
_ABSENT = frozenset({"", "0"})
_FIRST_HEAD_BYTES = 8192


def recognises(head: bytes) -> bool:
    """Whether it is markup whose beginning names one of the roots."""
    head = head[:_FIRST_HEAD_BYTES].removeprefix(b"\xef\xbb\xbf")
    return bool(_MARKUP.match(head)) and any(name in head for name in _TELLTALES)


def read(document: Document, head: bytes) -> Items:
    """Yield the one publication of a file."""
    raw = document.read(head, MAX_FILE_BYTES)
    if len(raw) > MAX_FILE_BYTES:
        yield document.refuse("too-large", "XML 文件超过 32 MiB；请拆分，或检查文件是否正确。", format_name=NAME)
        return
    # A parser of its own for each file: none of them outlives its document, and no name table grows for ever.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        code = "xml-entities" if b"<!ENTITY" in raw else "bad-xml"
        yield document.refuse(
            code, f"XML 读不通（{str(error)[:200]}）；文件可能被截断或改动，请从来源重新下载。", format_name=NAME
        )
        return
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None and any(True for _ in dtd.iterentities()):  # type: ignore[union-attr]  # not in the stubs
        yield document.refuse(
            "xml-entities", "XML 自己声明了实体（ENTITY），可能是攻击；出于安全不读取。", format_name=NAME
        )
    elif _local(root) == _APPLICATION_BODY:
        yield document.refuse(
            "no-publication-number",
            "这是申请文件正文（cn-application-body），里面没有公开号，不能作为公开文献读取；请放入公开或公告的全文 XML。",
            format_name=NAME,
        )
    elif _local(root) != _ROOT or (bibliography := _child(root, "BibliographicData")) is None:
        yield document.refuse(
            "wrong-root", f"XML 的根元素 {_local(root)} 不是带著录项目的 {_ROOT}；请核对文件。", format_name=NAME
        )
    else:
        try:
            yield Parsed(publication_of(_raw(root, bibliography)), document.location)
        except WrongRecordError as error:
            yield document.refuse(error.code, str(error), format_name=NAME)


def _raw(root: etree._Element, bibliography: etree._Element) -> RawRecord:
    published = _document_id(bibliography, "PublicationReference")
    filed = _document_id(bibliography, "ApplicationReference")
    parties = _child(bibliography, "Parties")
    applicants = [one for one in map(_applicant, _people(parties, "ApplicantDetails", "Applicant")) if one[0]]
    return RawRecord(
        source=NAME,
        publication_number=(published.get("WIPOST3Code") or root.get("country") or "")
        + (published.get("DocNumber") or root.get("docNumber") or ""),
        kind=published.get("Kind") or root.get("kind") or "",
        title=_text(_child(bibliography, "InventionTitle")) or _text(_child(bibliography, "DesignTitle")),
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
        ipc=_ipc(bibliography),
        locarno=_locarno(bibliography),
        lang=root.get("lang") or "",
    )


def _document_id(bibliography: etree._Element, name: str) -> dict[str, str]:
    """Return the parts of the reference in the office's own writing (``original``), else of the first."""
    references = list(_children(bibliography, name))
    references.sort(key=lambda reference: reference.get("dataFormat") != "original")
    for reference in references:
        document_id = _child(reference, "DocumentID")
        if document_id is not None:
            return {_local(part): (part.text or "").strip() for part in document_id}
    return {}


def _ipc(bibliography: etree._Element) -> tuple[str, ...]:
    texts = []
    details = _child(bibliography, "ClassificationIPCRDetails")
    for one in _children(details, "ClassificationIPCR"):
        parts = [_plain(one, name) for name in ("Section", "MainClass", "Subclass", "MainGroup", "Subgroup")]
        texts.append(_plain(one, "Text") or "".join([*parts[:4], "/", parts[4]]))
    for old in _children(bibliography, "ClassificationIPC"):
        further = sorted(
            (one for one in old if _local(one) in {"MainClassification", "FurtherClassification"}),
            key=lambda one: _local(one) != "MainClassification",
        )
        texts += [one.text or "" for one in further if one.get("dataFormat") != "standard"]
    return tuple(texts)


def _locarno(bibliography: etree._Element) -> tuple[str, ...]:
    return tuple("".join(_pieces(one)) for one in bibliography if "Locarno" in _local(one))


def _people(parties: etree._Element | None, group: str, each: str) -> "Iterator[etree._Element | None]":
    """Yield the address books of a group."""
    for person in _children(_child(parties, group), each):
        yield _child(person, "AddressBook")


def _name(book: etree._Element | None) -> str:
    return _text(_child(book, "Name")) or _text(_child(book, "OrganizationName"))


def _applicant(book: etree._Element | None) -> tuple[str, str, str]:
    """Return (name, address behind its postcode, the office's own parts of it: province, city, county)."""
    where = _child(book, "Address")
    parts = "".join(_plain(where, level) for level in ("Province", "City", "County"))
    address, postcode = _plain(where, "Text"), _plain(where, "PostCode")
    if not address[:6].isdigit():
        address = f"{postcode} {address or parts}".lstrip()
    return _name(book), address, parts


def _agency(parties: etree._Element | None) -> str:
    for agent in _children(_child(parties, "AgentDetails"), "Agent"):
        book = _child(_child(agent, "Agency"), "AddressBook")
        if name := _text(_child(book, "OrganizationName")) or _text(_child(book, "Name")):
            return name
    return ""


def _abstract(root: etree._Element) -> str:
    for abstract in _children(root, "Abstract"):
        if text := "\n".join(filter(None, map(_text, _children(abstract, "Paragraphs")))):
            return text
    return ""


def _first_claim(root: etree._Element) -> str:
    return _text(_child(_child(root, "Claims"), "Claim"))


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _children(element: etree._Element | None, name: str) -> "Iterator[etree._Element]":
    return iter(()) if element is None else element.iterchildren(f"{{*}}{name}")


def _child(element: etree._Element | None, name: str) -> etree._Element | None:
    return next(_children(element, name), None)


def _plain(element: etree._Element | None, name: str) -> str:
    """Return the text of a child, ``""`` where the office wrote ``0`` for "absent"."""
    child = _child(element, name)
    text = "" if child is None else (child.text or "").strip()
    return "" if text in _ABSENT else text


def _text(element: etree._Element | None) -> str:
    """Return all text inside, non-breaking hyphens made plain, ``""`` when absent."""
    if element is None:
        return ""
    text = clean(_LINE_BREAK.sub("", "".join(_pieces(element))).replace("\u2011", "-"))
    return "" if text in _ABSENT else text


def _pieces(element: etree._Element) -> "Iterator[str]":
    """Yield the text inside; formulas are left out, their markup would read as words."""
    if element.text:
        yield str(element.text)
    for child in element:
        if _local(child) != "MathText":
            yield from _pieces(child)
        if child.tail:
            yield str(child.tail)
