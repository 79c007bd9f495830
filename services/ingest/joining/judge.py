"""What becomes of a batch of documents: new, unchanged or corrected, each against what is known and what came before it."""

from typing import TYPE_CHECKING

import msgspec

from services.ingest.classify import Hashed, Outcome
from services.ingest.joining.join import join
from shared.store.records import PublicationVersion
from shared.wire.content import content_hash
from shared.wire.difference import differences, sentence
from shared.wire.identity import item_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from services.ingest.records import Parsed
    from shared.wire.publication import Publication


class Judged(msgspec.Struct, kw_only=True, gc=False):
    """What became of one record.

    Attributes:
        version: what is to be stored, ``None`` when nothing is.
        before: what was known until then, where something was and a version is to be stored.
        changed: fields that the stored version says anew; empty for a new publication and for one that is unchanged.
        enriched: only what was empty was filled in.
        difference: for people: what a correction changed.
    """

    hashed: Hashed
    key: str
    outcome: Outcome
    version: PublicationVersion | None = None
    before: "Publication | None" = None
    changed: tuple[str, ...] = ()
    enriched: bool = False
    difference: str | None = None


def judge(
    documents: "Iterable[Hashed]",
    known: "Mapping[str, str]",
    histories: "dict[str, list[PublicationVersion]]",
    *,
    accepted_at: "datetime",
    origin_of: "Callable[[Parsed], str]",
) -> list[Judged]:
    """Judge records in their order.

    Args:
        documents: what was read.
        known: item key → content hash of what the store has.
        histories: item key → its versions, oldest first: at least of every key that is known with other content than a record's. Grows by
            the versions that come out.
        accepted_at: when.
        origin_of: where a record was read, for people.
    """
    judged = []
    for hashed in documents:
        record = hashed.parsed.publication
        key = item_key(record)
        history = histories.get(key)
        current_hash = history[-1].content_hash if history else known.get(key)
        if current_hash == hashed.content_hash:
            judged.append(Judged(hashed=hashed, key=key, outcome=Outcome.UNCHANGED))
            continue
        if history:
            one = _joined(hashed, key, history, accepted_at, origin_of)
        else:
            version = PublicationVersion(
                publication=record,
                content_hash=hashed.content_hash,
                accepted_at=accepted_at,
                origin=origin_of(hashed.parsed),
                source=record.source,
            )
            one = Judged(hashed=hashed, key=key, outcome=Outcome.ACCEPTED, version=version)
        if one.version is not None:
            histories.setdefault(key, []).append(one.version)
        judged.append(one)
    return judged


def _joined(
    hashed: Hashed,
    key: str,
    history: "list[PublicationVersion]",
    accepted_at: "datetime",
    origin_of: "Callable[[Parsed], str]",
) -> Judged:
    record, current = hashed.parsed.publication, history[-1]
    joined = join(record, history)
    changed = joined.filled + joined.changed
    if not changed and joined.said_by == current.said_by:
        return Judged(hashed=hashed, key=key, outcome=Outcome.UNCHANGED)
    version = PublicationVersion(
        publication=joined.publication,
        content_hash=content_hash(joined.publication),
        version=current.version + 1,
        accepted_at=accepted_at,
        origin=origin_of(hashed.parsed),
        source=record.source,
        said_by=joined.said_by,
    )
    differing = differences(current.publication, joined.publication) if joined.changed else ()
    return Judged(
        hashed=hashed,
        key=key,
        outcome=Outcome.CORRECTED if changed else Outcome.UNCHANGED,
        version=version,
        before=current.publication,
        changed=changed,
        enriched=bool(joined.filled) and not joined.changed,
        difference=sentence(differing) or None,
    )
