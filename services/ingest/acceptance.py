"""Makes records safe: judged against what is known → families → bus → store, and once more where somebody was quicker."""

from functools import partial
from typing import TYPE_CHECKING

import msgspec

from services.ingest.classify import Hashed, Outcome
from services.ingest.families import family_keys
from services.ingest.joining.apart import judge_texts, record_of
from services.ingest.joining.happenings import Happened, Patents, judge_events
from services.ingest.joining.judge import Judged, judge
from services.ingest.records import Parsed, Rejected
from services.ingest.texts_apart import TextsApart
from shared.bus.port import Record
from shared.bus.saved_before import saved_before
from shared.bus.topics import PUBLICATIONS
from shared.wire.content import content_hash
from shared.wire.events import Change, PublicationSeen, encode_event
from shared.wire.identity import is_document, is_text, item_key

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from shared.bus.port import Bus
    from shared.filing.application_texts import ApplicationText
    from shared.store.filed import Filed
    from shared.store.port import Store
    from shared.tracing.port import AcceptedBatch


class Acceptance:
    """Accepts batches of records.

    Args:
        stored: does what asks or writes a backend, and waits where that has no room.
    """

    def __init__(
        self, *, bus: "Bus", store: "Store", stored: "Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]"
    ) -> None:
        self._bus = bus
        self._store = store
        self._texts = TextsApart(store, stored=stored)
        self._stored = stored

    async def accept(
        self,
        records: "Sequence[Hashed]",
        *,
        accepted_at: "datetime",
        origin_of: "Callable[[Parsed], str]",
        traced: "AcceptedBatch",
    ) -> "list[Judged | Rejected]":
        """Make records safe; return what became of each, in any order.

        The bus comes first: what is on it reaches every profile even if the process dies before the store knows of it. Of two processes
        that read records of one number at the same time the second is told by the store that it came too late, and joins its
        record with the other's.

        Text of an application is kept before its documents are looked for, and documents are stored before texts of their
        applications are: of two processes that read both at the same time at least one finds what the other stored.
        """
        texts = [one for one in records if is_text(one.parsed.publication)]
        others = [one for one in records if not is_text(one.parsed.publication)] if texts else records
        done = await self._accept(others, accepted_at, origin_of, traced)
        fresh = await self._texts.keep(texts, kept_at=accepted_at, origin_of=origin_of) if texts else []
        named = {one.parsed.publication.application_number for one in records} - {None}
        filled = await self._join_texts(sorted(filter(None, named)), accepted_at, traced) if named else {}
        return [*done, *judge_texts(texts, fresh, filled)]

    async def _accept(
        self,
        records: "Sequence[Hashed]",
        accepted_at: "datetime",
        origin_of: "Callable[[Parsed], str]",
        traced: "AcceptedBatch",
    ) -> "list[Judged | Rejected]":
        done: list[Judged | Rejected] = []
        left = records
        while left:
            judged = await self._judge(left, accepted_at, origin_of)
            late = set(await self._tell(judged, accepted_at, traced))
            done += [one for one in judged if isinstance(one, Rejected) or one.key not in late]
            left = [one.hashed for one in judged if isinstance(one, Judged) and one.key in late]
        return done

    async def _join_texts(
        self, applications: "Sequence[str]", accepted_at: "datetime", traced: "AcceptedBatch"
    ) -> dict[str, set[str]]:
        """Join what is kept of the texts of applications to their documents; return of each which fields that filled in."""
        if not (kept := await self._texts.of(applications)):
            return {}
        store = self._store.publications
        documents = await self._stored(lambda: store.documents(numbers=[], applications=list(kept)))
        found: dict[str, Filed[ApplicationText]] = {}
        records = []
        for one in documents:
            of_it = kept[one.publication.application_number]
            found[of_it.document.id] = of_it
            if (said := record_of(of_it.document, one.publication)) is not None:
                record, origin = said
                records.append(Hashed(Parsed(record, origin), content_hash(record)))
        done = await self._accept(records, accepted_at, lambda parsed: parsed.location, traced)
        await self._texts.mark_joined(found.values())
        filled: dict[str, set[str]] = {}
        for judged in done:
            if isinstance(judged, Judged) and judged.version is not None:
                filled.setdefault(judged.version.publication.application_number or "", set()).update(judged.changed)
        return filled

    async def _judge(
        self, records: "Sequence[Hashed]", accepted_at: "datetime", origin_of: "Callable[[Parsed], str]"
    ) -> "list[Judged | Rejected]":
        store = self._store.publications
        documents = [one for one in records if is_document(one.parsed.publication)]
        keys = [item_key(one.parsed.publication) for one in documents]
        known: Mapping[str, str] = await self._stored(lambda: store.content_hashes(keys))
        said_else = {
            key
            for key, one in zip(keys, documents, strict=True)
            if known.get(key, one.content_hash) != one.content_hash
        }
        histories = await self._stored(lambda: store.histories(list(said_else))) if said_else else {}
        judged = await self._in_families(
            judge(documents, known, histories, accepted_at=accepted_at, origin_of=origin_of)
        )
        if len(documents) == len(records):
            return list(judged)
        events = [one for one in records if not is_document(one.parsed.publication)]
        patents = await self._patents(events, judged)
        event_keys = {key for one in events for key in patents.keys(one.parsed.publication)}
        told = await self._stored(lambda: store.content_hashes(list(event_keys)))
        happened = await self._happened(events, patents, told)
        return [*judged, *judge_events(events, patents, told, happened, accepted_at=accepted_at, origin_of=origin_of)]

    async def _happened(self, events: "Sequence[Hashed]", patents: Patents, told: "Mapping[str, str]") -> Happened:
        """Return what was told of the patents of those events that are not known word for word."""
        anew = [
            one.parsed.publication for one in events if told.keys().isdisjoint(patents.keys(one.parsed.publication))
        ]
        numbers = sorted({number for event in anew for number in patents.numbers(event)})
        store = self._store.publications
        return Happened([one for number in numbers for one in await self._stored(partial(store.events, number))])

    async def _patents(self, events: "Sequence[Hashed]", judged: "Sequence[Judged]") -> Patents:
        """Return the documents of the patents to which events happened, those of this batch included."""
        store = self._store.publications
        named = [one.parsed.publication for one in events]
        numbers = list({one.publication_number for one in named} - {""})
        asked = {one.application_number for one in named if one.application_number}
        found = await self._stored(lambda: store.documents(numbers=numbers, applications=list(asked)))
        more = {one.publication.application_number for one in found} - asked - {None}
        if more:
            found += await self._stored(lambda: store.documents(numbers=[], applications=list(more)))
        here = [one.version.publication for one in judged if one.version is not None]
        return Patents([*(one.publication for one in found), *here])

    async def _in_families(self, judged: "list[Judged]") -> "list[Judged]":
        """Bind documents to their families; done twice, it is done once."""
        bound: list[tuple[int, tuple[str, ...]]] = []
        for place, one in enumerate(judged):
            record = one.hashed.parsed.publication
            if one.version is None and record.family_id is None:
                continue
            if keys := family_keys(record if one.version is None else one.version.publication, record, one.before):
                bound.append((place, keys))
        if not bound:
            return judged
        families = await self._stored(lambda: self._store.families.join([keys for _, keys in bound]))
        for (place, _), family_id in zip(bound, families, strict=True):
            one = judged[place]
            if one.version is not None:
                publication = msgspec.structs.replace(one.version.publication, family_id=family_id)
                one.version = msgspec.structs.replace(one.version, publication=publication)
        return judged

    async def _tell(
        self, judged: "Sequence[Judged | Rejected]", seen_at: "datetime", traced: "AcceptedBatch"
    ) -> list[str]:
        """Put what is new on the bus, then into the store; return the keys of those where somebody else stored something first."""
        kept = [one for one in judged if isinstance(one, Judged) and one.version is not None]
        told = [one for one in kept if one.outcome is not Outcome.UNCHANGED]
        if told:
            before = await self._stored(lambda: saved_before(self._bus))
            records = [_record(one, seen_at, before, traced) for one in told]
            await self._stored(lambda: self._bus.append(PUBLICATIONS, records))
        if not kept:
            return []
        late: list[str] = await self._stored(
            lambda: self._store.publications.save([one.version for one in kept if one.version is not None])
        )
        return late


def _record(one: Judged, seen_at: "datetime", before: "Mapping[str, str]", traced: "AcceptedBatch") -> Record:
    version = one.version
    assert version is not None  # noqa: S101 - only such are told
    number = version.publication.publication_number
    seen = PublicationSeen(
        publication=version.publication,
        content_hash=version.content_hash,
        change=Change.NEW if one.outcome is Outcome.ACCEPTED else Change.CORRECTED,
        seen_at=seen_at,
        changed=one.changed,
        enriched=one.enriched,
        difference=one.difference,
    )
    # By number, so that what happened to a patent comes after the patent.
    return Record(key=number, value=encode_event(seen), headers={**before, **traced.headers(number)})
