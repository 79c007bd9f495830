"""Legal events by their codes and Chinese names; the tables and their sources are in ``resources/legal_event*.tsv``."""

import re
from functools import cache, lru_cache
from typing import NamedTuple

from services.ingest.resources import rows

OTHER = "other"
"""The event of what no table knows; its text is kept."""

MAX_DETAIL_CHARACTERS = 2000


class LegalEvent(NamedTuple):
    """What a code means.

    Attributes:
        event: word of the stream (``transfer``, ``pledge-end``).
        name: in Chinese, as the gazette prints it.
    """

    event: str
    name: str


def event_of_code(office: str, code: str) -> LegalEvent | None:
    """Return what an office's code means (``CN``, ``TR01``); ``None`` when it is not in the table."""
    return _codes().get((office, code.strip().upper()))


@lru_cache(maxsize=1024)
def event_of_name(name: str) -> str:
    """Return the event that a Chinese name, or a code of CNIPA's gazette, tells of; ``other`` when none is recognised."""
    known = event_of_code("CN", name)
    if known is not None:
        return known.event
    return next((event for pattern, event in _names() if pattern.search(name)), OTHER)


def detail(name: str, facts: list[str]) -> str:
    """Return the sentence of facts: ``专利权的转移：甲公司 → 乙公司；…``."""
    said = "；".join(filter(None, facts))
    return (f"{name}：{said}" if said else name)[:MAX_DETAIL_CHARACTERS]


def passed(before: str, after: str) -> str:
    """Return who had it and who has it now (``甲公司 → 乙公司``); ``""`` when neither is said."""
    return f"{before or '（未公告）'} → {after or '（未公告）'}" if before or after else ""


@cache
def _codes() -> dict[tuple[str, str], LegalEvent]:
    return {(office, code): LegalEvent(event, name) for office, code, event, name in rows("legal_events.tsv")}


@cache
def _names() -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(pattern), event) for pattern, event in rows("legal_event_names.tsv")]
