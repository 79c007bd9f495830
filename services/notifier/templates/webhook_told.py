"""What a webhook's body says of one publication: all of it, or less where that is too much."""

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from services.notifier.templates.webhook_shapes import Applicant, Reason, Told
from shared.wording.items import shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.notifier.channels.port import Frame
    from shared.store.records import Alert, Why
    from shared.wire.publication import Publication


class Measure(NamedTuple):
    """How much is said of one publication: characters of a text, names and symbols, reasons, hits of each."""

    text: int
    names: int
    reasons: int
    hits: int


FULL, BRIEF, LEAST = Measure(1000, 20, 10, 30), Measure(200, 5, 3, 6), Measure(100, 1, 1, 0)

_json = msgspec.json.Encoder().encode

_SILENT_BYTES = len(_json(((), 0.0)))


def fitting(frame: "Frame", alert: "Alert", limit_bytes: int) -> Told:
    """Return as much as takes at most so much, or the least that is said."""
    subscription_ids = frame.told_by[alert.key] if frame.told_by else msgspec.UNSET
    publication, whys = alert.publication, alert.whys
    for measure in (FULL, BRIEF):
        told = _told(publication, whys, alert.score, measure, subscription_ids)
        if len(_json(told)) <= limit_bytes:
            return told
    return _told(publication, whys, alert.score, LEAST, subscription_ids)


def alone_bytes(publication: "Publication") -> int:
    """Return what a publication takes but for reasons and score; 0: there is more than is ever told."""
    told = _told(publication, (), 0.0, FULL)
    return 0 if told.shortened else len(_json(told)) - _SILENT_BYTES


def full_bytes(alone: int, whys: "Sequence[Why]", score: float) -> int:
    """Return what an alert takes when all of it is told by one subscription; 0: there is more than is ever told.

    Args:
        alone: what `alone_bytes` says of its publication, not 0.
        whys: all its reasons.
        score: its score.
    """
    if len(whys) > FULL.reasons:
        return 0
    for why in whys:
        if len(why.evidence) > FULL.hits or len(why.profile_name) > FULL.text:
            return 0
    return alone + len(_json((whys, float(score))))


def _told(
    publication: "Publication",
    whys: "Sequence[Why]",
    score: float,
    most: Measure,
    subscription_ids: "tuple[str, ...] | msgspec.UnsetType" = msgspec.UNSET,
) -> Told:
    detail = publication.event_detail
    return Told(
        publication_number=publication.publication_number,
        kind=publication.kind,
        event=publication.event,
        title=shorten(publication.title, most.text),
        application_number=publication.application_number,
        published_on=publication.published_on,
        filed_on=publication.filed_on,
        event_on=publication.event_on,
        event_detail=None if detail is None else shorten(detail, most.text),
        applicants=tuple(
            Applicant(shorten(one.name, most.text), one.region) for one in publication.applicants[: most.names]
        ),
        ipc=publication.ipc[: most.names],
        locarno=publication.locarno[: most.names],
        score=score,
        reasons=tuple(_reason(why, most) for why in whys[: most.reasons]),
        shortened=(
            len(publication.title) > most.text
            or len(detail or "") > most.text
            or any(len(one.name) > most.text for one in publication.applicants)
            or max(map(len, (publication.applicants, publication.ipc, publication.locarno))) > most.names
            or len(whys) > most.reasons
            or any(len(why.evidence) > most.hits for why in whys)
        ),
        subscription_ids=subscription_ids,
    )


def _reason(why: "Why", most: Measure) -> Reason:
    return Reason(
        profile_id=why.profile_id,
        profile_name=shorten(why.profile_name, most.text),
        rule=why.rule,
        score=why.score,
        evidence=why.evidence[: most.hits],
    )
