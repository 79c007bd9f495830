"""What processes agree on through the store: who owns what, how often somebody may be called, who is alive.

The store's clock decides when anything here is over, never a caller's: processes whose clocks are hours apart see the same.
(The embedded store goes by the clock of its one machine, MongoDB by its server's.) So no call takes or returns a moment.
A holder counts its own time from *before* the call that gave it something, with a clock that nobody sets.
"""

from enum import StrEnum
from typing import Protocol

import msgspec


class Lease(msgspec.Struct, frozen=True, kw_only=True):
    """A right that one owner has at a time.

    Attributes:
        name: of what is owned.
        owner: who has it.
        token: larger than that of every lease of this name before it, however those ended (a fencing token).
    """

    name: str
    owner: str
    token: int


class Leases(Protocol):
    """Collection ``leases``: what only one process may do at a time."""

    async def acquire(self, name: str, owner: str, *, seconds: float) -> Lease | None:
        """Take a lease that nobody has, for so long from now.

        Its own owner may take it again: that is a new lease, and the one before it is lost.

        Returns:
            The lease, ``None`` while another owner has it.
        """
        ...

    async def renew(self, lease: Lease, *, seconds: float) -> bool:
        """Let it last for so long from now; false when it is over or somebody else's, and then it stays lost."""
        ...

    async def release(self, lease: Lease) -> None:
        """Give it back, so that others need not wait; one that is lost already is left alone."""
        ...

    async def held(self) -> list[Lease]:
        """Return the leases that are not over, by name."""
        ...


class Lanes(Protocol):
    """Collection ``lanes``: how often somebody outside may be called, whoever calls."""

    async def take(self, lane: str, turn: str, *, calls: int, window_seconds: float, hold_seconds: float) -> float:
        """Take a turn to call, unless as many as may be counted are counted already: one atomic step.

        A turn counts until `done` says that the call is over, and for ``window_seconds`` after that. One that is never
        done (its process died) counts for ``hold_seconds`` and the window: whether it called, nobody knows.

        Args:
            lane: what the other side counts by.
            turn: names this turn; taking one that is taken already changes nothing and succeeds.
            calls: how many turns may count at a time, at least 1.
            window_seconds: the window in which the other side counts.
            hold_seconds: longer than a call lasts.

        Returns:
            0.0 when the turn is taken; else nothing was taken, and it is no use to ask again within so many seconds.
        """
        ...

    async def done(self, lane: str, turn: str, *, window_seconds: float) -> None:
        """Say that the turn's call is over: it counts for ``window_seconds`` from now. Unknown turns are left alone."""
        ...

    async def forget(self) -> None:
        """Forget the turns that count no more, of all lanes: one that nobody takes again holds nothing for long."""
        ...


class Member(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A process that runs a role."""

    role: str
    instance: str


class Members(Protocol):
    """Collection ``members``: which processes are alive. The dead are forgotten in time."""

    async def beat(self, role: str, instance: str, *, seconds: float) -> list[str]:
        """Say that this process is alive, for so long from now; return the living instances of its role, sorted."""
        ...

    async def leave(self, role: str, instance: str) -> None:
        """Say that this process stops; twice is once."""
        ...

    async def alive(self) -> list[Member]:
        """Return the living of all roles, sorted."""
        ...


class Standing(StrEnum):
    """What an idempotency key says to a request that brings it.

    ``BEGUN``: do it. ``IN_PROGRESS``: another one does it just now. ``DIFFERENT``: the key came with another content.
    ``DONE``: it was done; here is the answer.
    """

    BEGUN = "begun"
    IN_PROGRESS = "in_progress"
    DIFFERENT = "different"
    DONE = "done"


TOKEN_BITS = 62
"""Of the random token of a request that was begun: a key that was forgotten and begun anew has another one."""


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """What `Idempotency.begin` says.

    Attributes:
        token: for `Idempotency.finish`, of what is ``BEGUN``, else 0.
        answer: of what is ``DONE``.
    """

    standing: Standing
    token: int = 0
    answer: bytes | None = None


class Idempotency(Protocol):
    """Collection ``idempotency_keys``: which requests were answered, and how; forgotten in time."""

    async def begin(self, key: str, digest: str, *, lease_seconds: float) -> Begun:
        """Begin a request, unless its key is taken: one atomic step.

        Args:
            key: what the caller names the request by.
            digest: of its content.
            lease_seconds: longer than answering takes; after that somebody may begin it anew (its process died).
        """
        ...

    async def finish(self, key: str, token: int, answer: bytes, *, keep_seconds: float) -> bool:
        """Keep the answer for so long from now; false when somebody else has begun it meanwhile, and then theirs counts."""
        ...

    async def give_up(self, key: str, token: int) -> None:
        """Let the key be free again, as the request was not done; one that is lost already is left alone."""
        ...
