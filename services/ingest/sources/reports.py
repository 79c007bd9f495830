"""How it stands with every source: what is configured, what the store knows of it, what its history says."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from services.ingest.formats.unrecognised import HTML
from services.ingest.sources import http_push, watch_folder
from services.ingest.sources.health import HISTORY_DAYS, Remark, Sign, remarks
from services.ingest.sources.problems import NOTHING_RECOGNISED, WEB_PAGE
from services.ingest.sources.timing import next_visit_at, unvisited
from shared.store.quarantined import Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from services.ingest.sources.scheduled import ScheduledSource
    from shared.store.incoming import SourceHour, SourceState
    from shared.store.port import Store

STANDING = (watch_folder.SOURCE, http_push.SOURCE)
"""Sources that wait for somebody to bring something; their kind is their name."""

_LAST_WEB_PAGES = 200


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """How it stands with a source.

    Attributes:
        succeeded_at: when it last answered, or was last sent something that could be read; ``new_at``: something new.
        next_visit_at: for a scheduled one, ``None`` when it is due.
        problem_since: of the problem with visits, not of what the history says.
    """

    name: str
    kind: str
    is_scheduled: bool
    visited_at: datetime | None
    succeeded_at: datetime | None
    new_at: datetime | None
    next_visit_at: datetime | None
    problem_since: datetime | None
    remarks: tuple[Remark, ...]


async def look(
    store: "Store", scheduled: "Sequence[ScheduledSource]", *, now: datetime, zone: "ZoneInfo"
) -> list[Report]:
    """Return how it stands with every source, the scheduled ones first.

    Raises:
        RetryLaterError: the store does not answer.
    """
    states = {state.name: state for state in await store.sources.all()}
    sent: defaultdict[str, list[SourceHour]] = defaultdict(list)
    for hour in await store.runs.hours(since=now - timedelta(days=HISTORY_DAYS)):
        sent[hour.source].append(hour)
    web_pages: dict[str, datetime] = {}
    wanted = Wanted(reason_codes=(HTML,), waiting=True)
    for item in await store.quarantine.recent(wanted, limit=_LAST_WEB_PAGES):
        web_pages[item.source] = max(item.seen_at, web_pages.get(item.source, item.seen_at))

    def judged(name: str) -> list[Remark]:
        return remarks(sent[name], now=now, zone=zone, web_page_at=web_pages.get(name))

    return [
        *(
            _scheduled(source, states.get(source.name) or unvisited(source), judged(source.name))
            for source in scheduled
        ),
        *(_standing(name, sent[name], judged(name)) for name in STANDING),
    ]


def _scheduled(source: "ScheduledSource", state: "SourceState", judged: list[Remark]) -> Report:
    found = list(judged)
    if state.problem is not None:
        sign = {WEB_PAGE: Sign.WEB_PAGE, NOTHING_RECOGNISED: Sign.UNREAD}.get(state.problem, Sign.VISIT)
        found = [Remark(sign, state.problem), *(remark for remark in judged if remark.sign is not sign)]
    return Report(
        name=source.name,
        kind=source.kind,
        is_scheduled=True,
        visited_at=state.visited_at,
        succeeded_at=state.succeeded_at,
        new_at=state.new_at,
        next_visit_at=next_visit_at(state, source.every),
        problem_since=state.problem_since,
        remarks=tuple(found),
    )


def _standing(name: str, hours: "Sequence[SourceHour]", judged: list[Remark]) -> Report:
    return Report(
        name=name,
        kind=name,
        is_scheduled=False,
        visited_at=None,
        succeeded_at=max((one.hour for one in hours if one.inputs > one.failed), default=None),
        new_at=max((one.hour for one in hours if one.new), default=None),
        next_visit_at=None,
        problem_since=None,
        remarks=tuple(judged),
    )
