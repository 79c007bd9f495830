"""Legal events of INPADOC (the EPO's PRS data), as an OPS legal answer holds them.

``L001EP`` to ``L019EP`` are the same for all offices: country, gazette date (007), code (008); inside ``L500EP`` stand the
fields of the event, each with its name in ``desc`` (OPS reference guide 1.3, "Legal service"). Chinese events have their
parties in the free text (``L510EP``) as ``Patentee before: …``.
"""

import re
from typing import TYPE_CHECKING, NamedTuple

from services.ingest.formats.exchange_document import application_number_of, document_id, family_of
from services.ingest.formats.legal_events import OTHER, LegalEvent, detail, event_of_code, passed
from services.ingest.formats.xml_elements import children, local, text, value
from services.ingest.normalise.record import RawRecord

if TYPE_CHECKING:
    from lxml import etree

_KEYS = re.compile(
    r"(?:(?P<key>(?:Co-)?(?:Patentee|Applicant|Address)(?:es|s)? (?:after|before)|Assignee|Assignor|Pledgee|Pledgor"
    r"|FORMER OWNER|Contract record no\.?|License type|Registration number|Record date|Effective date(?: of registration)?"
    r"|Denomination of (?:invention|utility model|design)|Granted publication date|Application (?:publication )?date)"
    r"\s*:\s*)",
    re.IGNORECASE,
)
_BEFORE = ("patentee before", "applicant before", "former owner", "assignor", "pledgor")
_AFTER = ("patentee after", "applicant after", "assignee", "pledgee")
_TOOK_EFFECT = ("effective date of registration", "effective date", "record date")
_SHOWN = {"license type": "许可种类", "contract record no": "备案号", "registration number": "登记号"}
_FIELD_NAMES = {
    "L501EP": "国家",
    "L509EP": "权利人",
    "L510EP": "说明",
    "L516EP": "IPC",
    "L518EP": "缴费日",
    "L520EP": "缴费年度",
}
_EFFECTIVE, _OWNER, _FREE_TEXT = "L525EP", "L509EP", "L510EP"


class Patent(NamedTuple):
    """To which publication events happened, in its source's writing."""

    publication_number: str
    kind: str
    application_number: str
    family_id: str


def patent_of(member: "etree._Element") -> Patent:
    """Return the publication that a ``family-member`` is."""
    published = document_id(member, "publication-reference", "docdb")
    number = published.get("country", "") + published.get("doc-number", "")
    return Patent(number, published.get("kind", ""), application_number_of(member), family_of(member))


def raw_record(patent: Patent, legal: "etree._Element", source: str) -> RawRecord:
    """Return one legal event.

    Args:
        patent: to what it happened.
        legal: the event.
        source: the format's name.
    """
    office, code = value(legal, "L001EP"), value(legal, "L008EP") or legal.get("code", "").strip()
    known = event_of_code(office, code) or LegalEvent(OTHER, legal.get("desc", "").strip() or code)
    fields = {local(field): text(field) for field in _own_fields(legal)}
    said = _said(fields.get(_FREE_TEXT, ""))
    announced = value(legal, "L007EP")
    took_effect = fields.get(_EFFECTIVE) or next((said[key] for key in _TOOK_EFFECT if key in said), "")
    facts = [*_facts(legal, fields, said), f"{office} {code}，{announced} 公告"]
    return RawRecord(
        source=source,
        title="",
        **patent._asdict(),
        event=known.event,
        event_said=f"{office} {code}",
        event_on=took_effect or announced,
        event_detail=detail(known.name, facts),
    )


def _facts(legal: "etree._Element", fields: dict[str, str], said: dict[str, str]) -> list[str]:
    before = next((said[key] for key in _BEFORE if key in said), "")
    after = next((said[key] for key in _AFTER if key in said), "") or (fields.get(_OWNER, "") if before else "")
    facts = [passed(before, after)] + [f"{name} {said[key]}" for key, name in _SHOWN.items() if key in said]
    for field in _own_fields(legal):
        name = local(field)
        told = name == _EFFECTIVE or (name == _FREE_TEXT and said) or (name == _OWNER and before)
        if not told and fields[name]:
            facts.append(f"{_FIELD_NAMES.get(name) or field.get('desc', name)} {field.get('descData') or fields[name]}")
    return facts


def _own_fields(legal: "etree._Element") -> "list[etree._Element]":
    return [field for group in children(legal, "L500EP") for field in group]


def _said(free_text: str) -> dict[str, str]:
    """Return what a free text says under its known keys, in lower case; empty when it has none."""
    found = list(_KEYS.finditer(free_text))
    ends = [match.start() for match in found[1:]] + [len(free_text)]
    return {
        match["key"].lower().rstrip("."): free_text[match.end() : end].strip(" ;,|")
        for match, end in zip(found, ends, strict=False)
    }
