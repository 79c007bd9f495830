"""A city on three brokers and three members of a replica set, and the losses that copies are for."""

import asyncio
import json
import random
import shutil
import signal
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from pymongo.errors import PyMongoError

from shared.bus.kafka.cluster import open_cluster
from shared.bus.kafka.connecting import link_of
from shared.bus.topics import MATCHES
from shared.errors import ZhituiError
from tests.crash.city.city import ANSWER_SECONDS, City
from tests.crash.city.faults import KAFKA, MONGOD, ROLES, Fault, Kind
from tests.servers import own_replicas
from tools.services import Replicas, ServerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

T = TypeVar("T")

LEADER, COORDINATOR, CONTROLLER, PRIMARY = "leader", "coordinator", "controller", "primary"
"""Whoever is it at that moment: of a partition of the matches, of all groups, of the brokers, of the replica set."""

_GROUPS = "__consumer_offsets"

LOSSES = (
    (Kind.KILL, LEADER),
    (Kind.KILL, COORDINATOR),
    (Kind.KILL, CONTROLLER),
    (Kind.KILL, PRIMARY),
    (Kind.STEP_DOWN, PRIMARY),
    (Kind.FREEZE, PRIMARY),
    (Kind.FREEZE, LEADER),
    (Kind.MOST_GONE, KAFKA),
    (Kind.MOST_GONE, MONGOD),
    *((Kind.KILL, role) for role in ROLES[1:4:2]),
)

AWAY_SECONDS = (2.0, 12.0)
"""Shorter and longer than an election of either kind."""

ELECTION_SECONDS = 90.0
"""Far more than one takes: the machine may be busy, and a server may be starting just then."""

STEPPED_DOWN_SECONDS = 10
SETTLED_SECONDS = 3.0
"""After that long no acknowledgement is on its way any more of what was written before most were lost."""


def losses(rounds: int, seed: int) -> list[Fault]:
    """Return each loss once a round, in an order, at moments and for times that the seed decides."""
    chance = random.Random(seed)
    return [
        Fault(
            in_flow=chance.random() < 0.7,
            after_seconds=chance.uniform(0.0, 2.0),
            kind=kind,
            target=target,
            lasts_seconds=chance.uniform(*AWAY_SECONDS) if target not in ROLES else chance.uniform(0.0, 2.0),
        )
        for _ in range(rounds)
        for kind, target in chance.sample(LOSSES, len(LOSSES))
    ]


@dataclass
class ReplicatedCity(City):
    """See the module.

    Attributes:
        acknowledged: returns how much the stream was promised so far.
        promised_without_most: how much was, while most brokers or members were gone.
    """

    acknowledged: "Callable[[], int]" = field(default=lambda: 0)
    promised_without_most: int = 0

    @property
    def replicas(self) -> Replicas:
        """The servers."""
        assert isinstance(self.servers, Replicas)
        return self.servers

    def do(self, fault: Fault) -> None:
        """Let one of them happen; who is frozen is thawed and who is gone is coming back when it returns."""
        sys.stdout.write(f"{fault.kind}: {fault.target}, {fault.lasts_seconds:.1f} s\n")
        sys.stdout.flush()
        match fault.kind:
            case _ if fault.target in ROLES:
                super().do(fault)
            case Kind.MOST_GONE:
                self._lose_most(fault)
            case Kind.STEP_DOWN:
                self._step_down()
            case Kind.FREEZE:
                name = self._who(fault.target)
                self.replicas.kill(name, signal.SIGSTOP)
                time.sleep(fault.lasts_seconds)
                self.replicas.kill(name, signal.SIGCONT)
            case _:
                self.kill_server(self._who(fault.target), fault.lasts_seconds)

    def _lose_most(self, fault: Fault) -> None:
        names = [name for name in self.replicas.names if name.startswith(fault.target)]
        for name in random.Random(fault.after_seconds).sample(names, 2):
            self.kill_server(name, SETTLED_SECONDS + fault.lasts_seconds)
        time.sleep(SETTLED_SECONDS)
        before = self.acknowledged()
        time.sleep(max(fault.lasts_seconds - 0.5, 0.0))
        self.promised_without_most += self.acknowledged() - before

    def _step_down(self) -> None:
        """Let another one be elected, if there is one that runs and has caught up; else nobody can be asked to."""
        self._persist(lambda: self.replicas.mongod.primary().step_down(STEPPED_DOWN_SECONDS))

    def _who(self, target: str) -> str:
        """Return the name of the server that is it now, waiting for an election that is under way."""
        return self._persist(lambda: self._found(target))

    def _found(self, target: str) -> str:
        if target == PRIMARY:
            return f"{MONGOD}{self.replicas.mongod.members.index(self.replicas.mongod.primary()) + 1}"
        if target == CONTROLLER:
            return f"{KAFKA}{self._controller()}"
        topic = f"{self.settings().kafka_prefix}{MATCHES.name}" if target == LEADER else _GROUPS
        name = f"{KAFKA}{asyncio.run(self._leader(topic))}"
        if name not in self.replicas.names or self.replicas.pid(name) is None:
            raise ServerError(f"nobody leads {topic} yet")
        return name

    async def _leader(self, topic: str) -> int:
        async with open_cluster(link_of(self.settings())) as cluster:
            return (await cluster.describe(topic, fresh=True)).leaders[0]

    def _controller(self) -> int:
        """Return the node that leads the controllers, as the running brokers remember it."""
        votes = []
        for broker in self.replicas.kafka.members:
            file = broker.daemon.home / "data" / "__cluster_metadata-0" / "quorum-state"
            if broker.daemon.pid is not None and file.exists():
                vote = json.loads(file.read_text("utf-8"))
                votes.append((vote["leaderEpoch"], vote["leaderId"]))
        epoch, leader = max(votes, default=(0, -1))
        if leader < 0:
            raise ServerError(f"nobody leads the controllers in epoch {epoch}")
        return int(leader)

    def _persist(self, ask: "Callable[[], T]") -> "T":
        deadline = time.monotonic() + ELECTION_SECONDS
        while True:
            try:
                return ask()
            except (ServerError, ZhituiError, PyMongoError):
                if time.monotonic() > deadline:
                    raise
            time.sleep(0.2)


@contextmanager
def open_replicated_city(root: "Path") -> "Iterator[ReplicatedCity]":
    """Give a city as `tests.crash.city.city.open_city` does, on servers that have copies."""
    with ExitStack() as stack:
        city = ReplicatedCity(root, services=stack.enter_context(own_replicas(root / "servers")))
        stack.callback(city.close)
        city.start_sinks(answer_seconds=ANSWER_SECONDS)
        city.use_own_servers()
        city.subscribe()
        yield city
    shutil.rmtree(root / "servers", ignore_errors=True)
