"""Three brokers: the loss of one takes a moment, of two it makes appends wait; nothing that was acknowledged is lost."""

import asyncio
from collections.abc import Iterator

import pytest

from shared.bus.kafka.bus import open_bus
from shared.bus.kafka.cluster import Cluster, open_cluster
from shared.bus.kafka.connecting import Link
from shared.bus.kafka.topic_settings import read_settings
from shared.bus.port import Record
from shared.bus.topics import Topic
from tests.integration.kafka.test_restarts import PARTITIONS, STREAM, Load, until, until_appended
from tests.servers import own_brokers
from tools.services import KafkaCluster

pytestmark = pytest.mark.city

WITHOUT_MOST_SECONDS = 3.0


@pytest.fixture(scope="module")
def brokers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaCluster]:
    with own_brokers(tmp_path_factory.mktemp("brokers")) as brokers:
        yield brokers


@pytest.fixture
def link(brokers: KafkaCluster) -> Link:
    brokers.start()
    return Link(servers=brokers.bootstrap_servers, security={"security_protocol": "PLAINTEXT"})


async def leader(cluster: Cluster) -> int:
    """Return who leads the first partition, counted from 0."""
    return (await cluster.describe(STREAM.name, fresh=True)).leaders[0] - 1


async def test_a_topic_that_was_just_made_or_made_anew_is_so_whichever_broker_is_asked(link: Link) -> None:
    topics = [Topic(name=f"new-{n}.v1") for n in range(10)]
    async with open_bus(link) as bus, open_bus(link) as other:
        for topic in topics:
            await bus.create([topic], partitions=PARTITIONS)
            assert await other.ends(topic) == dict.fromkeys(range(PARTITIONS), 0)
            await other.append(topic, [Record(key="k", value=b"v")])
            await bus.remake([topic])
            assert await other.ends(topic) == dict.fromkeys(range(PARTITIONS), 0)


async def test_what_was_acknowledged_outlives_leaders_and_most_of_the_brokers(
    brokers: KafkaCluster, link: Link
) -> None:
    async with open_bus(link) as bus, open_cluster(link) as cluster:
        await bus.create([STREAM], partitions=PARTITIONS)
        assert (await read_settings(cluster, STREAM.name))["min.insync.replicas"] == "2"
        load = Load(bus)
        async with asyncio.TaskGroup() as tasks:
            for work in (load.produce, load.consume, load.read):
                tasks.create_task(work())
            await until_appended(load)
            first = brokers.members[await leader(cluster)]
            await asyncio.to_thread(first.daemon.stop, gently=False)
            await until_appended(load)  # another one leads
            second = next(one for one in brokers.members if one is not first)
            await asyncio.to_thread(second.daemon.stop, gently=False)
            await asyncio.sleep(WITHOUT_MOST_SECONDS)
            promised = len(load.appended)
            await asyncio.sleep(WITHOUT_MOST_SECONDS)
            assert len(load.appended) == promised, "one copy alone is no promise"
            await asyncio.to_thread(brokers.start)
            await until_appended(load)
            load.enough.set()
            await until(lambda: load.appended <= load.seen and load.appended <= load.done)
            load.stop.set()
