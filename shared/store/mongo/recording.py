"""How alerts are recorded: those that are new, and what others say more of those that wait.

No transaction: every alert stands for itself, its key makes recording it again harmless, and whoever records commits the bus
only when all of a batch is stored. What is told is stored before the first alert that names it.
"""

from typing import TYPE_CHECKING

from pymongo.errors import BulkWriteError

from shared.store.merging import merge_alert
from shared.store.mongo import alert_documents as rows
from shared.store.mongo.failures import is_duplicate
from shared.store.mongo.waiting import ALERTS, WAITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.store.mongo.documents import Document
    from shared.store.mongo.link import Link
    from shared.store.mongo.told import ToldPublications
    from shared.store.records import Alert


class Recorder:
    """Writes alerts."""

    def __init__(self, link: "Link", told: "ToldPublications") -> None:
        self._alerts = link[ALERTS]
        self._told = told

    async def record(self, alerts: "Sequence[Alert]") -> int:
        """Store those whose keys are new and return how many these are; bring what the others say to those that wait."""
        if not alerts:
            return 0
        names = await self._told.save(alerts)
        documents = [rows.document(alert, name) for alert, name in zip(alerts, names, strict=True)]
        try:
            await self._alerts.insert_many(documents, ordered=False)
        except BulkWriteError as error:
            if not is_duplicate(error):
                raise
            known = [one["index"] for one in error.details["writeErrors"]]
        else:
            return len(alerts)
        for index in known:
            await self._merge(alerts[index], names[index])
        return len(alerts) - len(known)

    async def _merge(self, found: "Alert", told: str) -> None:
        """Bring what an alert says to the stored one while that waits: a compare-and-set, again when somebody was faster."""
        one = {"_id": rows.id_of(found.key), **WAITS}
        while (stored := await self._alerts.find_one(one)) is not None:
            before: Document = {"told": stored["told"], "whys": stored["whys"]}
            (alert,) = await rows.records([stored], self._told)
            merged = merge_alert(alert, found)
            due = rows.first_due(found)
            if merged is alert and due >= stored["due"]:
                return
            changes = {"told": told, "whys": rows.written(merged.whys), "score": float(merged.score)}
            sooner = {"$set": changes, "$min": {"due": due}}
            if (await self._alerts.update_one({**one, **before}, sooner)).matched_count:
                return
