"""Searching stored publications: the newest first, a page at a time."""

import re
from typing import TYPE_CHECKING

import numpy as np

from services.matcher.engine import applicants, ipc, regions
from services.matcher.engine.conditions import Field
from services.matcher.engine.text import normalise
from services.matcher.lookback.holding import Texts
from services.matcher.lookback.past import Places
from services.matcher.lookback.values import value_key
from services.matcher.lookback.wanted import with_any
from shared.advice import Count, Found, Search
from shared.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from services.matcher.lookback.past import Past
    from services.matcher.lookback.segment import Segment
    from shared.wire.publication import Publication

MOST_ON_PAGE = 100
LONGEST = 200
"""Characters of what is searched for."""
_MOST_READ = 4_000
"""Candidates that are read for one page; where hardly any holds the words, the page ends early and the next goes on."""
_NUMBER = re.compile(r"[A-Z]{2}[0-9]{4,}([A-Z][0-9]?)?")
_KINDS = ("A", "B", "U", "S", "C", "Y")
_CURSOR = re.compile(r"(\d{1,7})\.(\S+)")


class Filter:
    """All that a search asks for but its days."""

    def __init__(self, wanted: Search) -> None:
        self.texts = Texts(wanted.text.split())
        place = wanted.ipc.strip()
        asked = [
            (Field.IPC, ipc.pattern_keys(place if place.endswith("*") else f"{place}*"), place),
            (Field.APPLICANT, applicants.pattern_keys(wanted.applicant), wanted.applicant.strip()),
            (Field.REGION, (regions.pattern_key(wanted.region),), wanted.region.strip()),
        ]
        self._keys = [[value_key(f"{field:d}{key}") for key in keys] for field, keys, given in asked if given]

    def documents(self, segment: "Segment") -> "NDArray[np.bool_]":
        """Return which documents of a segment may be meant."""
        found = self.texts.documents(segment)
        for keys in self._keys:
            found &= with_any(segment, keys)
        return found


def search(past: "Past", wanted: Search) -> Found:
    """Return a page.

    Raises:
        InvalidInputError: ``after`` is not what an earlier page gave, or what is searched for is too long.
    """
    if max(len(wanted.text), len(wanted.applicant)) > LONGEST:
        raise InvalidInputError(f"搜索的文字太长（最多 {LONGEST} 个字），请只写几个关键词。")
    if found := _by_number(past, wanted.text):
        return Found(publications=tuple(found), total=Count(matches=len(found)))
    asked = Filter(wanted)
    places = past.find(asked, since=wanted.since, before=wanted.before)
    total = asked.texts.count(past, places)
    page: list[Publication] = []
    limit = max(1, min(wanted.limit, MOST_ON_PAGE))
    last = ""
    for read, (day, place) in enumerate(_newest_first(past, places, wanted.after)):
        if len(page) == limit or read == _MOST_READ:
            return Found(publications=tuple(page), total=total, next=last)
        (publication,) = past.publications(place)
        last = f"{day}.{publication.publication_number}"
        if asked.texts.is_exact or asked.texts.held_by(publication):
            page.append(publication)
    return Found(publications=tuple(page), total=total)


def _by_number(past: "Past", text: str) -> "list[Publication]":
    """Return the publications that a text names by number, with or without its kind code."""
    number = "".join(normalise(text).split()).upper()
    if not (found := _NUMBER.fullmatch(number)):
        return []
    numbers = [number] if found[1] else [number, *(number + kind for kind in _KINDS)]
    return [one for number in numbers if (one := past.with_number(number)) is not None]


def _newest_first(past: "Past", places: Places, after: str | None) -> "Iterator[tuple[int, Places]]":
    """Give (day, place) one by one, the latest day first, and of a day what was added last."""
    days = past.days(places)
    seen: tuple[int, int] | None = None
    first = int(days.max(initial=0))
    if after is not None:
        if not (cursor := _CURSOR.fullmatch(after)):
            raise InvalidInputError("翻页标记无效；请从第一页重新开始。")
        first = int(cursor[1])
        seen = past.place_of(cursor[2])
    for day in np.unique(days[days <= first])[::-1].tolist():
        here = np.flatnonzero(days == day)[::-1]
        if seen is not None and day == first:
            segments, documents = places.segments[here], places.documents[here]
            here = here[(segments < seen[0]) | ((segments == seen[0]) & (documents < seen[1]))]
        for at in here:
            yield day, places.some(slice(at, at + 1))
