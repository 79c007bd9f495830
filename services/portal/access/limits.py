"""How often one token, member or address may ask; counted in each process by itself, as a guard and not as a price list.

The names of the headers: draft-ietf-httpapi-ratelimit-headers-10. The count is the generic cell rate algorithm: a burst as
large as the quota, then one request each ``window / quota`` seconds.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.portal.desk.refusals import TooManyError

if TYPE_CHECKING:
    from shared.clock import Clock

MOST_NAMES = 20_000
"""So many are remembered; when there are more, those who are owed nothing are forgotten first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A quota of requests in a window, under a name that the headers tell."""

    name: str
    quota: int
    window_seconds: int


TOKEN = Policy(name="token", quota=600, window_seconds=60)
MEMBER = Policy(name="member", quota=600, window_seconds=60)
ADDRESS = Policy(name="address", quota=240, window_seconds=60)
"""Of who shows nothing, or nothing that counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What is left after a request."""

    policy: Policy
    remaining: int
    reset_seconds: int

    @property
    def headers(self) -> dict[str, str]:
        """The headers that tell of it."""
        policy = self.policy
        return {
            "RateLimit-Policy": f'"{policy.name}";q={policy.quota};w={policy.window_seconds}',
            "RateLimit": f'"{policy.name}";r={self.remaining};t={self.reset_seconds}',
        }


class Limits:
    """Counts requests."""

    def __init__(self, clock: "Clock") -> None:
        self._clock = clock
        self._full_at: dict[tuple[str, str], float] = {}

    def take(self, policy: Policy, name: str) -> Allowance:
        """Count a request.

        Args:
            policy: which quota.
            name: whose: a token's id, an account's, a network.

        Raises:
            TooManyError: the quota is used up; the request does not count.
        """
        now = self._clock.now().timestamp()
        step = policy.window_seconds / policy.quota
        key = (policy.name, name)
        # The moment at which the whole quota is there again.
        full_at = max(self._full_at.get(key, now), now) + step
        over = full_at - now - policy.window_seconds
        if over > step / 1000:
            raise TooManyError(over)
        self._full_at[key] = full_at
        if len(self._full_at) > MOST_NAMES:
            self._forget(now)
        owed = full_at - now
        return Allowance(
            policy=policy,
            remaining=math.floor((policy.window_seconds - owed) / step + 1e-6),
            reset_seconds=math.ceil(owed),
        )

    def _forget(self, now: float) -> None:
        kept = sorted(((at, key) for key, at in self._full_at.items() if at > now), reverse=True)
        self._full_at = {key: at for at, key in kept[: MOST_NAMES // 2]}
