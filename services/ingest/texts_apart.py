"""Keeps what files of applications say, for the documents that come before or after them."""

import asyncio
from typing import TYPE_CHECKING

import msgspec

from services.ingest.joining.apart import heard, says_more
from shared.filing.application_texts import APPLICATION_TEXTS
from shared.wire.identity import says_nothing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence
    from datetime import datetime
    from typing import Any

    from services.ingest.classify import Hashed
    from services.ingest.records import Parsed
    from shared.filing.application_texts import ApplicationText
    from shared.store.filed import Filed
    from shared.store.port import Store


class TextsApart:
    """The texts of applications in the store.

    Args:
        stored: does what asks or writes a backend, and waits where that has no room.
    """

    def __init__(self, store: "Store", *, stored: "Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]") -> None:
        self._shelf = store.shelf(APPLICATION_TEXTS)
        self._stored = stored

    async def keep(
        self, records: "Sequence[Hashed]", *, kept_at: "datetime", origin_of: "Callable[[Parsed], str]"
    ) -> list[bool]:
        """Store what was read; return of each record whether it says something that was not known."""
        fresh = [False] * len(records)
        places: dict[str, list[int]] = {}
        for place, one in enumerate(records):
            if not says_nothing(one.parsed.publication):
                places.setdefault(one.parsed.publication.application_number or "", []).append(place)
        while places:
            known = await self.of(places)
            changed: list[ApplicationText] = []
            for application, of_it in places.items():
                before = known[application].document if application in known else None
                now = before
                for place in of_it:
                    parsed, earlier = records[place].parsed, now
                    now = heard(now, parsed.publication, at=kept_at, origin=origin_of(parsed))
                    fresh[place] = says_more(earlier, now)
                if now is not None and now != before:
                    changed.append(now)
            late = await self._put(changed, known)
            places = {application: of_it for application, of_it in places.items() if application in late}
        return fresh

    async def of(self, applications: "Iterable[str]") -> "dict[str, Filed[ApplicationText]]":
        """Return application number → its texts, of those of which there are any."""
        found: dict[str, Filed[ApplicationText]] = await self._stored(lambda: self._shelf.many(list(applications)))
        return found

    async def mark_joined(self, texts: "Iterable[Filed[ApplicationText]]") -> None:
        """Note that a document of these applications is known; where somebody was quicker, the next look notes it."""
        fresh = [one for one in texts if not one.document.joined]
        joined = {one.document.id: one for one in fresh}
        await self._put([msgspec.structs.replace(one.document, joined=True) for one in fresh], joined)

    async def _put(self, texts: "Sequence[ApplicationText]", known: "dict[str, Filed[ApplicationText]]") -> set[str]:
        """Store texts; return the applications of those where somebody else was quicker."""
        new = [one for one in texts if one.id not in known]
        changed = [one for one in texts if one.id in known]
        late = set() if not new or await self._stored(lambda: self._shelf.add(new)) else {one.id for one in new}
        done = await asyncio.gather(*(self._replace(one, known[one.id].revision) for one in changed))
        return late | {one.id for one, is_done in zip(changed, done, strict=True) if not is_done}

    async def _replace(self, text: "ApplicationText", revision: int) -> bool:
        return await self._stored(lambda: self._shelf.replace(text, revision=revision)) is not None
