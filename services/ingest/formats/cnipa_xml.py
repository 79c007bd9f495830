"""CNIPA's standard full text, ``PatentDocumentAndRelated`` (docs/sources.md, "CNIPA XML")."""

import re
from typing import TYPE_CHECKING

from lxml import etree

from services.ingest.normalise.applicants import split_address
from services.ingest.normalise.dates import parse_date
from services.ingest.normalise.ipc import ipc_symbols, locarno_classes
from services.ingest.normalise.numbers import WrongRecordError, application_number, publication_number
from services.ingest.normalise.regions import region_of
from services.ingest.normalise.text import clean
from services.ingest.records import Document, Items, Parsed
from shared.wire.publication import Applicant, Publication

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "cnipa-xml"
MAX_FILE_BYTES = 32 * 1024 * 1024
MAX_TEXT_CHARACTERS = 250_000
"""As UTF-8 this fits into what a bus takes as one record (Kafka: 1 MiB)."""

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
            yield Parsed(_publication(root, bibliography), document.location)
        except WrongRecordError as error:
            yield document.refuse(error.code, str(error), format_name=NAME)


def _publication(root: etree._Element, bibliography: etree._Element) -> Publication:
    published = _document_id(bibliography, "PublicationReference")
    filed = _document_id(bibliography, "ApplicationReference")
    country = published.get("WIPOST3Code") or root.get("country") or ""
    number, kind = publication_number(
        country
        + (published.get("DocNumber") or root.get("docNumber") or "")
        + (published.get("Kind") or root.get("kind") or "")
    )
    date_text = published.get("Date") or root.get("datePublication") or ""
    published_on = parse_date(date_text)
    if published_on is None and date_text not in _ABSENT:
        raise WrongRecordError("bad-date", f"{number} 的公开日“{date_text[:40]}”不是日期；请核对原始数据。")
    title = _text(_child(bibliography, "InventionTitle")) or _text(_child(bibliography, "DesignTitle"))
    if title is None:
        raise WrongRecordError("bad-title", f"{number} 没有名称；请核对原始数据。")
    abstract, claim = _abstract(root), _first_claim(root)
    if len(abstract or "") + len(claim or "") > MAX_TEXT_CHARACTERS:
        raise WrongRecordError("text-too-long", f"{number} 的摘要和权利要求超过 {MAX_TEXT_CHARACTERS} 字；请核对文件。")
    parties = _child(bibliography, "Parties")
    is_design = kind[0] == "S"
    return Publication(
        publication_number=number,
        kind=kind,
        title=title,
        published_on=published_on,
        filed_on=parse_date(filed.get("Date", "")),
        application_number=application_number(filed.get("DocNumber")),
        abstract=abstract,
        claim=claim,
        applicants=tuple(_applicants(parties)),
        inventors=tuple(dict.fromkeys(_names(parties, "InventorDetails", "Inventor"))),
        agency=_agency(parties),
        ipc=() if is_design else _ipc(bibliography),
        locarno=_locarno(bibliography) if is_design else (),
        event="publication" if kind[0] == "A" else "grant",
        lang=root.get("lang") or "zh",
        source=NAME,
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
    return ipc_symbols(";".join(texts))


def _locarno(bibliography: etree._Element) -> tuple[str, ...]:
    found = [one for one in bibliography if "Locarno" in _local(one)]
    return locarno_classes(";".join("".join(_pieces(one)) for one in found))


def _applicants(parties: etree._Element | None) -> "Iterator[Applicant]":
    for person in _children(_child(parties, "ApplicantDetails"), "Applicant"):
        book = _child(person, "AddressBook")
        name = _text(_child(book, "Name")) or _text(_child(book, "OrganizationName"))
        if name is None:
            continue
        where = _child(book, "Address")
        parts = "".join(_plain(where, level) for level in ("Province", "City", "County"))
        address, postcode = split_address(_plain(where, "Text"))
        region = max((region_of(address), region_of(parts)), key=lambda code: len(code or ""))
        yield Applicant(
            name=name,
            address=address or parts or None,
            postcode=postcode or _plain(where, "PostCode") or None,
            region=region,
        )


def _names(parties: etree._Element | None, group: str, each: str) -> "Iterator[str]":
    for person in _children(_child(parties, group), each):
        name = _text(_child(_child(person, "AddressBook"), "Name"))
        if name is not None:
            yield name


def _agency(parties: etree._Element | None) -> str | None:
    for agent in _children(_child(parties, "AgentDetails"), "Agent"):
        book = _child(_child(agent, "Agency"), "AddressBook")
        name = _text(_child(book, "OrganizationName")) or _text(_child(book, "Name"))
        if name is not None:
            return name
    return None


def _abstract(root: etree._Element) -> str | None:
    for abstract in _children(root, "Abstract"):
        paragraphs = [_text(one) for one in _children(abstract, "Paragraphs")]
        if text := "\n".join(one for one in paragraphs if one):
            return text
    return None


def _first_claim(root: etree._Element) -> str | None:
    claim = _child(_child(root, "Claims"), "Claim")
    return _text(claim)


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


def _text(element: etree._Element | None) -> str | None:
    """Return all text inside, non-breaking hyphens made plain, ``None`` when absent."""
    if element is None:
        return None
    text = clean(_LINE_BREAK.sub("", "".join(_pieces(element))).replace("\u2011", "-"))
    return None if text in _ABSENT else text


def _pieces(element: etree._Element) -> "Iterator[str]":
    """Yield the text inside; formulas are left out, their markup would read as words."""
    if element.text:
        yield str(element.text)
    for child in element:
        if _local(child) != "MathText":
            yield from _pieces(child)
        if child.tail:
            yield str(child.tail)
