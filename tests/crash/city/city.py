"""The city: a Kafka, a MongoDB and the roles as processes, a supervisor that starts again what ends, and faults."""

import shutil
import signal
import sys
import threading
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tests.crash.city.faults import EDITOR, KAFKA, MONGOD, ROLES, Fault, Kind
from tests.faults.proxy import Direction, Proxy
from tests.integration.scaleout.cluster import Cluster
from tests.servers import own_services
from tools.services import Listener, Replicas, ServerError, Services, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from shared.settings import Settings

SESSION_SECONDS = 3
"""Not ten: what a dead process held goes to others sooner, and the run needs no hours."""

FLOW_SECONDS = 8.0
"""Longest wait for messages to arrive again."""

ANSWER_SECONDS = 0.2
"""How long the sinks take to answer: a notifier that dies meanwhile may have told."""

_LOOK_SECONDS = 0.05
_TELL_EVERY = 20


@dataclass
class City(Cluster):
    """See the module.

    Attributes:
        services: the servers.
        proxies: (role's process, server) → what lies between them, where faults in the network are wanted.
        done: what was done to whom.
        exits: processes that ended by themselves, with their status.
    """

    services: "Services | Replicas | None" = None
    proxies: "Mapping[tuple[str, str], Proxy]" = field(default_factory=dict)
    done: "Counter[tuple[str, str]]" = field(default_factory=Counter)
    exits: "Counter[tuple[str, int]]" = field(default_factory=Counter)
    _again_at: dict[str, float] = field(default_factory=dict)
    _healing: list[threading.Timer] = field(default_factory=list)
    _changing: "dict[str, threading.RLock]" = field(init=False)
    _over: threading.Event = field(default_factory=threading.Event)
    _supervisors: list[threading.Thread] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._changing = {name: threading.RLock() for name in (*ROLES, *self.servers.names)}

    @property
    def servers(self) -> "Services | Replicas":
        """The servers."""
        assert self.services is not None
        return self.services

    def use_own_servers(self) -> None:
        """Point the programs at the city's servers, some of them by ways of their own."""
        self.use_servers(self.servers.kafka_bootstrap_servers, self.servers.mongo_uri)
        self.environment["ZHITUI_SESSION_SECONDS"] = str(SESSION_SECONDS)
        for (role, server), proxy in self.proxies.items():
            assert isinstance(self.servers, Services)
            self.own_environment.setdefault(role, {}).update(
                {"ZHITUI_KAFKA_BOOTSTRAP_SERVERS": proxy.address}
                if server == KAFKA
                else {"ZHITUI_MONGO_URI": self.servers.mongo_uri_through(proxy.port)}
            )

    def settings_of(self, name: str) -> "Settings":
        """Return the settings with which a process is started."""
        return replace(self, environment=self.environment | self.own_environment.get(name, {})).settings()

    def supervise(self) -> None:
        """Start everything, and again whatever ends, until `hand_over`."""
        self.serve(*ROLES)
        for name in (*ROLES, *self.servers.names):
            work = self._watch_server if name in self.servers.names else self._watch_role
            thread = threading.Thread(target=work, args=(name,), name=f"supervisor of {name}", daemon=True)
            thread.start()
            self._supervisors.append(thread)

    def hand_over(self) -> None:
        """End the supervision; what runs, runs on."""
        self._over.set()
        for thread in self._supervisors:
            thread.join(120)

    def suffer(self, faults: "Sequence[Fault]") -> None:
        """Let it all happen; afterwards everything is thawed and healed, and soon running."""
        for fault in faults:
            if fault.in_flow:
                self.wait_for_flow()
            time.sleep(fault.after_seconds)
            self.do(fault)
            self.done[fault.kind, fault.target] += 1
            if (times := sum(self.done.values())) % _TELL_EVERY == 0:
                sys.stdout.write(f"{times} of {len(faults)}\n")
                sys.stdout.flush()
        for timer in self._healing:
            timer.join(60)

    def ingest_address(self) -> str | None:
        """Return where to push, while that is known."""
        try:
            return (self.root / "ingest1" / "http.address").read_text("utf-8").strip()
        except OSError:
            return None

    def wait_for_flow(self, seconds: float = FLOW_SECONDS) -> None:
        """Wait until something more is told, or so long."""
        told, deadline = self.journal.stat().st_size, time.monotonic() + seconds
        while self.journal.stat().st_size == told and time.monotonic() < deadline:
            time.sleep(_LOOK_SECONDS)

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a role's process a signal, if it runs."""
        with self._changing[name]:
            if self.processes[name].poll() is None:
                self.processes[name].send_signal(number)

    def do(self, fault: Fault) -> None:
        """Let one of them happen."""
        match fault.kind:
            case Kind.KILL if fault.target in self.servers.names:
                self.kill_server(fault.target, fault.lasts_seconds)
            case Kind.KILL:
                self._kill_role(fault)
            case Kind.FREEZE:
                self.signal(fault.target, signal.SIGSTOP)
                self._later(fault.lasts_seconds, lambda: self.signal(fault.target, signal.SIGCONT))
            case Kind.STEP_DOWN:
                assert isinstance(self.servers, Services)
                with self._changing[MONGOD]:
                    self._wait(lambda: self.servers.pid(MONGOD) is not None, "mongod is not started again", 90)
                    self.servers.step_down_primary(2)
            case _:
                self._harm_network(fault)

    def _harm_network(self, fault: Fault) -> None:
        proxy = self.proxies[fault.target, fault.server]
        way = Direction.TO_CLIENT if int(fault.lasts_seconds * 1000) % 2 else Direction.TO_SERVER
        match fault.kind:
            case Kind.STALL:
                proxy.stall()
            case Kind.ONE_WAY:
                proxy.stall(way)
            case Kind.DELAY:
                proxy.delay(fault.amount, fault.amount)
            case Kind.TEAR:
                proxy.tear(int(fault.amount), way)
            case _:
                proxy.refuse()
        self._later(fault.lasts_seconds, proxy.heal)

    def _kill_role(self, fault: Fault) -> None:
        while True:
            with self._changing[fault.target]:
                if self.processes[fault.target].poll() is None:
                    self._again_at[fault.target] = time.monotonic() + fault.lasts_seconds
                    self.kill_one(fault.target)
                    return
            time.sleep(_LOOK_SECONDS)  # it is down and will be up in a moment: a kill is a kill

    def kill_server(self, name: str, seconds: float) -> None:
        """SIGKILL a server; the supervisor starts it again after so long. One that is down just then is killed when it is up."""
        while True:
            with self._changing[name]:
                if self.servers.pid(name) is not None:
                    self._again_at[name] = time.monotonic() + seconds
                    self.servers.kill(name)
                    return
            time.sleep(_LOOK_SECONDS)

    def _later(self, seconds: float, work: "object") -> None:
        timer = threading.Timer(seconds, work)  # type: ignore[arg-type]
        timer.daemon = True
        timer.start()
        self._healing.append(timer)

    def _watch_role(self, name: str) -> None:
        while not self._over.wait(_LOOK_SECONDS):
            with self._changing[name]:
                status = self.processes[name].poll()
                if status is None or time.monotonic() < self._again_at.get(name, 0.0):
                    continue
                if status != -signal.SIGKILL:
                    self.exits[name, status] += 1
                    (self.root / name / "http.address").unlink(missing_ok=True)
                self.serve(name)

    def _watch_server(self, name: str) -> None:
        while not self._over.wait(_LOOK_SECONDS):
            if self.servers.pid(name) is None and time.monotonic() >= self._again_at.get(name, 0.0):
                try:
                    self.servers.start(name)
                except ServerError:  # killed while it started, or its disk is full
                    self._again_at[name] = time.monotonic() + 0.5

    def close(self) -> None:
        """End everything that is the city's."""
        self._over.set()
        for thread in self._supervisors:
            thread.join(60)
        super().close()


@contextmanager
def open_city(
    root: "Path",
    *,
    networks: bool = False,
    answer_seconds: float = ANSWER_SECONDS,
    **options: Any,  # noqa: ANN401 - see Services
) -> "Iterator[City]":
    """Give a city with sinks and servers running and everybody subscribed; its roles are not started yet.

    Args:
        root: an empty folder.
        networks: whether roles reach the servers through proxies.
        answer_seconds: how long the sinks take to answer.
        options: of the servers, as `Services` takes them.
    """
    doors = {role: (free_port(), free_port()) for role in (*ROLES, EDITOR)} if networks else {}
    listeners = tuple(
        Listener(name=role.upper(), port=own, advertised_port=shown) for role, (own, shown) in doors.items()
    )
    with ExitStack() as stack:
        services = stack.enter_context(own_services(root / "servers", listeners=listeners, **options))
        proxies = {}
        for role, (own, shown) in doors.items():
            proxies[role, KAFKA] = stack.enter_context(Proxy(own, port=shown))
            proxies[role, MONGOD] = stack.enter_context(Proxy(services.mongod.port))
        city = City(root, services=services, proxies=proxies)
        stack.callback(city.close)
        city.start_sinks(answer_seconds=answer_seconds)
        city.use_own_servers()
        city.subscribe()
        yield city
    shutil.rmtree(root / "servers", ignore_errors=True)
