"""A publication: one published document, as it is told from service to service.

Both structs hold texts, dates and tuples of such only, never a way back to themselves, so the garbage collector need not
look at them (``gc=False``): a tenth of the time of reading a gazette.
"""

from datetime import date

import msgspec


class Applicant(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One applicant or patentee.

    Attributes:
        name: as published, without separators.
        address: without the postcode, ``None`` when none was given (only the first applicant has one in China).
        postcode: six digits, or ``None``.
        region: six-digit (or ``4401``, ``44``) code of the deepest division the address proves, else ``None``.
        type: ``company``, ``university`` (any school), ``institute``, ``hospital``, ``government``, ``organisation`` or
            ``person``; ``None`` when the name proves none. Like ``country`` it is derived: no part of what a source said.
        country: two letters of WIPO ST.3, ``None`` when neither address, source nor name proves one.
    """

    name: str
    address: str | None = None
    postcode: str | None = None
    region: str | None = None
    type: str | None = None
    country: str | None = None


class Publication(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One published document.

    Attributes:
        publication_number: country, number and kind code, upper case, no separators (``CN110007813A``). A document's identity.
        kind: kind code alone (``A``, ``B``, ``U``, ``S`` ...).
        application_number: without ``CN``, the check digit after a dot; ``None`` when the source ruined it.
        family_id: the family, where a source tells it.
        ipc: symbols without spaces and version (``H01M10/0525``), main class first, no duplicates.
        locarno: design classes (``01-01``), in place of IPC.
        event: ``publication``, ``grant``, ``transfer``, ``licence``, ``pledge``, ``lapse`` ... The last ones are items of
            their own, see `shared.wire.identity.item_key`.
        event_on: when what happened took effect; ``None`` for a document, whose date is ``published_on``.
        event_detail: a sentence of facts (``转让：甲公司 → 乙公司``).
        source: the format it was read from (``gazette-csv``).
    """

    publication_number: str
    kind: str
    title: str
    published_on: date | None = None
    filed_on: date | None = None
    application_number: str | None = None
    family_id: str | None = None
    abstract: str | None = None
    claim: str | None = None
    applicants: tuple[Applicant, ...] = ()
    inventors: tuple[str, ...] = ()
    agency: str | None = None
    ipc: tuple[str, ...] = ()
    locarno: tuple[str, ...] = ()
    event: str = "publication"
    event_on: date | None = None
    event_detail: str | None = None
    lang: str = "zh"
    source: str = ""
