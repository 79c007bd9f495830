"""On Kafka a publication's place in its trace travels in the records' own headers."""

import uuid
from pathlib import Path

import pytest

from shared.bus.kafka.cluster import open_cluster
from shared.bus.kafka.connecting import link_of
from shared.bus.kafka.topic_making import make, plan_all
from shared.testing.mailbox import Mailbox
from tests.integration.tracing.collector import Collector
from tests.integration.tracing.line import INGEST, REST, run, settings_of

pytestmark = pytest.mark.city


A = "CN110083831A"


async def test_one_trace_leads_over_kafka_from_one_process_to_the_next(tmp_path: Path, kafka: str) -> None:
    prefix = f"t{uuid.uuid4().hex[:12]}."
    async with Collector() as collector, Mailbox() as box:
        settings = settings_of(
            tmp_path,
            box.port,
            bus="kafka",
            kafka_bootstrap_servers=kafka,
            kafka_prefix=prefix,
            tracing="otlp",
            tracing_endpoint=collector.endpoint,
            tracing_sample_ratio=1,
        )
        link = link_of(settings)
        async with open_cluster(link) as cluster:
            await make(cluster, plan_all(link.prefix, stream_partitions=2, replication=1))
        await run(settings, [A], INGEST)
        await run(settings, [], REST)
    assert collector.way_of(collector.one("attempt delivery")) == [
        ("zhitui-ingest", "accept publication"),
        ("zhitui-ingest", f"send {prefix}zhitui.publications.v1"),
        ("zhitui-matcher", f"process {prefix}zhitui.publications.v1"),
        ("zhitui-matcher", f"send {prefix}zhitui.matches.v1"),
        ("zhitui-notifier", f"process {prefix}zhitui.matches.v1"),
        ("zhitui-notifier", "plan delivery"),
        ("zhitui-notifier", "attempt delivery"),
    ]
    send = collector.one(f"send {prefix}zhitui.publications.v1")
    assert send.attributes["messaging.system"] == "kafka"
    assert send.attributes["messaging.kafka.message.key"] == A
    assert [mail.numbers for mail in box.mails] == [(A,)]
