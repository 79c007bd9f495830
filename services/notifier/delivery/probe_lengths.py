"""How long probes last, and so when a place for one more may be free."""

from datetime import timedelta

from services.notifier.delivery.places import PROBES

LATEST_COUNTS = 0.1
"""Weight of the latest probe in the mean."""

NOTHING_KNOWN = timedelta(seconds=5)
"""Before the first probe has ended."""

AT_LEAST = timedelta(seconds=1)
"""A place that is free now and then is looked at no more often."""


class ProbeLengths:
    """The mean of the probes of late: short where receivers are back, a whole time-out where they are dead."""

    def __init__(self) -> None:
        self._mean_seconds: float | None = None

    def note(self, seconds: float) -> None:
        """Count a probe that ended."""
        before = seconds if self._mean_seconds is None else self._mean_seconds
        self._mean_seconds = before + LATEST_COUNTS * (seconds - before)

    def until_free(self, waiting: int) -> timedelta:
        """Return how long the last of so many waits for a place, all of which are taken now."""
        if self._mean_seconds is None:
            return NOTHING_KNOWN
        return max(timedelta(seconds=self._mean_seconds * (1 + waiting / PROBES)), AT_LEAST)
