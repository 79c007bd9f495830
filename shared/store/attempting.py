"""Starts and ends of attempts as stores write them down, many at a time: each is told from all others, whatever it holds."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.errors import NotFoundError

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from shared.store.records import Attempt


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """A delivery that somebody wants to send; see `shared.store.outbox.Deliveries.start`."""

    delivery_id: str
    owner: str
    now: "datetime"
    lease: "timedelta"


@dataclass(frozen=True, slots=True, eq=False)
class Ending:
    """An attempt that is over, with its outcome; see `shared.store.outbox.Deliveries.finish`."""

    attempt: "Attempt"
    now: "datetime"
    next_attempt_at: "datetime | None"


def not_found(delivery_id: str) -> NotFoundError:
    """Return the error for a delivery that there is not."""
    return NotFoundError(f"没有推送 {delivery_id}；用 zhitui delivery list 看看有哪些。")
