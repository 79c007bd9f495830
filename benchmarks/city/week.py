"""The table of a week: stages alone, the whole line, the line without its guarantees, embedded; the broker by itself.

Everything runs on this machine: the roles, each a process of its own, and the servers. Material is put in place before the
clock runs. Matching ends when the matchers have committed the last publication; recording, when the notifier has
committed the last match; planning, when no alert waits.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen

from benchmarks.city.ceiling import ceiling
from benchmarks.city.children import Spent, Watch, check_alive, child, peak_bytes
from benchmarks.city.material import accept_publications, save_profiles, subscribe
from benchmarks.city.role import OFFSET_FILE
from benchmarks.city.size import Size
from services.cli.session import open_session
from shared.bus.kafka.cluster import open_cluster
from shared.bus.kafka.connecting import link_of
from shared.bus.kafka.topic_making import make, plan_all
from shared.bus.topics import MATCHES, PUBLICATIONS, Topic
from shared.runtime.role import Surroundings
from shared.settings import load_settings
from tools.services import KAFKA, MONGOD, Access, Services

MONGOD_ARGUMENTS = (
    "--wiredTigerCacheSizeGB",
    "10",
    "--wiredTigerEngineConfigString",
    "eviction_dirty_target=20,eviction_dirty_trigger=40",
)
"""A group is planned from all over the collection of alerts: changed pages wait in memory to be changed again."""

AN_HOUR_LATER = "4000"
PARTITIONS = 4
LOOK_SECONDS = 0.25
RARE_LOOK_SECONDS = 1.0
"""Between looks that cost: the front of an index from which much was just taken is long for a database that keeps history."""

SMTP = {"ZHITUI_SMTP_HOST": "127.0.0.1", "ZHITUI_SMTP_PORT": "9", "ZHITUI_SMTP_SECURITY": "none"}
"""Needed for a mail channel to be planned for; nobody sends."""


@dataclass(slots=True)
class Line:
    """An installation with its material in place.

    Attributes:
        environment: settings of its processes.
        servers: name → process id of what runs beside them.
    """

    around: Surroundings
    folder: Path
    environment: dict[str, str]
    servers: dict[str, int] = field(default_factory=dict)

    async def run(self, *roles: str) -> tuple[dict[str, Spent], dict[str, int]]:
        """Run roles until all is done; return what each stage took, and the memory that each process had at most."""
        stages: dict[str, Spent] = {}
        with ExitStack() as stack:
            children = {role: stack.enter_context(child(role, self.folder, self.environment)) for role in roles}
            pids = {role: process.pid for role, process in children.items()}
            watch = whole = Watch(pids | self.servers)
            if any(role.endswith("matcher") for role in roles):
                await self._until_done(PUBLICATIONS, "matcher", children.values())
                stages["match"] = watch.spent()
            if any(role.endswith("notifier") for role in roles):
                await self._until_done(MATCHES, "notifier", children.values())
                stages["record"] = watch.spent()
                watch = Watch(pids | self.servers)
                self.folder.mkdir(parents=True, exist_ok=True)
                (self.folder / OFFSET_FILE).write_text(AN_HOUR_LATER, "ascii")
                await self._until_planned()
                stages["plan"] = watch.spent()
            stages["all"] = whole.spent()
            return stages, {role: peak_bytes(pid) for role, pid in pids.items()}

    async def _until_done(self, topic: Topic, group: str, children: Collection[Popen[str]]) -> None:
        while await self.around.bus.lag(topic, group):
            check_alive(children)
            await asyncio.sleep(LOOK_SECONDS)

    async def _until_planned(self) -> None:
        while await self.around.store.alerts.next_due_at() is not None:
            await asyncio.sleep(RARE_LOOK_SECONDS)


@asynccontextmanager
async def line(
    folder: Path, size: Size, environment: Mapping[str, str], servers: Mapping[str, int], *, schedule: str = "hourly"
) -> AsyncIterator[Line]:
    """Open an installation and put the material in place."""
    own = {
        "ZHITUI_DATA_DIR": str(folder / "data"),
        "ZHITUI_LOG_LEVEL": "error",
        "ZHITUI_SECRET_KEY": "b" * 43 + "=",
        **SMTP,
        **environment,
    }
    settings = load_settings(**{name.removeprefix("ZHITUI_").lower(): value for name, value in own.items()})
    if settings.bus == "kafka":
        async with open_cluster(link_of(settings)) as cluster:
            await make(cluster, plan_all(settings.kafka_prefix, stream_partitions=PARTITIONS, replication=1))
    async with open_session(settings) as around:
        await save_profiles(around, size)
        await subscribe(around, size, schedule)
        await accept_publications(around, size)
        yield Line(around, folder, own, dict(servers))


Tell = Callable[[str, str], None]


def run(tell: Tell, size: Size | None = None, *, compared: Size | None = None) -> None:
    """Measure.

    Args:
        tell: is given each label and figure as soon as it is known; the whole takes three quarters of an hour.
        size: of the week.
        compared: of what is run with guarantees, without them and embedded, one after the other.
    """
    compared = compared or Size(publications=6_000, profiles=100_000, subscriptions=10_000)
    with tempfile.TemporaryDirectory() as folder, servers_in(Path(folder) / "services") as servers:
        asyncio.run(_measure(Path(folder), size or Size(), compared, servers, tell))


async def _measure(folder: Path, size: Size, compared: Size, servers: Services, tell: Tell) -> None:
    tell("the week", str(size))
    async with line(folder / "whole", size, on(servers, "whole"), pids_of(servers)) as one:
        await _whole(one, tell)
    async with line(folder / "stages", size, on(servers, "stages"), pids_of(servers)) as one:
        await _stages(one, tell)
    await _compared(folder, compared, servers, tell)


async def _whole(one: Line, tell: Tell) -> None:
    stages, peaks = await one.run("matcher", "notifier")
    tell("from the bus to planned deliveries (goal ≤ 10 minutes)", str(stages["all"]))
    for name in ("match", "record"):
        tell(f"… of it until {name}", f"{stages[name].elapsed:.0f} s")
    for name, peak in peaks.items():
        tell(f"… {name}'s memory at most", f"{peak >> 20} MiB")
    alerts = sum((await one.around.store.alerts.state_counts()).values())
    tell("matches, alerts", f"{await one.around.store.alerts.match_count():,}, {alerts:,}")


async def _stages(one: Line, tell: Tell) -> None:
    stages, _ = await one.run("matcher")
    tell("matching alone (goal ≤ 4 minutes)", str(stages["all"]))
    for label, figure in await ceiling(one.around):
        tell(label, figure)
    stages, _ = await one.run("notifier")
    tell("recording alone", str(stages["record"]))
    tell("planning alone", str(stages["plan"]))


async def _compared(folder: Path, size: Size, servers: Services, tell: Tell) -> None:
    tell("compared on", str(size))
    seconds = {}
    for name, environment, beside, roles in (
        ("cluster", on(servers, "compared"), pids_of(servers), ("matcher", "notifier")),
        ("cluster without guarantees", on(servers, "loose"), pids_of(servers), ("loose-matcher", "loose-notifier")),
        ("embedded", {}, {}, ("matcher", "notifier")),
    ):
        async with line(folder / name, size, environment, beside) as one:
            stages, _ = await one.run(*roles)
            seconds[name] = stages["all"].elapsed
            tell(f"the whole line, {name}", str(stages["all"]))
    ratio = seconds["cluster without guarantees"] / seconds["cluster"]
    tell("throughput with guarantees beside without (goal ≥ 70 %)", f"{100 * ratio:.0f} %")


@contextmanager
def servers_in(folder: Path) -> Iterator[Services]:
    """Start servers of the benchmark's own."""
    with Services(folder, mongo_access=Access(arguments=MONGOD_ARGUMENTS)) as servers:
        yield servers


def pids_of(servers: Services) -> dict[str, int]:
    """Return name → process id."""
    return {name: pid for name in (KAFKA, MONGOD) if (pid := servers.pid(name))}


def on(servers: Services, name: str) -> dict[str, str]:
    """Return the settings of an installation of this name on the servers."""
    return {
        "ZHITUI_BUS": "kafka",
        "ZHITUI_STORE": "mongo",
        "ZHITUI_KAFKA_BOOTSTRAP_SERVERS": servers.kafka_bootstrap_servers,
        "ZHITUI_MONGO_URI": servers.mongo_uri,
        "ZHITUI_KAFKA_PREFIX": f"{name}.",
        "ZHITUI_MONGO_DATABASE": name,
    }
