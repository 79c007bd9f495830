"""What is not there is told quickly: topics that nobody made, brokers that do not answer, a fetcher that broke."""

import time
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer

from shared.bus.kafka.bus import KafkaBus, open_bus
from shared.bus.kafka.connecting import CONNECT_SECONDS, Link
from shared.bus.kafka.opening import open_kafka_bus
from shared.bus.port import Record
from shared.bus.topics import PUBLICATIONS, Topic
from shared.errors import MisconfiguredError, NotFoundError, RetryLaterError
from shared.settings import load_settings
from tests.faults.proxy import Proxy

pytestmark = pytest.mark.city


NOWHERE = Topic(name="nowhere.v1")


async def test_a_topic_that_nobody_made_is_told_at_once(bus: KafkaBus) -> None:
    began = time.monotonic()
    with pytest.raises(NotFoundError, match="zhitui topics create"):
        await bus.append(NOWHERE, [Record(key="a", value=b"1")])
    for ask in (bus.ends(NOWHERE), bus.incarnation(NOWHERE), bus.lag(NOWHERE, "g"), bus.committed(NOWHERE, "g")):
        with pytest.raises(NotFoundError):
            await ask
    assert time.monotonic() - began < 5


async def test_a_broker_that_is_away_is_told_within_seconds() -> None:
    began = time.monotonic()
    with pytest.raises(RetryLaterError, match=r"127\.0\.0\.1:1"):
        await open_bus(Link(servers="127.0.0.1:1", security={"security_protocol": "PLAINTEXT"})).__aenter__()
    assert time.monotonic() - began < 2


async def test_a_broker_that_says_nothing_is_told_within_seconds(kafka: str) -> None:
    with Proxy(int(kafka.rpartition(":")[2])) as proxy:
        proxy.stall()
        began = time.monotonic()
        with pytest.raises(RetryLaterError):
            await open_bus(Link(servers=proxy.address, security={"security_protocol": "PLAINTEXT"})).__aenter__()
        assert time.monotonic() - began < CONNECT_SECONDS + 3


async def test_a_service_does_not_start_without_topics_and_says_which_command_makes_them(
    link: Link, tmp_path: Path
) -> None:
    settings = load_settings(
        data_dir=tmp_path, bus="kafka", kafka_bootstrap_servers=link.servers, kafka_prefix=link.prefix
    )
    with pytest.raises(MisconfiguredError, match="zhitui topics create") as told:
        await open_kafka_bus(settings).__aenter__()
    assert PUBLICATIONS.name in str(told.value)


async def test_a_fetcher_that_broke_is_replaced_and_nothing_is_missed(bus: KafkaBus) -> None:
    await bus.append(PUBLICATIONS, [Record(key="k", value=str(n).encode()) for n in range(10)])
    async with bus.consumer(PUBLICATIONS, "g") as consumer:
        first = await consumer.poll(3, 0)
        fetcher = consumer._fetching._consumer._fetcher
        assert fetcher is not None
        fetcher._fetch_task.cancel()
        rest = await consumer.poll(100, 5) + await consumer.poll(100, 0)
        assert [record.value for record in first + rest] == [str(n).encode() for n in range(10)]


async def test_a_session_that_the_broker_does_not_take_is_told_by_its_setting(bus: KafkaBus) -> None:
    with pytest.raises(MisconfiguredError, match="ZHITUI_SESSION_SECONDS"):
        await bus.consumer(PUBLICATIONS, "g", session_timeout_seconds=0.5).__aenter__()


async def test_a_group_that_another_program_uses_is_told_by_the_prefix(bus: KafkaBus, link: Link) -> None:
    topic = f"{link.prefix}{PUBLICATIONS.name}"
    async with AIOKafkaConsumer(topic, bootstrap_servers=link.servers, group_id=f"{topic}.g"):
        with pytest.raises(MisconfiguredError, match="ZHITUI_KAFKA_PREFIX"):
            await bus.consumer(PUBLICATIONS, "g").__aenter__()


@pytest.mark.parametrize("kind", ["consumer", "reader"])
async def test_a_poll_that_fails_half_way_skips_nothing(
    bus: KafkaBus, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    await bus.append(PUBLICATIONS, [Record(key="k", value=str(n).encode()) for n in range(10)])
    opened = bus.consumer(PUBLICATIONS, "g") if kind == "consumer" else bus.reader(PUBLICATIONS)
    async with opened as polled:
        fetching = polled._fetching
        take, calls = fetching.take, []

        async def failing(limit: int, timeout_seconds: float) -> list[Any]:
            calls.append(limit)
            if len(calls) > 2:
                raise RetryLaterError("Kafka 没有应答")
            return await take(1, timeout_seconds)

        with monkeypatch.context() as patch:
            patch.setattr(fetching, "take", failing)
            with pytest.raises(RetryLaterError):
                await polled.poll(100, 0)
        assert [record.value for record in await polled.poll(100, 0)] == [str(n).encode() for n in range(10)]
