"""What is done with a batch of publications, away from the event loop: decode, match, encode."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shared.bus.port import Received, Record
from shared.errors import InvalidInputError
from shared.tracing.carry import handed_on
from shared.wire.difference import MATCHED
from shared.wire.events import (
    MAX_MATCH_BYTES_PER_EVENT,
    MAX_MATCHES_PER_EVENT,
    PublicationSeen,
    decode_event,
    encode_matched,
    matched_key,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from services.matcher.engine.live import LiveEngine


@dataclass(slots=True)
class Outcome:
    """What became of a batch.

    Attributes:
        records: for each publication that matched: where it came from, and what to append for it.
        poison: what can never be processed, and why.
    """

    records: list[tuple[Received, list[Record]]] = field(default_factory=list)
    poison: list[tuple[Received, Exception]] = field(default_factory=list)
    publications: int = 0
    candidates: int = 0
    matches: int = 0


def match_batch(live: "LiveEngine", received: "Sequence[Received]", matched_at: "datetime") -> "Iterator[Outcome]":
    """Match what was received; what cannot be read, or what the engine cannot take, is poison and stops nothing else.

    Yields:
        What became of it, in pieces: one, unless there is very much to say.
    """
    seen: list[tuple[Received, PublicationSeen]] = []
    unread = Outcome()
    for record in received:
        try:
            event = decode_event(record.value or b"", PublicationSeen)
        except InvalidInputError as error:
            unread.poison.append((record, error))
        else:
            if _may_match_anew(event):
                seen.append((record, event))
            else:
                unread.publications += 1
    if unread.poison or unread.publications:
        yield unread
    done = 0
    try:
        for outcome in _match(live, seen, matched_at):
            done += outcome.publications
            yield outcome
    except Exception:  # noqa: BLE001 - one publication that breaks the engine must not stop the others
        for one in seen[done:]:
            try:
                yield from _match(live, [one], matched_at)
            except Exception as error:  # noqa: BLE001 - and is kept whole, with the reason
                yield Outcome(poison=[(one[0], error)])


def _may_match_anew(event: PublicationSeen) -> bool:
    """Whether a profile may find what none found before: not in what an enrichment filled in where no profile looks.

    A correction is always matched, since whoever asked for corrections is told of any.
    """
    return not event.enriched or not event.changed or not MATCHED.isdisjoint(event.changed)


def _match(
    live: "LiveEngine", seen: "Sequence[tuple[Received, PublicationSeen]]", matched_at: "datetime"
) -> "Iterator[Outcome]":
    done = 0
    for found in live.match([event.publication for _, event in seen]):
        told = seen[done : done + len(found.publications)]
        done += len(told)
        yield Outcome(
            records=[
                (record, _events(event, lines, names, matched_at, handed_on(record)))
                for (record, event), lines, names in zip(told, found.json_lines(), found.names(), strict=True)
                if lines or event.difference
            ],
            publications=len(told),
            candidates=found.candidates,
            matches=len(found),
        )


def _events(
    event: PublicationSeen,
    lines: "Sequence[bytes]",
    names: "Sequence[bytes]",
    matched_at: "datetime",
    headers: "Mapping[str, str]",
) -> list[Record]:
    """Return the events that tell of a publication's matches: at most so many in each, and so many bytes.

    A correction that matches nothing has one, too: who was told of what it corrects may want to know.
    """
    records: list[Record] = []
    first = 0
    while first < len(lines) or not records:
        size, end = 0, first
        while (
            end < len(lines)
            and end - first < MAX_MATCHES_PER_EVENT
            and (end == first or size < MAX_MATCH_BYTES_PER_EVENT)
        ):
            size += len(lines[end]) + len(names[end])
            end += 1
        value = encode_matched(event, lines[first:end], names[first:end], matched_at)
        records.append(Record(key=matched_key(event.publication), value=value, headers=headers))
        first = end
    return records
