"""Reads what the matcher found, and only as much of it as somebody is told.

Nine matches of ten are found for nobody: of those only the profile's id is looked at, and their evidence, which is most of the
event, stays as bytes.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from shared.errors import InvalidInputError
from shared.store.records import MatchRecord, Why
from shared.tracing.carry import TRACEPARENT
from shared.wire.events import CURRENT_VERSION, PublicationMatched, decode_event
from shared.wire.identity import item_key
from shared.wire.match import Evidence
from shared.wire.publication import Publication

if TYPE_CHECKING:
    from collections.abc import Container

    from shared.bus.port import Received


class _Match(msgspec.Struct, gc=False):
    profile_id: str
    score: float
    rule: int
    evidence: msgspec.Raw = msgspec.Raw(b"[]")


class _Event(msgspec.Struct):
    publication: Publication
    matches: list[_Match]
    profile_names: msgspec.Raw
    matched_at: datetime
    difference: str | None = None
    v: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One event: a publication and the profiles it was found in.

    Attributes:
        matches: all of them, for counting.
        whys: those that somebody subscribed to.
        difference: what a correction changed, for people; ``None`` when it is none.
        traceparent: the record's place in a trace, where it has one.
    """

    publication: Publication
    matches: MatchRecord
    whys: tuple[Why, ...]
    difference: str | None = None
    traceparent: str | None = None


_event = msgspec.json.Decoder(_Event).decode
_evidence = msgspec.json.Decoder(tuple[Evidence, ...]).decode
_names = msgspec.json.Decoder(dict[str, str]).decode


def read_found(received: "Received", subscribed: "Container[str]") -> Found:
    """Read an event of the matches topic.

    Args:
        received: the record.
        subscribed: ids of the profiles that somebody is told of.

    Raises:
        FutureSchemaError: its version is newer than this program knows; park it.
        InvalidInputError: it is no such event; dead-letter it.
    """
    raw = received.value or b""
    try:
        event = _event(raw)
        wanted = [match for match in event.matches if match.profile_id in subscribed]
        names = _names(event.profile_names) if wanted else {}
        whys = tuple(
            Why(
                profile_id=match.profile_id,
                profile_name=names.get(match.profile_id, ""),
                rule=match.rule,
                score=match.score,
                evidence=_evidence(match.evidence),
            )
            for match in wanted
        )
    except msgspec.MsgspecError as error:
        decode_event(raw, PublicationMatched)  # what is of a newer version need not look like ours
        raise InvalidInputError(f"不是合法的 PublicationMatched：{error}") from error
    if event.v > CURRENT_VERSION:
        decode_event(raw, PublicationMatched)
    return Found(
        publication=event.publication,
        matches=MatchRecord(
            publication_number=item_key(event.publication),
            profile_ids=tuple([match.profile_id for match in event.matches]),
            matched_at=event.matched_at,
        ),
        whys=whys,
        difference=event.difference,
        traceparent=received.headers.get(TRACEPARENT),
    )
