"""What a source says of one publication, and how that becomes a `Publication`: the one way every format goes."""

import msgspec

from shared.wire.publication import Publication


class RawRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One record as its source wrote it: nothing is trimmed, split or checked yet; ``""`` and ``()`` are "not said".

    Attributes:
        publication_number: with or without country and kind code.
        kind: kind code, where the number does not carry it.
        published_on: any of the ways in which sources write dates; also ``filed_on``, ``event_on``.
        applicants: names, one by one or joined by the source's separators.
        addresses: of the applicants in their order; mostly only the first has one. A postcode may stand before it.
        regions: what the source itself says of where each applicant sits (``浙江;33``, ``US``, ``440106``).
        ipc: symbols in the source's order, main class first; with or without version and spaces.
        event: ``""`` lets the kind code decide between ``publication`` and ``grant``.
        source: the format's name.
    """

    source: str
    publication_number: str
    title: str
    kind: str = ""
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
    event_on: str = ""
    event_detail: str = ""
    lang: str = ""


def publication_of(raw: RawRecord) -> Publication:
    """Normalise a record.

    Raises:
        WrongRecordError: it says something that cannot be; the message is for people.
    """
    raise NotImplementedError(raw.source)
