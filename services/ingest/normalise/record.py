"""What a source says of one publication, and how that becomes a `Publication`: the one way every format goes.

The steps, in their order; each is a pure function of texts in a module of its own (docs/sources.md, "Normalisation"):

1. publication number and kind code (`numbers`), without which nothing else has a name;
2. texts: title, abstract, first claim, agency (`text`);
3. dates (`dates`): a publication date that is none refuses the record, a filing date that is none is left out;
4. application number (`applications`): wrong or ruined ones are left out;
5. applicants with address, postcode and region (`applicants`, `regions`), inventors;
6. classes (`ipc`): Locarno for designs, IPC for all else;
7. event: what the source says, else what the kind code says.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date

import msgspec

from services.ingest.normalise.applicants import applicants_of
from services.ingest.normalise.applications import application_number
from services.ingest.normalise.dates import parse_date
from services.ingest.normalise.ipc import ipc_symbols, joined, locarno_classes
from services.ingest.normalise.names import names_of
from services.ingest.normalise.numbers import WrongRecordError, publication_number
from services.ingest.normalise.text import clean, paragraphs, script_language
from shared.wire.identity import APPLICATION_TEXT, DOCUMENTS
from shared.wire.publication import Publication

MAX_TITLE_CHARACTERS = 2000
LONGEST_KEPT = 4000
"""Characters: no longer value is kept in memory in case that it comes again."""

MAX_TEXT_CHARACTERS = 250_000
"""Of abstract and claim together: as UTF-8 this fits into what a bus takes as one record (Kafka: 1 MiB)."""

_PUBLISHING = frozenset({"", *DOCUMENTS})
DESIGN_KINDS = frozenset("SD")


class RawRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One record as its source wrote it: nothing is trimmed, split or checked yet; ``""`` and ``()`` are "not said".

    What there may be several of is a tuple; a tuple of one string may hold the source's own separators.

    Attributes:
        publication_number: with or without country and kind code.
        kind: kind code, where the number does not carry it.
        kindless: the source tells no kind codes at all (PATENTSCOPE): a foreign or PCT number may stand without one.
        published_on: any of the ways in which sources write dates; also ``filed_on``, ``event_on``.
        applicants: names, one by one or joined by the source's separators.
        addresses: of the applicants in their order; mostly only the first has one. A postcode may stand before it.
        regions: what the source itself says of where each applicant sits (``浙江;33``, ``US``, ``440106``).
        ipc: symbols in the source's order, main class first; with or without version and spaces.
        event: ``""`` lets the kind code decide between ``publication`` and ``grant``.
        event_said: what the source calls the event, where that is another word than ``event`` (``专利权的转移``, ``CN TR01``).
        source: the format's name.

    Text of an application (``event`` is ``application-text``) has an application number only, and of texts what it says.
    A legal event (``event`` is neither empty nor a document's) may leave the title empty, and the publication number where
    it says the application number: ingest knows both once it has found the patent.
    """

    source: str
    publication_number: str
    title: str
    kind: str = ""
    kindless: bool = False
    published_on: str = ""
    filed_on: str = ""
    application_number: str = ""
    family_id: str = ""
    abstract: str = ""
    claim: str = ""
    applicants: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    inventors: tuple[str, ...] = ()
    agency: str = ""
    ipc: tuple[str, ...] = ()
    locarno: tuple[str, ...] = ()
    event: str = ""
    event_said: str = ""
    event_on: str = ""
    event_detail: str = ""
    lang: str = ""


Listener = Callable[[RawRecord], None]
"""Is told of each record before it is normalised."""

_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Let ``listener`` hear of every record that is normalised inside the block, whatever format reads it."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def somebody_listens() -> bool:
    """Whether records are `listening`-ed to, so that each must come by alone."""
    return _listener.get() is not None


def publication_of(raw: RawRecord, explain: Listener | None = None) -> Publication:
    """Normalise a record.

    Args:
        raw: what the source says.
        explain: is told of the record first; else whoever is `listening`.

    Raises:
        WrongRecordError: it says something that cannot be; the message is for people.
    """
    if (explain := explain or _listener.get()) is not None:
        explain(raw)
    happened = raw.event not in _PUBLISHING
    number, kind = _patent_of(raw) if happened else _number_of(raw)
    title = title_of(raw.title, number) if raw.title or not happened else ""
    # What is overlong is no value that comes again, and would fill the memory that keeps those.
    usual = sum(map(len, (*raw.applicants, *raw.addresses, *raw.regions, *raw.ipc, *raw.locarno))) < LONGEST_KEPT
    ipc, locarno = _classes(raw, is_design=kind[:1] in DESIGN_KINDS, usual=usual)
    # Python passes no more than fifteen keywords quickly: with all nineteen this call takes ten times as long.
    publication = Publication(
        publication_number=number,
        kind=kind,
        title=title,
        published_on=published_on(raw.published_on, number),
        filed_on=parse_date(raw.filed_on) if raw.filed_on else None,
        application_number=application_number(raw.application_number, number[:2] or "CN")
        if raw.application_number
        else None,
        applicants=(applicants_of if usual else applicants_of.__wrapped__)(raw.applicants, raw.addresses, raw.regions),
        inventors=names_of(raw.inventors),
        ipc=ipc,
        locarno=locarno,
        event=raw.event or event_of(kind, number),
        lang=raw.lang or ("zh" if number.startswith("CN") else script_language(title)),
        source=raw.source,
    )
    if raw.abstract or raw.claim or raw.agency or raw.family_id or raw.event_on or raw.event_detail:
        return _with_rarer(publication, raw)
    return publication


def _with_rarer(publication: Publication, raw: RawRecord) -> Publication:
    """Add what gazettes do not tell."""
    number = publication.publication_number
    abstract, claim = _texts(raw, number) if raw.abstract or raw.claim else (None, None)
    return msgspec.structs.replace(
        publication,
        family_id=clean(raw.family_id) or None,
        abstract=abstract,
        claim=claim,
        agency=clean(raw.agency) or None,
        event_on=published_on(raw.event_on, number or raw.application_number, "生效日") if raw.event_on else None,
        event_detail=clean(raw.event_detail) or None,
    )


def _classes(raw: RawRecord, *, is_design: bool, usual: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return (IPC, Locarno); tables of designs often have theirs in the column of the IPC."""
    if is_design:
        text = joined(raw.locarno or raw.ipc)
        return (), (locarno_classes if usual else locarno_classes.__wrapped__)(text)
    return (ipc_symbols if usual else ipc_symbols.__wrapped__)(joined(raw.ipc)), ()


def _number_of(raw: RawRecord) -> tuple[str, str]:
    return publication_number(raw.publication_number, raw.kind, kindless=raw.kindless)


def _patent_of(raw: RawRecord) -> tuple[str, str]:
    """Return number and kind of what something happened to; both are empty where only its application number is said.

    Text of an application has that number only, whatever else is said.
    """
    is_text = raw.event == APPLICATION_TEXT
    if not is_text and (raw.publication_number or not raw.application_number):
        return _number_of(raw)
    if application_number(raw.application_number) is None:
        raise WrongRecordError(
            "bad-number",
            f"申请号“{raw.application_number[:40]}”不成立（位数或校验位不对），又没有公开号；请核对原始数据。",
        )
    return "", ""


def title_of(text: str, number: str) -> str:
    """Return the title, cleaned.

    Raises:
        WrongRecordError: it is empty, or has more than 2,000 characters.
    """
    title = clean(text)
    if not title or len(title) > MAX_TITLE_CHARACTERS:
        problem = "没有名称" if not title else f"名称有 {len(title)} 字，过长"
        raise WrongRecordError("bad-title", f"{number} {problem}；请核对原始数据。")
    return title


def published_on(text: str, number: str, called: str = "公开（公告）日") -> date | None:
    """Return the publication date, or the day of what happened; ``None`` when the source says none.

    Raises:
        WrongRecordError: what it says is no date.
    """
    day = parse_date(text) if text else None
    if day is None and text.strip(" \t\r\n0"):
        raise WrongRecordError("bad-date", f"{number} 的{called}“{text.strip()[:40]}”不是日期；请核对原始数据。")
    return day


def event_of(kind: str, number: str = "") -> str:
    """Return the event that a document of this kind tells of: ``A…`` publishes an application, all else grants.

    Two exceptions: the United States granted under A until 2001, Japan published utility models under U until 1993.
    """
    if kind == "A" and number.startswith("US"):
        return "grant"
    if kind == "U" and number.startswith(("JPH", "JPS")):
        return "publication"
    return "publication" if kind[:1] in {"A", ""} else "grant"


def _texts(raw: RawRecord, number: str) -> tuple[str | None, str | None]:
    abstract, claim = paragraphs(raw.abstract), paragraphs(raw.claim)
    if len(abstract) + len(claim) > MAX_TEXT_CHARACTERS:
        raise WrongRecordError("text-too-long", f"{number} 的摘要和权利要求超过 {MAX_TEXT_CHARACTERS} 字；请核对文件。")
    return abstract or None, claim or None
