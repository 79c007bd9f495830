"""``zhitui topics``: makes what is missing, tells what is different, changes nothing."""

import asyncio
import json
import uuid

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions
from typer.testing import CliRunner

from services.cli.app import app
from shared.bus.kafka import cluster as cluster_module
from shared.bus.kafka import membership as membership_module
from shared.bus.kafka.bus import KafkaBus
from shared.bus.kafka.connecting import Link
from shared.bus.kafka.topic_settings import read_settings, settings_of
from shared.bus.port import Record
from shared.bus.topics import ALL_TOPICS, MATCHES, PROFILES, PUBLICATIONS, Topic
from shared.errors import MisconfiguredError

DAY_MS = 24 * 3600 * 1000


@pytest.fixture
def environment(kafka: str) -> dict[str, str]:
    return {
        "ZHITUI_BUS": "kafka",
        "ZHITUI_KAFKA_BOOTSTRAP_SERVERS": kafka,
        "ZHITUI_KAFKA_PREFIX": f"t{uuid.uuid4().hex[:12]}.",
    }


def listed(environment: dict[str, str]) -> dict[str, dict[str, object]]:
    result = CliRunner(env=environment).invoke(app, ["topics", "list", "--json"])
    assert result.exit_code == 0, result.output
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    return {str(row["topic"]).removeprefix(environment["ZHITUI_KAFKA_PREFIX"]): row for row in rows}


def test_topics_are_made_once_and_then_only_looked_at(environment: dict[str, str]) -> None:
    runner = CliRunner(env=environment)
    assert not any(row["exists"] for row in listed(environment).values())
    dry = runner.invoke(app, ["topics", "create", "--replication", "1", "--dry-run"])
    assert (dry.exit_code, "会建立 6 个主题" in dry.output) == (0, True)
    assert not any(row["exists"] for row in listed(environment).values())
    made = runner.invoke(app, ["topics", "create", "--replication", "1", "--partitions", "3"])
    assert (made.exit_code, "建立了 6 个主题" in made.output) == (0, True)
    rows = listed(environment)
    assert {name: row["partitions"] for name, row in rows.items()} == {
        topic.name: 3 if topic in {PUBLICATIONS, MATCHES} else 1 for topic in ALL_TOPICS
    }
    assert not any(row["differences"] for row in rows.values())
    again = runner.invoke(app, ["topics", "create", "--replication", "1", "--partitions", "5", "--json"])
    assert again.exit_code == 0
    differing = [json.loads(line) for line in again.stdout.splitlines()]
    assert sum("分区数是 3，不是 5" in str(row["differences"]) for row in differing) == 2
    assert listed(environment) == rows


def test_more_copies_than_brokers_are_refused_also_in_a_dry_run(environment: dict[str, str]) -> None:
    for more in ([], ["--dry-run"]):
        result = CliRunner(env=environment).invoke(app, ["topics", "create", *more])
        assert isinstance(result.exception, MisconfiguredError)
        assert "--replication" in str(result.exception)
    assert not any(row["exists"] for row in listed(environment).values())


def test_the_embedded_bus_needs_no_such_command() -> None:
    result = CliRunner(env={"ZHITUI_BUS": "embedded"}).invoke(app, ["topics", "list"])
    assert isinstance(result.exception, MisconfiguredError)
    assert "ZHITUI_BUS=kafka" in str(result.exception)


def test_doctor_tells_of_missing_topics_and_of_the_command(environment: dict[str, str]) -> None:
    result = CliRunner(env=environment).invoke(app, ["doctor", "--json"])
    assert result.exit_code == 1
    found = {row["what"]: row for row in map(json.loads, result.stdout.splitlines())}
    (missing,) = (row for what, row in found.items() if "还没有主题" in what)
    assert missing["command"] == "zhitui topics create"


async def test_settings_are_in_force_as_planned(bus: KafkaBus, link: Link) -> None:
    for topic in (PUBLICATIONS, PROFILES, PUBLICATIONS.dead_letters):
        in_force = await read_settings(bus._cluster, f"{link.prefix}{topic.name}")
        wanted = settings_of(topic, 1)
        assert {name: in_force[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("topic", "name", "value"),
    [
        (PUBLICATIONS, "retention.ms", str(30 * DAY_MS)),
        (PUBLICATIONS.dead_letters, "retention.ms", str(365 * DAY_MS)),
        (PROFILES, "cleanup.policy", "compact"),
        (PROFILES, "delete.retention.ms", str(DAY_MS)),
        (PROFILES, "min.insync.replicas", "2"),
    ],
)
def test_what_is_kept_and_for_how_long(topic: Topic, name: str, value: str) -> None:
    assert settings_of(topic, 3)[name] == value


async def test_members_take_partitions_that_are_added_later(
    bus: KafkaBus, link: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_module, "_KNOWN_FOR_SECONDS", 0.2)
    monkeypatch.setattr(membership_module, "_WATCH_SECONDS", 0.2)
    admin = AIOKafkaAdminClient(bootstrap_servers=link.servers)
    await admin.start()
    async with (
        bus.consumer(PUBLICATIONS, "g", session_timeout_seconds=2) as consumer,
        bus.reader(PUBLICATIONS) as reader,
    ):
        await consumer.poll(1, 0)
        assert consumer.assignment == frozenset({0})
        await admin.create_partitions({f"{link.prefix}{PUBLICATIONS.name}": NewPartitions(3)})
        await bus._cluster.wait_for(f"{link.prefix}{PUBLICATIONS.name}")
        while len(consumer.assignment) < 3:
            await consumer.poll(1, 0.1)
        await asyncio.sleep(0.3)  # until who appends knows it, too
        await bus.append(PUBLICATIONS, [Record(key=str(n), value=b"1") for n in range(30)])
        assert len(await consumer.poll(100, 0)) == 30
        assert len(await reader.poll(100, 0)) == 30
    await admin.close()
