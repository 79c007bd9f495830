"""How much waits for a subscription, and until when: counted where it lies."""

from typing import TYPE_CHECKING

from shared.sqlite.moments import from_microseconds
from shared.store.embedded.documents import encode
from shared.store.records import Backlog

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

_COUNTED = (
    "SELECT subscription_id, count(DISTINCT publication_number), min(due) FROM"
    " (SELECT subscription_id, publication_number, due FROM json_each(?) asked CROSS JOIN alerts INDEXED BY alerts_waiting"
    " WHERE destination_id = json_extract(asked.value, '$[1]') AND subscription_id = json_extract(asked.value, '$[0]')"
    " AND state = 'pending' LIMIT ?) GROUP BY subscription_id"
)


def backlogs(connection: "sqlite3.Connection", groups: "Sequence[tuple[str, str]]", limit: int) -> dict[str, Backlog]:
    """Return by subscription what waits for these (subscription id, destination id)."""
    asked = encode(sorted(set(groups))).decode()
    return {
        subscription_id: Backlog(publications=count, due_at=from_microseconds(max(0, due)))
        for subscription_id, count, due in connection.execute(_COUNTED, (asked, limit))
    }
