"""What is done with a batch of publications, away from the event loop: decode, match, encode."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shared.bus.port import Received, Record
from shared.errors import InvalidInputError
from shared.wire.events import MAX_MATCHES_PER_EVENT, PublicationMatched, PublicationSeen, decode_event, encode_event

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from services.matcher.engine.live import LiveEngine
    from shared.wire.match import Match


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


def match_batch(live: "LiveEngine", received: "Sequence[Received]", matched_at: "datetime") -> Outcome:
    """Match what was received; what cannot be read, or what the engine cannot take, is poison and stops nothing else."""
    outcome = Outcome()
    seen: list[tuple[Received, PublicationSeen]] = []
    for record in received:
        try:
            seen.append((record, decode_event(record.value or b"", PublicationSeen)))
        except InvalidInputError as error:
            outcome.poison.append((record, error))
    try:
        _match(live, seen, matched_at, outcome)
    except Exception:  # noqa: BLE001 - one publication that breaks the engine must not stop the others
        for one in seen:
            try:
                _match(live, [one], matched_at, outcome)
            except Exception as error:  # noqa: BLE001 - and is kept whole, with the reason
                outcome.poison.append((one[0], error))
    return outcome


def _match(
    live: "LiveEngine", seen: "Sequence[tuple[Received, PublicationSeen]]", matched_at: "datetime", outcome: Outcome
) -> None:
    found = live.match([event.publication for _, event in seen])
    outcome.records += [  # whole or not at all: a batch that fails is tried again one by one
        (record, _events(live, event, matches, matched_at))
        for (record, event), matches in zip(seen, found.matches, strict=True)
        if matches
    ]
    outcome.matches += sum(map(len, found.matches))
    outcome.publications += len(seen)
    outcome.candidates += found.candidates


def _events(
    live: "LiveEngine", event: PublicationSeen, matches: "Sequence[Match]", matched_at: "datetime"
) -> list[Record]:
    chunks = (matches[at : at + MAX_MATCHES_PER_EVENT] for at in range(0, len(matches), MAX_MATCHES_PER_EVENT))
    return [
        Record(
            key=event.publication.publication_number,
            value=encode_event(
                PublicationMatched(
                    publication=event.publication,
                    content_hash=event.content_hash,
                    change=event.change,
                    matches=tuple(chunk),
                    profile_names={match.profile_id: live.name_of(match.profile_id) for match in chunk},
                    matched_at=matched_at,
                )
            ),
        )
        for chunk in chunks
    ]
