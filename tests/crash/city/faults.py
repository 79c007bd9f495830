"""What goes wrong, and when: a schedule that a seed decides, so that a run can be had again."""

import random
from dataclasses import dataclass
from enum import StrEnum

ROLES = ("ingest1", "matcher1", "matcher2", "notifier1", "notifier2")
KAFKA, MONGOD = "kafka", "mongod"
SERVERS = (KAFKA, MONGOD)

SHARE_OF_SERVERS = 0.2
SHARE_OF_BURSTS = 0.2
"""So many faults follow the one before at once, while that is being recovered from."""

FROZEN_SECONDS = (1.0, 12.0)
"""Shorter and longer than any session and lease here."""


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


IN_THE_NETWORK = (Kind.STALL, Kind.ONE_WAY, Kind.DELAY, Kind.TEAR, Kind.REFUSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        after_seconds: since the fault before.
        target: a role's process, or a server.
        server: the other end, for what happens in the network.
        lasts_seconds: until it is restarted, thawed, healed.
        amount: bytes until the tear, seconds of delay.
    """

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
            after_seconds=_pause(chance, 11.0),
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
    kind = chance.choice((*IN_THE_NETWORK, Kind.FREEZE, Kind.FREEZE, Kind.STEP_DOWN, Kind.KILL))
    after_seconds = _pause(chance, 12.0)
    if kind is Kind.STEP_DOWN:
        return Fault(after_seconds=after_seconds, kind=kind, target=MONGOD)
    if kind is Kind.KILL:
        return Fault(after_seconds=after_seconds, kind=kind, target=chance.choice(ROLES + SERVERS), lasts_seconds=1.0)
    amount = {Kind.DELAY: chance.uniform(0.01, 0.4), Kind.TEAR: float(chance.randrange(1, 20_000))}.get(kind, 0.0)
    return Fault(
        after_seconds=after_seconds,
        kind=kind,
        target=chance.choice(ROLES),
        server="" if kind is Kind.FREEZE else chance.choice(SERVERS),
        lasts_seconds=chance.uniform(*FROZEN_SECONDS),
        amount=amount,
    )


def _pause(chance: random.Random, longest_seconds: float) -> float:
    return chance.uniform(0.0, 0.4) if chance.random() < SHARE_OF_BURSTS else chance.uniform(1.0, longest_seconds)
