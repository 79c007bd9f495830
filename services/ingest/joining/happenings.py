"""Legal events find the patent to which they happened, and are told with what is known of it.

Two sources that tell of one patent, one kind of event and one day tell of one event, each in its own words and language: it
stays one item, with the words of both. Within a source, other words are another event: a patent may be pledged twice on a day.
Which of two is told of elsewhere, the contract's number says where both sources give it; else they pair in their order.
"""

import re
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from services.ingest.classify import Outcome
from services.ingest.formats.legal_events import OTHER
from services.ingest.joining.judge import Judged
from services.ingest.records import Rejected
from shared.store.records import PublicationVersion
from shared.wire.content import content_hash
from shared.wire.identity import item_key

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Sequence
    from datetime import datetime

    from services.ingest.classify import Hashed
    from services.ingest.records import Parsed
    from shared.wire.publication import Publication

UNKNOWN = "unknown-publication"
_FORMAT = "publication-jsonl"
"""The format in which an event whose patent is not known waits: what ingest understood of it."""

_CONTRACT = re.compile(r"(?:登记号|备案号) ([0-9A-Za-z]+)")
"""Under which a licence or pledge is registered, as both readers of legal events word it."""

_FROM_PATENT = (
    *("title", "abstract", "claim", "applicants", "inventors", "agency", "ipc", "locarno"),
    *("published_on", "filed_on", "application_number"),
)


class Patents:
    """The documents that are known of the patents to which a batch's events happened."""

    def __init__(self, documents: "Iterable[Publication]") -> None:
        self._by_number: dict[str, Publication] = {}
        self._by_application: dict[str, dict[str, Publication]] = {}
        for one in documents:
            self._by_number[one.publication_number] = one
            if one.application_number:
                self._by_application.setdefault(one.application_number, {})[one.publication_number] = one

    def of(self, event: "Publication") -> "Publication | None":
        """Return the document that tells most recently of an event's patent."""
        if (named := self._by_number.get(event.publication_number)) is not None:
            return named
        return max(self._siblings(event.application_number), key=_when, default=None)

    def numbers(self, event: "Publication") -> set[str]:
        """Return every number under which this happening may have been told: sources name a patent by its A or its B, or neither."""
        found = self.of(event)
        application = found.application_number if found is not None else event.application_number
        return {event.publication_number, *(one.publication_number for one in self._siblings(application))} - {""}

    def keys(self, event: "Publication") -> set[str]:
        """Return the key of this happening under each of those numbers."""
        return {item_key(msgspec.structs.replace(event, publication_number=number)) for number in self.numbers(event)}

    def _siblings(self, application: str | None) -> "Iterable[Publication]":
        return self._by_application.get(application or "", {}).values()


class Happened:
    """What has been told of patents; grows by what is told now."""

    def __init__(self, told: "Iterable[PublicationVersion]") -> None:
        self._of_a_day: dict[tuple[str, str, date | None], list[PublicationVersion]] = {}
        for one in told:
            self.add(one)

    def add(self, told: PublicationVersion) -> None:
        """Take in an event."""
        self._of_a_day.setdefault(_place(told.publication, told.publication.publication_number), []).append(told)

    def elsewhere(self, event: "Publication", numbers: "Iterable[str]") -> PublicationVersion | None:
        """Return the same event as another source told of it; ``None`` when none did."""
        if event.event_on is None or event.event == OTHER:
            return None
        told = [one for number in sorted(numbers) for one in self._of_a_day.get(_place(event, number), ())]
        mine = (one for one in told if one.in_other_words.get(event.source) == (event.event_detail or ""))
        free = [one for one in told if event.source not in {one.publication.source, *one.in_other_words}]
        return next(mine, None) or _paired(event, free)

    def replace(self, before: PublicationVersion, now: PublicationVersion) -> None:
        """Put an event that more is known of in its place."""
        told = self._of_a_day[_place(now.publication, now.publication.publication_number)]
        told[told.index(before)] = now


def judge_events(
    events: "Sequence[Hashed]",
    patents: Patents,
    told: "Container[str]",
    happened: Happened,
    *,
    accepted_at: "datetime",
    origin_of: "Callable[[Parsed], str]",
) -> "list[Judged | Rejected]":
    """Judge legal events in their order; one whose patent is not known is refused, whole, until it is.

    Args:
        events: what was read.
        patents: the documents that are known.
        told: keys of events that the store has.
        happened: the events of these patents that the store has; those that come out are added.
        accepted_at: when.
        origin_of: where a record was read, for people.
    """
    here: set[str] = set()
    judged: list[Judged | Rejected] = []
    for hashed in events:
        event = hashed.parsed.publication
        patent = patents.of(event)
        if patent is None:
            judged.append(_refused(event, hashed.parsed.location))
            continue
        publication = _told_with(event, patent)
        keys = patents.keys(event)
        if any(key in told or key in here for key in keys):
            judged.append(Judged(hashed=hashed, key=item_key(publication), outcome=Outcome.UNCHANGED))
            continue
        if (same := happened.elsewhere(event, patents.numbers(event))) is not None:
            now = _in_other_words(same, event, accepted_at=accepted_at, origin=origin_of(hashed.parsed))
            if now is not None:
                happened.replace(same, now)
            key = item_key(same.publication)
            judged.append(Judged(hashed=hashed, key=key, outcome=Outcome.UNCHANGED, version=now))
            continue
        here |= keys
        version = PublicationVersion(
            publication=publication,
            content_hash=content_hash(publication),
            accepted_at=accepted_at,
            origin=origin_of(hashed.parsed),
            source=event.source,
        )
        happened.add(version)
        judged.append(Judged(hashed=hashed, key=item_key(publication), outcome=Outcome.ACCEPTED, version=version))
    return judged


def _in_other_words(
    same: PublicationVersion, event: "Publication", *, accepted_at: "datetime", origin: str
) -> PublicationVersion | None:
    """Return an event with what another source says of it; ``None`` when that is known."""
    if event.source in same.in_other_words:
        return None
    return msgspec.structs.replace(
        same,
        version=same.version + 1,
        accepted_at=accepted_at,
        origin=origin,
        source=event.source,
        in_other_words={**same.in_other_words, event.source: event.event_detail or ""},
    )


def _paired(event: "Publication", told: "Sequence[PublicationVersion]") -> PublicationVersion | None:
    """Return the first event of the same contract, else the first where one side does not say which contract it is."""
    contract = _contract(event.event_detail)
    contracts = [
        next(filter(None, map(_contract, (one.publication.event_detail, *one.in_other_words.values()))), "")
        for one in told
    ]
    same = (one for one, other in zip(told, contracts, strict=True) if contract and contract == other)
    unsaid = (one for one, other in zip(told, contracts, strict=True) if not (contract and other))
    return next(same, None) or next(unsaid, None)


def _contract(detail: str | None) -> str:
    found = _CONTRACT.search(detail or "")
    return found[1].upper() if found else ""


def _place(event: "Publication", number: str) -> "tuple[str, str, date | None]":
    return number, event.event, event.event_on


def _told_with(event: "Publication", patent: "Publication") -> "Publication":
    """Return the event with all that is known of its patent; what it says itself of who and what stays only where nobody knew."""
    known = {field: getattr(patent, field) or getattr(event, field) for field in _FROM_PATENT}
    return msgspec.structs.replace(
        event,
        **known,
        publication_number=event.publication_number or patent.publication_number,
        kind=event.kind or patent.kind,
        family_id=patent.family_id,
        lang=patent.lang,
    )


def _when(publication: "Publication") -> "tuple[date, str]":
    return publication.published_on or date.min, publication.publication_number


def _refused(event: "Publication", location: str) -> Rejected:
    name = event.publication_number or event.application_number or "？"
    return Rejected(
        raw=msgspec.json.encode(event),
        location=location,
        reason_code=UNKNOWN,
        reason=f"还没有收到 {name} 的公开数据，这条法律事件无法对上；请先导入它的公开，再重放这一条。",
        format=_FORMAT,
    )
