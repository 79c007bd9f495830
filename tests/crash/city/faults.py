"""What goes wrong, and when: a schedule that a seed decides, so that a run can be had again."""

import random
from dataclasses import dataclass
from enum import StrEnum
from typing import TypedDict

ROLES = ("ingest1", "matcher1", "matcher2", "notifier1", "notifier2")
KAFKA, MONGOD = "kafka", "mongod"
SERVERS = (KAFKA, MONGOD)

SHARE_OF_SERVERS = 0.2
SHARE_IN_FLOW = 0.5
"""So many faults wait until messages arrive again; the others strike while the one before is being recovered from."""

EDITOR = "editor"
"""Who edits profiles, in the driver's process; only his network can be harmed."""

SHORT_SECONDS = (0.5, 12.0)
LONG_SECONDS = (28.0, 36.0)
SHARE_OF_LONG = 0.2
"""Shorter and longer than the session, any lease, any wait for an answer and a delivery's turn here."""


class Kind(StrEnum):
    """What is done to a target."""

    KILL = "SIGKILL"
    FREEZE = "SIGSTOP"
    STALL = "network stalls"
    ONE_WAY = "network stalls one way"
    DELAY = "network delays"
    TEAR = "connection torn inside a message"
    REFUSE = "network refuses"
    STEP_DOWN = "primary steps down"
    MOST_GONE = "SIGKILL of two of three"


IN_THE_NETWORK = (Kind.STALL, Kind.ONE_WAY, Kind.DELAY, Kind.TEAR, Kind.REFUSE)


class _Moment(TypedDict):
    in_flow: bool
    after_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        in_flow: wait first until something was told since the fault before.
        after_seconds: since then.
        target: a role's process, or a server.
        server: the other end, for what happens in the network.
        lasts_seconds: until it is restarted, thawed, healed.
        amount: bytes until the tear, seconds of delay.
    """

    in_flow: bool
    after_seconds: float
    kind: Kind
    target: str
    server: str = ""
    lasts_seconds: float = 0.0
    amount: float = 0.0


def kills(count: int, seed: int) -> list[Fault]:
    """Return SIGKILLs at random moments, a fifth of them of the broker or the database; what dies is soon started again."""
    chance = random.Random(seed)
    return [
        Fault(
            **_moment(chance),
            kind=Kind.KILL,
            target=chance.choice(SERVERS if chance.random() < SHARE_OF_SERVERS else ROLES),
            lasts_seconds=chance.uniform(0.0, 2.0),
        )
        for _ in range(count)
    ]


def storm(count: int, seed: int) -> list[Fault]:
    """Return everything else, with a kill now and then."""
    chance = random.Random(seed)
    return [_any(chance) for _ in range(count)]


def _any(chance: random.Random) -> Fault:
    moment = _moment(chance)
    kind = chance.choice((*IN_THE_NETWORK, Kind.FREEZE, Kind.FREEZE, Kind.STEP_DOWN, Kind.KILL))
    if kind is Kind.STEP_DOWN:
        return Fault(**moment, kind=kind, target=MONGOD)
    if kind is Kind.KILL:
        return Fault(**moment, kind=kind, target=chance.choice(ROLES + SERVERS), lasts_seconds=1.0)
    amount = {Kind.DELAY: chance.uniform(0.01, 0.4), Kind.TEAR: float(chance.randrange(1, 20_000))}.get(kind, 0.0)
    return Fault(
        **moment,
        kind=kind,
        target=chance.choice(ROLES if kind is Kind.FREEZE else (*ROLES, EDITOR)),
        server="" if kind is Kind.FREEZE else chance.choice(SERVERS),
        lasts_seconds=chance.uniform(*(LONG_SECONDS if chance.random() < SHARE_OF_LONG else SHORT_SECONDS)),
        amount=amount,
    )


def _moment(chance: random.Random) -> "_Moment":
    in_flow = chance.random() < SHARE_IN_FLOW
    return {"in_flow": in_flow, "after_seconds": chance.uniform(0.0, 1.5 if in_flow else 5.0)}
