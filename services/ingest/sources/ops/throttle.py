"""How fast OPS may be asked: what ``X-Throttling-Control`` allows, service by service.

``idle (images=green:200, inpadoc=green:60, other=green:1000, retrieval=green:200, search=green:30)``: the number is the
requests a minute that the service takes now; the colour says how much of them the last minute has used (green under half,
yellow under three quarters, red more, black all: refused). Source: OPS reference guide 1.3, fair use.
"""

import re

from shared.retry_after import LONGEST_SECONDS

_SERVICE = re.compile(r"(\w+)=(green|yellow|red|black):(\d+)")
_SLOWER = {"green": 1.0, "yellow": 1.5, "red": 2.0}
_MINUTE_SECONDS = 60.0

AT_FIRST_SECONDS = 2.0
"""Between requests as long as OPS has not said anything: thirty a minute, what a search takes when all is quiet."""


class Throttle:
    """Remembers what OPS said. Moments are seconds on any clock that goes forward."""

    def __init__(self) -> None:
        self._spacing: dict[str, float] = {}
        self._not_before: dict[str, float] = {}
        self._called_at: dict[str, float] = {}

    def called(self, service: str, at: float) -> None:
        """Note a request."""
        self._called_at[service] = at

    def observe(self, control: str, retry_after: str | None, at: float) -> None:
        """Note what an answer said; a header that is none changes nothing.

        Args:
            control: ``X-Throttling-Control``.
            retry_after: ``Retry-After``, which OPS gives in milliseconds.
            at: when the answer came.
        """
        for service, colour, number in _SERVICE.findall(control):
            if colour == "black" or not int(number):
                seconds = retry_seconds(retry_after)
                self._not_before[service] = at + (_MINUTE_SECONDS if seconds is None else seconds)
                self._spacing.pop(service, None)
            else:
                self._not_before.pop(service, None)
                self._spacing[service] = _SLOWER[colour] * _MINUTE_SECONDS / int(number)

    def wait_seconds(self, service: str, now: float) -> float:
        """Return how long to wait before the next request to a service."""
        last = self._called_at.get(service)
        spaced = now if last is None else last + self._spacing.get(service, AT_FIRST_SECONDS)
        return max(spaced, self._not_before.get(service, now), now) - now


def retry_seconds(retry_after: str | None) -> float | None:
    """Return what ``Retry-After`` says, given in milliseconds, at most a day; ``None`` when it says nothing usable."""
    if not retry_after or not retry_after.isascii() or not retry_after.isdigit():
        return None
    return min(float(retry_after) / 1000, LONGEST_SECONDS)
