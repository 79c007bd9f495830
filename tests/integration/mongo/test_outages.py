"""What a server that dies, steps down or freezes does to those who work: nothing acknowledged is lost, nothing is done twice."""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from shared.errors import RetryLaterError
from shared.secret_box import SecretBox
from shared.settings import Settings, load_settings
from shared.store.mongo.store import MongoStore, open_mongo_store
from shared.store.records import AlertState, DeliveryState
from shared.testing.clock import ManualClock
from tests.contract.made import alert, profile
from tests.integration.mongo.conftest import UNFINISHED
from tests.integration.mongo.working import persist, plan_once, record, send_once, work_off
from tests.servers import own_services
from tools.services import MONGOD, Services
from tools.services.ports import is_free

pytestmark = [pytest.mark.city, UNFINISHED, pytest.mark.usefixtures("swept")]

WRITERS = "XYZ"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with own_services(tmp_path_factory.mktemp("mongo"), MONGOD) as services:
        yield services


@pytest.fixture
def own(server: Services, tmp_path: Path) -> Settings:
    """Patient settings: how soon a killed server is back is the machine's affair."""
    uri = f"{server.mongo_uri}&heartbeatFrequencyMS=500"
    given = {"mongo_uri": uri, "mongo_database": tmp_path.name[:30], "mongo_timeout_seconds": 60.0}
    return load_settings(data_dir=tmp_path, store="mongo", **given)


@asynccontextmanager
async def beside(trouble: Callable[[], None]) -> AsyncIterator["asyncio.Future[None]"]:
    """Let there be trouble meanwhile, and its end awaited whatever happens: the next test wants its server in peace."""
    making = asyncio.ensure_future(asyncio.to_thread(trouble))
    try:
        yield making
    finally:
        await making


def revive(server: Services) -> None:
    """Let a frozen server go on, or start a dead one as soon as the kernel has taken its sockets down."""
    while server.pid(MONGOD) is None and not is_free(server.mongod.port):
        signal.sigtimedwait([], 0.02)
    server.start(MONGOD)


async def under(trouble: Callable[[], None], settings: Settings, *, rounds: int) -> None:
    """Let writers, planners and senders work while there is trouble, then work off the rest and count."""
    acknowledged: set[str] = set()
    sent: list[str] = []
    is_over = asyncio.Event()

    async def plan_and_send(store: MongoStore, owner: str) -> None:
        while not is_over.is_set():
            await plan_once(store)
            await send_once(store, owner, sent.append)
            await asyncio.sleep(0.01)

    secrets = SecretBox(Fernet.generate_key().decode())
    async with (
        open_mongo_store(settings, ManualClock(), secrets) as one,
        open_mongo_store(settings, ManualClock(), secrets) as two,
        beside(trouble) as making,
        asyncio.TaskGroup() as working,
    ):
        for store, owner in ((one, "one"), (two, "two")):
            working.create_task(plan_and_send(store, owner))
        writing = [
            asyncio.create_task(record(one, writer, rounds=rounds, acknowledged=acknowledged)) for writer in WRITERS
        ]
        await asyncio.gather(making, *writing)
        is_over.set()
    async with open_mongo_store(settings, ManualClock(), secrets) as store:
        await work_off(store, "one", sent.append)
        await all_told_once(store, acknowledged, sent)


async def all_told_once(store: MongoStore, acknowledged: set[str], sent: list[str]) -> None:
    assert len(acknowledged) > 100
    assert await store.alerts.state_counts() == {AlertState.PLANNED: len(acknowledged)}
    deliveries = await store.deliveries.recent(limit=10_000)
    told = Counter(number for one in deliveries for number in one.publication_numbers)
    assert told == Counter(acknowledged)
    assert {one.state for one in deliveries} == {DeliveryState.SENT}
    assert Counter(sent) == Counter(one.id for one in deliveries)


async def test_nothing_is_lost_or_done_twice_when_the_server_is_killed_again_and_again(
    server: Services, own: Settings
) -> None:
    def trouble() -> None:
        for _ in range(4):
            signal.sigtimedwait([], 0.7)
            server.kill(MONGOD)
            revive(server)

    await under(trouble, own, rounds=60)


async def test_a_primary_that_steps_down_is_waited_for_and_nothing_is_done_twice(
    server: Services, own: Settings
) -> None:
    def trouble() -> None:
        for _ in range(3):
            signal.sigtimedwait([], 0.5)
            server.step_down_primary()
            server.mongod.wait_for_primary()

    await under(trouble, own, rounds=40)


async def test_a_step_down_is_ridden_out_without_an_error(server: Services, own: Settings) -> None:
    async with open_mongo_store(own, ManualClock(), SecretBox(Fernet.generate_key().decode())) as store:
        await store.alerts.record([], [alert("CN0A")])
        await asyncio.to_thread(server.step_down_primary)
        assert await store.alerts.record([], [alert("CN0A"), alert("CN1A")]) == 1
        await asyncio.to_thread(server.mongod.wait_for_primary)


async def test_an_outage_is_told_within_the_time_that_the_settings_give_it(server: Services, own: Settings) -> None:
    hasty = own.model_copy(update={"mongo_timeout_seconds": 1.0})
    async with open_mongo_store(hasty, ManualClock(), SecretBox(Fernet.generate_key().decode())) as store:
        await store.profiles.put([profile()], saved_at=ManualClock().now())
        for trouble in (signal.SIGSTOP, signal.SIGKILL):
            await asyncio.to_thread(server.kill, MONGOD, trouble)
            began = asyncio.get_running_loop().time()
            with pytest.raises(RetryLaterError, match="ZHITUI_MONGO_URI"):
                await store.profiles.get("p-1")
            assert asyncio.get_running_loop().time() - began < 5
            await asyncio.to_thread(revive, server)
            assert await persist(lambda: store.profiles.get("p-1")) == profile()
