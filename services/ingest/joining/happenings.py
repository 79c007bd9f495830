"""Legal events find the patent to which they happened, and are told with what is known of it."""

from datetime import date
from typing import TYPE_CHECKING

import msgspec

from services.ingest.classify import Outcome
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

    def keys(self, event: "Publication") -> set[str]:
        """Return every key under which this happening may have been told: sources name a patent by its A or its B, or neither."""
        found = self.of(event)
        application = found.application_number if found is not None else event.application_number
        numbers = {event.publication_number, *(one.publication_number for one in self._siblings(application))} - {""}
        return {item_key(msgspec.structs.replace(event, publication_number=number)) for number in numbers}

    def _siblings(self, application: str | None) -> "Iterable[Publication]":
        return self._by_application.get(application or "", {}).values()


def judge_events(
    events: "Sequence[Hashed]",
    patents: Patents,
    told: "Container[str]",
    *,
    accepted_at: "datetime",
    origin_of: "Callable[[Parsed], str]",
) -> "list[Judged | Rejected]":
    """Judge legal events in their order; one whose patent is not known is refused, whole, until it is.

    Args:
        events: what was read.
        patents: the documents that are known.
        told: keys of events that the store has.
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
        here |= keys
        version = PublicationVersion(
            publication=publication,
            content_hash=content_hash(publication),
            accepted_at=accepted_at,
            origin=origin_of(hashed.parsed),
            source=event.source,
        )
        judged.append(Judged(hashed=hashed, key=item_key(publication), outcome=Outcome.ACCEPTED, version=version))
    return judged


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
