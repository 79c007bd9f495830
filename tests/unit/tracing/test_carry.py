"""A place in a trace, handed on as plain data."""

from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest

from shared.bus.port import Received
from shared.store.records import Alert
from shared.tracing.carry import handed_on, log_ids
from shared.tracing.port import OFF
from tests.unit.notifier.making import alert

PLACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def received(key: str = "CN110083831A", **headers: str) -> Received:
    return Received(
        topic="t",
        partition=0,
        offset=1,
        key=key,
        value=b"",
        headers=headers,
        appended_at=datetime(2026, 1, 5, tzinfo=UTC),
    )


def test_only_the_place_is_handed_on() -> None:
    assert handed_on(received(traceparent=PLACE, other="x")) == {"traceparent": PLACE}
    assert handed_on(received(other="x")) == {}


def test_a_document_has_no_word_of_traces_where_there_is_none() -> None:
    assert b"trace" not in msgspec.json.encode(alert())
    read = msgspec.json.decode(msgspec.json.encode(msgspec.structs.replace(alert(), traceparent=PLACE)), type=Alert)
    assert read.traceparent == PLACE


@pytest.mark.parametrize("headers", [{}, {"traceparent": ""}, {"traceparent": "00-1-2-3"}, {"traceparent": "x" * 90}])
def test_a_log_event_without_a_trace_carries_no_ids(headers: dict[str, str]) -> None:
    assert log_ids(headers) == {}


def test_a_log_event_of_a_traced_record_carries_its_ids() -> None:
    ids = {"trace_id": "0af7651916cd43dd8448eb211c80319c", "span_id": "b7ad6b7169203331"}
    assert log_ids(replace(received(), headers={"traceparent": PLACE}).headers) == ids


def test_off_hands_everything_through_and_makes_nothing() -> None:
    bus = object()
    assert OFF.on_bus(bus) is bus  # type: ignore[arg-type]
    with OFF.accepting("files") as batch:
        assert batch.headers("CN1A") == {}
    assert OFF.accepting("files") is OFF.accepting("push")
