"""One ``exchange-document`` of the EPO, as DOCDB files and OPS answers hold it.

The form is the EPO's exchange-documents schema 2.5 (DOCDB XML user documentation); OPS writes the same elements with
the format of numbers on ``document-id`` where DOCDB writes it on the reference around it.
"""

import re
from typing import TYPE_CHECKING

from services.ingest.formats.xml_elements import child, children, inside, local, paragraphs, text, value
from services.ingest.normalise.numbers import WrongRecordError
from services.ingest.normalise.record import RawRecord
from services.ingest.normalise.text import HAN, UNKNOWN_LANGUAGE, script_language

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml import etree

_RESIDENCE = re.compile(r"\s*\[([A-Z]{2})\]\s*$")
FIRST_SYMBOL = re.compile(r"[0-9]{8}[ACS]F")
"""In the fixed-width text of ST.8: version, level and ``F`` of the invention's first symbol."""

_ORIGINAL_LANGUAGES = frozenset({"", "ol"})
_CHINESE_LANGUAGES = frozenset({"zh", "cn", "zh-cn", "zh-hans"})
_NAME_FORMATS = ("original", "docdb", "epodoc", "")


def raw_record(document: "etree._Element", source: str) -> RawRecord:
    """Return what an exchange document says.

    Raises:
        WrongRecordError: it says that there is no such document (any more).
    """
    _refuse_absent(document)
    bibliography = child(document, "bibliographic-data")
    published = document_id(bibliography, "publication-reference", "docdb")
    titles = [(language_of(one), text(one)) for one in children(bibliography, "invention-title")]
    abstracts = [
        (language_of(one), paragraphs(children(one, "p")) or text(one)) for one in children(document, "abstract")
    ]
    language, title = best_text(titles)
    applicants, regions = _applicants(child(bibliography, "parties", "applicants"))
    return RawRecord(
        source=source,
        publication_number=number_of(document),
        title=title,
        kind=document.get("kind", ""),
        published_on=published.get("date", "") or document.get("date-publ", ""),
        filed_on=_filed_on(bibliography),
        application_number=application_number_of(bibliography),
        family_id=family_of(document),
        abstract=best_text(abstracts)[1],
        applicants=applicants,
        regions=regions,
        inventors=_best_names(_by_format(child(bibliography, "parties", "inventors"), "inventor")),
        ipc=_ipc(bibliography),
        locarno=tuple(
            text(one) for one in inside(child(bibliography, "classification-locarno"), "main-classification", "text")
        ),
        lang=language,
    )


def number_of(document: "etree._Element") -> str:
    """Return country, number and kind, in DOCDB's writing: of China and most others the office's own."""
    said = [document.get(attribute, "") for attribute in ("country", "doc-number", "kind")]
    if all(said):
        return "".join(said)
    parts = document_id(child(document, "bibliographic-data"), "publication-reference", "docdb")
    return "".join(parts.get(part, "") for part in ("country", "doc-number", "kind"))


def document_id(parent: "etree._Element | None", reference: str, wanted: str) -> dict[str, str]:
    """Return the parts (``country``, ``doc-number``, ``kind``, ``date``) of a reference in the wanted format, or nothing."""
    for one in children(parent, reference):
        for identifier in children(one, "document-id"):
            if (identifier.get("document-id-type") or one.get("data-format") or "docdb") == wanted:
                return {local(part): (part.text or "").strip() for part in identifier}
    return {}


def application_number_of(parent: "etree._Element | None") -> str:
    """Return the application number as the office writes it; with its country where that is not China.

    Never epodoc's writing of a Chinese number: that drops a digit. Numbers of other offices keep their country, else one of
    eight digits would pass for an old Chinese one.
    """
    docdb = document_id(parent, "application-reference", "docdb")
    country = docdb.get("country", "")
    if country != "CN":
        return country + docdb.get("doc-number", "")
    return document_id(parent, "application-reference", "original").get("doc-number") or docdb.get("doc-number", "")


def family_of(element: "etree._Element") -> str:
    """Return the number of the DOCDB simple family; ``""`` where there is none (DOCDB writes ``-1``)."""
    family = element.get("family-id", "")
    return family if family.isdigit() else ""


def language_of(element: "etree._Element") -> str:
    """Return the two letters of the language; ``zh`` for Chinese texts that are only called "original language"."""
    language = element.get("lang", "").lower()
    if language in _CHINESE_LANGUAGES:
        return "zh"
    if language in _ORIGINAL_LANGUAGES:
        return "zh" if script_language(text(element)) == "zh" else UNKNOWN_LANGUAGE
    return language[:2]


def _refuse_absent(document: "etree._Element") -> None:
    status = document.get("status", "").lower()
    if not status:
        return
    shown = number_of(document)[:40]
    if "not found" in status:
        raise WrongRecordError(
            "ops-not-found", f"EPO 没有 {shown} 的数据；请核对号码，或过几天再取（新公开的要等几周）。"
        )
    if status in {"d", "dv"}:
        raise WrongRecordError(
            "deleted-record", f"EPO 通知 {shown} 已从 DOCDB 删除；知推不自动删除已收的文献，请人工核对。"
        )


def best_text(texts: "Iterable[tuple[str, str]]") -> tuple[str, str]:
    """Return (language, text): Chinese before English before any other."""
    found = [one for one in texts if one[1]]
    return min(found, key=lambda one: {"zh": 0, "en": 1}.get(one[0], 2), default=("", ""))


def _filed_on(bibliography: "etree._Element | None") -> str:
    dates = (
        document_id(bibliography, "application-reference", form).get("date") for form in ("docdb", "epodoc", "original")
    )
    return next(filter(None, dates), "")


def _applicants(group: "etree._Element | None") -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return (names, country of each); the countries only where it is sure whose they are."""
    forms = _by_format(group, "applicant")
    names = _best_names(forms)
    for form in ("docdb", "epodoc"):
        others = _chosen(forms.get(form, {}))
        if len(others) == len(names) and any(country for _, country in others):
            return names, tuple(country for _, country in others)
    return names, ()


def _best_names(forms: dict[str, dict[str, tuple[str, str]]]) -> tuple[str, ...]:
    found = (_chosen(forms[form]) for form in _NAME_FORMATS if form in forms)
    return tuple(name for name, _ in next(filter(None, found), []))


def _chosen(people: dict[str, tuple[str, str]]) -> list[tuple[str, str]]:
    """Return (name, country) of people: those in Chinese characters, where there are such, for the others transcribe them."""
    return [one for one in people.values() if HAN.search(one[0])] or list(people.values())


def _by_format(group: "etree._Element | None", each: str) -> dict[str, dict[str, tuple[str, str]]]:
    """Return by format what people are called: (name, country) by the name in one case, in which it counts once."""
    forms: dict[str, dict[str, tuple[str, str]]] = {}
    for person in children(group, each):
        name = text(child(person, f"{each}-name")) or text(child(person, "addressbook", "name"))
        residence = _RESIDENCE.search(name)
        country = residence[1] if residence else value(person, "residence", "country")
        name = (name[: residence.start()] if residence else name).rstrip(", ")
        if name:
            forms.setdefault(person.get("data-format", ""), {}).setdefault(name.casefold(), (name, country))
    return forms


def _ipc(bibliography: "etree._Element | None") -> tuple[str, ...]:
    """Return the symbols of the IPC, the first of the invention before the others; CPC stands in elements of its own."""
    texts = [text(one) for one in inside(child(bibliography, "classifications-ipcr"), "text")]
    old = child(bibliography, "classification-ipc")
    texts += [text(one) for one in inside(old, "main-classification", "further-classification", "text")]
    return tuple(sorted(texts, key=lambda one: not FIRST_SYMBOL.search(one)))
