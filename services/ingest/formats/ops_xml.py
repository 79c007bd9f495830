"""Answers of the EPO's Open Patent Services (docs/sources.md, "EPO OPS XML").

One root, ``world-patent-data``, for all services: bibliographic data, search with bibliographic data, families, legal
events. What a service could not do is a ``fault``, or an ``exchange-document`` with ``status="not found"``.
"""

from copy import deepcopy
from functools import partial
from typing import TYPE_CHECKING

from lxml import etree

from services.ingest.formats import exchange_document, legal_inpadoc
from services.ingest.formats.xml_elements import child, children, inside, local, text, value
from services.ingest.formats.xml_reading import Stream
from services.ingest.formats.xml_records import alone, item
from services.ingest.formats.xml_root import root_name
from services.ingest.normalise.numbers import WrongRecordError
from services.ingest.records import Document, Items

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from services.ingest.normalise.record import RawRecord

NAME = "ops-xml"

_DOCUMENT, _MEMBER, _FAULT = "exchange-document", "family-member", "fault"
_ROOTS = frozenset({"world-patent-data", _MEMBER, _FAULT})
_REFERENCES = ("publication-reference", "application-reference")


def recognises(head: bytes) -> bool:
    """Whether the root is an answer, a fault, or one member of a family, as the quarantine keeps it."""
    return root_name(head) in _ROOTS


def read(document: Document, head: bytes) -> Items:
    """Yield the publications and the legal events of an answer."""
    stream = Stream(document, head, (_DOCUMENT, _MEMBER))
    count = 0
    try:
        for element in stream:
            for raw, whole in _records(element):
                count += 1
                yield item(raw, whole, document.at(f"record {count}"), NAME)
        _refuse_without_records(stream.root, count)
    except WrongRecordError as error:
        yield document.refuse(error.code, str(error), format_name=NAME)


def _records(element: etree._Element) -> "Iterator[tuple[Callable[[], RawRecord], Callable[[], bytes]]]":
    """Yield what reads each record of an element, and what makes a document of it that can be read again."""
    if local(element) == _DOCUMENT:
        yield partial(exchange_document.raw_record, element, NAME), partial(alone, element)
        return
    events = list(children(element, "legal"))
    patent = legal_inpadoc.patent_of(element)
    for event in events:
        yield partial(legal_inpadoc.raw_record, patent, event, NAME), partial(_member_with, element, event)
    if not events and child(element, _DOCUMENT) is None:
        yield partial(_bare_member, element), partial(alone, element)


def _member_with(member: etree._Element, event: etree._Element) -> bytes:
    """Return the member of a family with this one legal event, as a document."""
    small = etree.Element(member.tag)
    small.set("family-id", exchange_document.family_of(member))
    small.extend(deepcopy(part) for part in (*children(member, *_REFERENCES), event))
    return alone(small)


def _bare_member(member: etree._Element) -> "RawRecord":
    parts = exchange_document.document_id(member, _REFERENCES[0], "docdb")
    number = "".join(parts.get(part, "") for part in ("country", "doc-number", "kind"))[:40]
    raise WrongRecordError(
        "no-bibliography", f"OPS 的同族答复里 {number} 只有号码，没有著录项目；请用 family/biblio 重新获取。"
    )


def _refuse_without_records(root: etree._Element | None, count: int) -> None:
    """Say why an answer holds no record.

    Raises:
        WrongRecordError: it is a fault, or tells numbers alone.
    """
    fault = root if root is not None and local(root) == _FAULT else next(inside(root, _FAULT), None)
    if fault is not None:
        said = f"{value(fault, 'code')} {text(child(fault, 'message'))}".strip()[:300]
        raise WrongRecordError("ops-fault", f"OPS 没有给出数据，而是报错：{said}；请按提示处理后重新获取。")
    numbers = sum(1 for result in inside(root, "search-result") for _ in children(result, "publication-reference"))
    if numbers and not count:
        raise WrongRecordError(
            "no-bibliography", f"OPS 的检索答复里只有 {numbers} 个号码，没有著录项目；请用 search/biblio 重新检索。"
        )
