"""Makes the spans that services ask for, see `shared.tracing.port`."""

import time
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, cast

import msgspec
from opentelemetry.trace import Link, Span, SpanKind, use_span
from structlog.contextvars import bound_contextvars

from shared.store.records import DeliveryState
from shared.tracing.carry import NOWHERE, TRACEPARENT, ids_of
from shared.tracing.port import NOTHING
from shared.tracing.sdk.bus import TracedBus
from shared.tracing.sdk.places import ROOT, Tracers, fail, place_at, place_of, under

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from opentelemetry.trace import SpanContext, Tracer

    from shared.bus.port import Bus
    from shared.errors import Reason
    from shared.store.records import Alert, Delivery
    from shared.tracing.port import AcceptedBatch, AttemptSpan


class SdkTracing:
    """Tracing that is on."""

    def __init__(self, tracers: Tracers) -> None:
        self._tracers = tracers

    def on_bus(self, bus: "Bus") -> "Bus":
        """Return the bus with every hand-over of a traced record told."""
        return cast("Bus", TracedBus(bus, self._tracers))

    @contextmanager
    def accepting(self, source: str) -> "Iterator[AcceptedBatch]":
        """Trace a batch from here until it is safe."""
        batch = _Batch(self._tracers.ingest, source)
        try:
            yield batch
        except BaseException as error:
            batch.end(type(error).__name__)
            raise
        batch.end(None)

    def planned(self, deliveries: "tuple[Delivery, ...]", alerts: "Sequence[Alert]") -> "tuple[Delivery, ...]":
        """Tell of each delivery that has a traced alert: a child of its one publication's trace, or linked to many."""
        places = {alert.key.publication_number: at for alert in alerts if (at := place_at(alert.traceparent))}
        if not places:
            return deliveries
        return tuple(self._plan(delivery, places) for delivery in deliveries)

    def _plan(self, delivery: "Delivery", places: "Mapping[str, SpanContext]") -> "Delivery":
        told = [places[number] for number in delivery.publication_numbers if number in places]
        if not told:
            return delivery
        is_single = len(delivery.publication_numbers) == 1
        span = self._tracers.notifier.start_span(
            "plan delivery",
            context=under(told[0]) if is_single else ROOT,
            links=() if is_single else [Link(at) for at in told],
            attributes=_about(delivery),
        )
        span.end()
        return msgspec.structs.replace(delivery, traceparent=place_of(span))

    def attempting(self, delivery: "Delivery") -> "AbstractContextManager[AttemptSpan]":
        """Trace one attempt."""
        planned = place_at(delivery.traceparent)
        return nullcontext(NOTHING) if planned is None else self._attempt(delivery, planned)

    @contextmanager
    def _attempt(self, delivery: "Delivery", planned: "SpanContext") -> "Iterator[AttemptSpan]":
        span = self._tracers.notifier.start_span(
            "attempt delivery",
            context=under(planned),
            kind=SpanKind.CLIENT,
            attributes={**_about(delivery), "zhitui.delivery.attempt": delivery.attempts + 1},
        )
        attempt = _Attempt(span)
        with (
            use_span(span, end_on_exit=False, record_exception=False, set_status_on_exception=False),
            bound_contextvars(**ids_of(place_of(span))),
        ):
            try:
                yield attempt
            except BaseException as error:
                fail(span, type(error).__name__)
                span.end()
                raise
        if attempt.was_made:
            span.end()


class _Batch:
    """Publications that ingest accepts together, each in a trace of its own."""

    def __init__(self, tracer: "Tracer", source: str) -> None:
        self._tracer = tracer
        self._source = source
        self._began = time.time_ns()
        self._spans: list[Span] = []

    def headers(self, publication_number: str) -> "Mapping[str, str]":
        """Begin a publication's trace, at the time when the batch began."""
        span = self._tracer.start_span(
            "accept publication",
            context=ROOT,
            attributes={"zhitui.publication.number": publication_number, "zhitui.source": self._source},
            start_time=self._began,
        )
        if not span.is_recording():
            return NOWHERE
        self._spans.append(span)
        return {TRACEPARENT: place_of(span)}

    def end(self, error_type: str | None) -> None:
        """End all."""
        for span in self._spans:
            if error_type is not None:
                fail(span, error_type)
            span.end()


class _Attempt:
    """One call of a vendor."""

    def __init__(self, span: Span) -> None:
        self._span = span
        self.was_made = False

    def ended(self, state: DeliveryState, reason: "Reason | None") -> None:
        """Say how it ended."""
        self.was_made = True
        self._span.set_attribute("zhitui.delivery.state", state.value)
        if state is not DeliveryState.SENT:
            fail(self._span, reason.value if reason is not None else "_OTHER")


def _about(delivery: "Delivery") -> dict[str, str | int]:
    """Return what a span tells of a delivery: no destination, whose id people choose, and no address."""
    return {
        "zhitui.delivery.id": delivery.id,
        "zhitui.delivery.channel": delivery.channel.value,
        "zhitui.delivery.publications": len(delivery.publication_numbers),
        "zhitui.delivery.page": delivery.page,
    }
