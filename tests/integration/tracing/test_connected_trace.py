"""A publication's way through the roles is one trace."""

import sqlite3
from contextlib import closing
from pathlib import Path

from shared.testing.mailbox import Mailbox
from tests.integration.tracing.collector import Collector
from tests.integration.tracing.line import ADDRESS, INGEST, REST, run, settings_of

A, B = "CN110083831A", "CN110083832A"
WAY = [
    ("zhitui-ingest", "accept publication"),
    ("zhitui-ingest", "send zhitui.publications.v1"),
    ("zhitui-matcher", "process zhitui.publications.v1"),
    ("zhitui-matcher", "send zhitui.matches.v1"),
    ("zhitui-notifier", "process zhitui.matches.v1"),
    ("zhitui-notifier", "plan delivery"),
    ("zhitui-notifier", "attempt delivery"),
]
PRODUCER, CONSUMER, CLIENT = 4, 5, 3


async def test_one_trace_leads_from_the_file_to_the_mail_that_was_sent(tmp_path: Path) -> None:
    async with Collector() as collector, Mailbox() as box:
        settings = settings_of(
            tmp_path, box.port, tracing="otlp", tracing_endpoint=collector.endpoint, tracing_sample_ratio=1
        )
        await run(settings, [A])
    attempt = collector.one("attempt delivery")
    assert collector.way_of(attempt) == WAY
    assert len(collector.spans) == len(WAY)
    assert attempt.attributes["zhitui.delivery.id"] == box.mails[0].delivery_id
    assert attempt.attributes["zhitui.delivery.state"] == "sent"
    assert not any(span.is_error for span in collector.spans)


async def test_the_trace_goes_on_in_another_process_that_starts_later(tmp_path: Path) -> None:
    async with Collector() as collector, Mailbox() as box:
        settings = settings_of(
            tmp_path, box.port, tracing="otlp", tracing_endpoint=collector.endpoint, tracing_sample_ratio=1
        )
        await run(settings, [A], INGEST)
        assert {span.name for span in collector.spans} == {name for _, name in WAY[:2]}
        await run(settings.model_copy(update={"tracing_sample_ratio": 0.0}), [], REST)
    assert collector.way_of(collector.one("attempt delivery")) == WAY


async def test_a_message_of_many_publications_is_a_trace_of_its_own_linked_to_each(tmp_path: Path) -> None:
    async with Collector() as collector, Mailbox() as box:
        settings = settings_of(
            tmp_path, box.port, tracing="otlp", tracing_endpoint=collector.endpoint, tracing_sample_ratio=1
        )
        await run(settings, [A, B])
    assert [sorted(mail.numbers) for mail in box.mails] == [[A, B]]
    recorded = collector.named("process zhitui.matches.v1")
    assert len({span.trace for span in recorded}) == 2
    plan = collector.one("plan delivery")
    assert not plan.parent
    assert plan.links == {(span.trace, span.id) for span in recorded}
    assert collector.way_of(collector.one("attempt delivery")) == WAY[-2:]


async def test_spans_speak_the_messaging_conventions_and_tell_of_nobody(tmp_path: Path) -> None:
    async with Collector() as collector, Mailbox() as box:
        settings = settings_of(
            tmp_path, box.port, tracing="otlp", tracing_endpoint=collector.endpoint, tracing_sample_ratio=1
        )
        await run(settings, [A])
    send = collector.one("send zhitui.publications.v1")
    assert send.kind == PRODUCER
    assert send.attributes == {
        "messaging.system": "zhitui.embedded",
        "messaging.operation.name": "send",
        "messaging.operation.type": "send",
        "messaging.destination.name": "zhitui.publications.v1",
        "zhitui.message.key": A,
    }
    assert collector.one("accept publication").attributes == {
        "zhitui.publication.number": A,
        "zhitui.source": "watch-folder",
    }
    process = collector.one("process zhitui.matches.v1")
    assert process.kind == CONSUMER
    assert process.attributes["messaging.consumer.group.name"] == "notifier"
    assert str(process.attributes["messaging.destination.partition.id"]).isdigit()
    assert collector.one("attempt delivery").kind == CLIENT
    everything = "".join(span.text for span in collector.spans)
    for secret in (ADDRESS, "@", "battery", '"box"', "固态电池", str(tmp_path)):
        assert secret not in everything, secret


async def test_what_is_not_sampled_leaves_no_mark_anywhere(tmp_path: Path) -> None:
    async with Collector() as collector, Mailbox() as box:
        settings = settings_of(
            tmp_path, box.port, tracing="otlp", tracing_endpoint=collector.endpoint, tracing_sample_ratio=0
        )
        await run(settings, [A])
        assert len(box.mails) == 1
        assert collector.calls == 0
    with closing(sqlite3.connect(tmp_path / "zhitui.db")) as database:
        assert "traceparent" not in "".join(database.iterdump())
