"""What a server says of when to come again."""

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

LONGEST_SECONDS = 24 * 3600.0


def retry_seconds(told: str, now: "datetime") -> float | None:
    """Return how long to wait, at most a day; ``None`` when nothing usable is said.

    Args:
        told: the header ``Retry-After``: seconds, or a moment (RFC 9110, 10.2.3).
        now: when it came.
    """
    if told.isascii() and told.isdigit():
        seconds = float(told)
    else:
        try:
            seconds = (parsedate_to_datetime(told) - now).total_seconds()
        except (ValueError, TypeError, IndexError):
            return None
    return min(max(seconds, 0.0), LONGEST_SECONDS)
