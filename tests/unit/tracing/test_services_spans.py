"""What spans tell of a batch, a plan and an attempt."""

import msgspec
import pytest
import structlog

from shared.errors import Reason
from shared.store.records import Delivery, DeliveryState
from shared.tracing.port import NOTHING
from shared.wire.subscription import Channel
from tests.unit.notifier.making import NOW, alert, publication
from tests.unit.tracing.spans import Bench

PLACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def delivery(*numbers: str, traceparent: str | None = None) -> Delivery:
    return Delivery(
        id="d-1",
        subscription_id="battery",
        destination_id="box",
        channel=Channel.EMAIL,
        publication_numbers=numbers or ("CN110083831A",),
        attempts=2,
        next_attempt_at=NOW,
        created_at=NOW,
        traceparent=msgspec.UNSET if traceparent is None else traceparent,
    )


def test_a_batch_that_fails_ends_its_spans_with_the_errors_class() -> None:
    bench = Bench()
    with pytest.raises(KeyError), bench.tracing.accepting("files") as batch:  # noqa: PT012 - the batch fails in the middle
        assert batch.headers("CN1A") != batch.headers("CN2A")
        raise KeyError("wang@example.com")
    assert bench.told == [("accept publication", "KeyError")] * 2
    assert len({span.context.trace_id for span in bench.ended if span.context}) == 2


def test_publications_of_a_batch_began_when_the_batch_did() -> None:
    bench = Bench()
    with bench.tracing.accepting("files") as batch:
        batch.headers("CN1A")
        batch.headers("CN2A")
    assert len({span.start_time for span in bench.ended}) == 1


def test_a_plan_without_a_traced_alert_is_not_told() -> None:
    bench = Bench()
    planned = (delivery(),)
    assert bench.tracing.planned(planned, [alert()]) is planned
    other = msgspec.structs.replace(alert(publication("CN110083832A")), traceparent=PLACE)
    assert bench.tracing.planned(planned, [alert(), other]) == planned
    assert bench.ended == []


def test_a_digest_with_one_traced_publication_of_two_is_linked_to_that_one() -> None:
    bench = Bench()
    traced = msgspec.structs.replace(alert(), traceparent=PLACE)
    bench.tracing.planned((delivery("CN110083831A", "CN110083832A"),), [traced])
    (span,) = bench.ended
    assert span.parent is None
    assert [link.context.span_id for link in span.links] == [0xB7AD6B7169203331]


@pytest.mark.parametrize(
    ("state", "reason", "error"),
    [
        (DeliveryState.SENT, None, None),
        (DeliveryState.WAITING, Reason.RATE_LIMITED, "rate_limited"),
        (DeliveryState.HELD, None, "_OTHER"),
    ],
)
def test_an_attempt_tells_how_it_ended(state: DeliveryState, reason: Reason | None, error: str | None) -> None:
    bench = Bench()
    with bench.tracing.attempting(delivery(traceparent=PLACE)) as span:
        span.ended(state, reason)
    assert bench.told == [("attempt delivery", error)]
    attributes = bench.ended[0].attributes or {}
    assert attributes["zhitui.delivery.state"] == state
    assert attributes["zhitui.delivery.attempt"] == 3


def test_an_attempt_that_somebody_else_made_is_not_told() -> None:
    bench = Bench()
    with bench.tracing.attempting(delivery(traceparent=PLACE)):
        pass
    assert bench.ended == []


def test_an_attempt_that_was_cut_off_is_told_without_its_text() -> None:
    bench = Bench()
    with pytest.raises(RuntimeError), bench.tracing.attempting(delivery(traceparent=PLACE)):
        raise RuntimeError("wang@example.com")
    assert bench.told == [("attempt delivery", "RuntimeError")]
    assert "wang" not in bench.ended[0].to_json()


def test_log_events_carry_the_trace_while_an_attempt_lasts_and_not_after() -> None:
    bench = Bench()
    with bench.tracing.attempting(delivery(traceparent=PLACE)) as span:
        during = dict(structlog.contextvars.get_contextvars())
        span.ended(DeliveryState.SENT, None)
    (ended,) = bench.ended
    assert ended.context is not None
    assert during == {
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
        "span_id": f"{ended.context.span_id:016x}",
    }
    assert structlog.contextvars.get_contextvars() == {}


def test_an_attempt_of_an_untraced_delivery_costs_nothing_and_tells_nothing() -> None:
    bench = Bench()
    with bench.tracing.attempting(delivery()) as span:
        assert span is NOTHING
        span.ended(DeliveryState.SENT, None)
    assert bench.ended == []
