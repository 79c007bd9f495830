"""What subscriptions tell, as people read it: one row a publication, however many destinations are told."""

from typing import TYPE_CHECKING

from pymongo import DESCENDING

from shared.sqlite.moments import to_microseconds
from shared.store.mongo import alert_documents as rows
from shared.store.mongo.waiting import ALERTS
from shared.store.mongo.walking import older, pieces
from shared.store.positions import moment_of
from shared.store.records import SHOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from shared.store.filed import Position
    from shared.store.mongo.documents import Document
    from shared.store.mongo.link import Link
    from shared.store.mongo.told import ToldPublications
    from shared.store.records import Alert

_IS_SHOWN = {"state": {"$in": [state.value for state in SHOWN]}}
_KEYS = {"publication_number": 1, "subscription_id": 1}
_RANGES_AT_ONCE = 100
_NEWEST_FIRST = [("created_at_us", DESCENDING), ("_id", DESCENDING)]
"""As the index has them: an id begins with the publication's number, then comes the subscription's id."""

_Row = tuple[str, str]
"""Publication number and subscription id."""


class Inbox:
    """Reads alerts for people."""

    def __init__(self, link: "Link", told: "ToldPublications") -> None:
        self._alerts = link[ALERTS]
        self._told = told

    async def page(
        self, subscription_ids: "Sequence[str]", since: "datetime | None", before: "Position | None", limit: int
    ) -> "list[Alert]":
        """Return what these told or will tell, newest first."""
        conditions: list[Document] = [{"subscription_id": {"$in": list(subscription_ids)}, **_IS_SHOWN}]
        if since is not None:
            conditions.append({"created_at_us": {"$gte": to_microseconds(since)}})
        if before is not None:
            conditions += older(to_microseconds(moment_of(before)), f"{before.id} ")
        kept: list[Document] = []
        cursor = self._alerts.find({"$and": conditions}, _KEYS, sort=_NEWEST_FIRST, batch_size=limit)
        async with cursor:
            while len(kept) < limit and (found := await cursor.to_list(limit)):
                newest = {one["_id"]: one for one in (await self._newest({_row(one) for one in found})).values()}
                kept += [newest[one["_id"]] for one in found if one["_id"] in newest]
        return await rows.records(kept[:limit], self._told)

    async def of_publication(self, subscription_ids: "Sequence[str]", publication_number: str) -> "list[Alert]":
        """Return those of one publication."""
        found = await self._newest((publication_number, subscription_id) for subscription_id in subscription_ids)
        newest_first = sorted(found.values(), key=_age, reverse=True)
        return await rows.records(newest_first, self._told)

    async def _newest(self, wanted: "Iterable[_Row]") -> "dict[_Row, Document]":
        """Return the alert that stands for each row: of those to its destinations, the one that was recorded last."""
        found: list[Document] = []
        for piece in pieces(wanted, _RANGES_AT_ONCE):
            ranges = [{"_id": {"$gte": f"{' '.join(row)} ", "$lt": f"{' '.join(row)}!"}} for row in piece]
            found += await self._alerts.find({"$or": ranges, **_IS_SHOWN}).to_list()
        return {_row(one): one for one in sorted(found, key=_age)}


def _row(document: "Document") -> _Row:
    return document["publication_number"], document["subscription_id"]


def _age(document: "Document") -> tuple[int, str]:
    return document["created_at_us"], document["_id"]
