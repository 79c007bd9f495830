"""Places in a trace, to and from W3C text; who makes spans for which role, and what every hand-over tells."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opentelemetry.context import Context
from opentelemetry.trace import (
    NonRecordingSpan,
    Span,
    SpanContext,
    Status,
    StatusCode,
    format_span_id,
    format_trace_id,
    get_current_span,
    set_span_in_context,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared.bus.topics import MATCHES, PUBLICATIONS
from shared.tracing.carry import TRACEPARENT

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

    from shared.bus.topics import Topic

ROOT = Context()
"""Where a trace begins, whatever span is active around it."""

KAFKA = "kafka"
KAFKA_KEY = "messaging.kafka.message.key"
KEY = "zhitui.message.key"
"""A record's key: a publication's or an application's number, never anything of a person's."""

_propagator = TraceContextTextMapPropagator()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracers:
    """A tracer for each role.

    Attributes:
        system: ``messaging.system``.
        prefix: stands before every topic's name at the broker.
    """

    ingest: "Tracer"
    matcher: "Tracer"
    notifier: "Tracer"
    system: str
    prefix: str

    def producer(self, topic: "Topic") -> "Tracer | None":
        """Return the tracer of the role that appends to the topic, ``None`` where nothing is traced."""
        return {PUBLICATIONS: self.ingest, MATCHES: self.matcher}.get(topic)

    def consumer(self, topic: "Topic") -> "Tracer | None":
        """Return the tracer of the role that consumes the topic, ``None`` where nothing is traced."""
        return {PUBLICATIONS: self.matcher, MATCHES: self.notifier}.get(topic)

    def told(self, operation: str, destination: str, key: str) -> dict[str, str | int]:
        """Return the attributes of one message's hand-over; ``operation`` is ``send`` or ``process``.

        Source: https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/.
        """
        return {
            "messaging.system": self.system,
            "messaging.operation.name": operation,
            "messaging.operation.type": operation,
            "messaging.destination.name": destination,
            KAFKA_KEY if self.system == KAFKA else KEY: key,
        }


def place_of(span: Span) -> str:
    """Return a span's place as ``traceparent``."""
    at = span.get_span_context()
    return f"00-{format_trace_id(at.trace_id)}-{format_span_id(at.span_id)}-{at.trace_flags:02x}"


def place_at(place: object) -> SpanContext | None:
    """Read a ``traceparent``; ``None`` when it is none, or says that its trace is not sampled."""
    if not isinstance(place, str):
        return None
    at = get_current_span(_propagator.extract({TRACEPARENT: place}, ROOT)).get_span_context()
    return at if at.is_valid and at.trace_flags.sampled else None


def under(at: SpanContext) -> Context:
    """Return the context in which a new span is this place's child."""
    return set_span_in_context(NonRecordingSpan(at), ROOT)


def fail(span: Span, error_type: str) -> None:
    """Mark a span as failed, by the error's class alone: its text may tell of people and addresses."""
    span.set_attribute("error.type", error_type)
    span.set_status(Status(StatusCode.ERROR))
