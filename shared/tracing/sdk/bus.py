"""The bus with its hand-overs told: spans by OpenTelemetry's messaging conventions around the calls of any backend.

A record's ``traceparent`` header says where it comes from. On its way in it is replaced by the place of the ``send`` span,
on its way out by the place of the ``process`` span, so that whoever hands it on hands on a chain. Records without one
pass as they are.
"""

from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from opentelemetry.trace import Span, SpanKind

from shared.errors import PartitionLostError
from shared.tracing.carry import TRACEPARENT
from shared.tracing.sdk.places import fail, place_at, place_of, under

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from opentelemetry.trace import Tracer

    from shared.bus.port import Bus, Consumer, Received, Record
    from shared.bus.topics import Topic
    from shared.tracing.sdk.places import Tracers

NOT_DONE = "not_done"
"""``error.type`` of work that ended without a commit: the member left, or the record was delivered to it again."""


class TracedBus:
    """See `shared.bus.port.Bus`; what is not traced goes straight to the backend."""

    def __init__(self, bus: "Bus", tracers: "Tracers") -> None:
        self._bus = bus
        self._tracers = tracers

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - the backend's own
        return getattr(self._bus, name)

    async def append(self, topic: "Topic", records: "Sequence[Record]") -> None:
        """Append, with a ``send`` span for each traced record from here until it is safe."""
        tracer = self._tracers.producer(topic)
        if tracer is None or not any(TRACEPARENT in record.headers for record in records):
            await self._bus.append(topic, records)
            return
        spans: list[Span] = []
        placed = [self._placed(tracer, topic.name, record, spans) for record in records]
        try:
            await self._bus.append(topic, placed)
        except BaseException as error:
            for span in spans:
                fail(span, type(error).__name__)
            raise
        finally:
            for span in spans:
                span.end()

    async def dead_letter(self, topic: "Topic", received: "Received", error: Exception) -> None:
        """Put it on the dead letters; the span says of which class the error is."""
        at = place_at(received.headers.get(TRACEPARENT))
        tracer = self._tracers.consumer(topic)
        if at is None or tracer is None:
            await self._bus.dead_letter(topic, received, error)
            return
        destination = f"{self._tracers.prefix}{topic.dead_letters.name}"
        with tracer.start_as_current_span(
            f"send {destination}",
            context=under(at),
            kind=SpanKind.PRODUCER,
            attributes=self._tracers.told("send", destination, received.key),
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            fail(span, type(error).__name__)
            await self._bus.dead_letter(topic, received, error)

    @asynccontextmanager
    async def consumer(self, topic: "Topic", group: str, **options: Any) -> "AsyncIterator[Consumer | TracedConsumer]":  # noqa: ANN401 - the backend's own
        """Join a group; see `TracedConsumer`."""
        async with self._bus.consumer(topic, group, **options) as consumer:
            tracer = self._tracers.consumer(topic)
            if tracer is None:
                yield consumer
                return
            traced = TracedConsumer(consumer, tracer, self._tracers, f"{self._tracers.prefix}{topic.name}", group)
            try:
                yield traced
            finally:
                traced.leave()

    def _placed(self, tracer: "Tracer", topic: str, record: "Record", spans: list[Span]) -> "Record":
        at = place_at(record.headers.get(TRACEPARENT))
        if at is None:
            return record
        destination = f"{self._tracers.prefix}{topic}"
        span = tracer.start_span(
            f"send {destination}",
            context=under(at),
            kind=SpanKind.PRODUCER,
            attributes=self._tracers.told("send", destination, record.key),
        )
        spans.append(span)
        return replace(record, headers={**record.headers, TRACEPARENT: place_of(span)})


class TracedConsumer:
    """See `shared.bus.port.Consumer`; a ``process`` span lasts from the poll that returns a record to its commit."""

    def __init__(
        self, consumer: "Consumer", tracer: "Tracer", tracers: "Tracers", destination: str, group: str
    ) -> None:
        self._consumer = consumer
        self._tracer = tracer
        self._tracers = tracers
        self._destination = destination
        self._group = group
        self._open: dict[tuple[int, int], Span] = {}

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - the backend's own
        return getattr(self._consumer, name)

    async def poll(self, max_records: int, timeout_seconds: float) -> "list[Received]":
        """Return the next records, each traced one with the place of its new span."""
        received = await self._consumer.poll(max_records, timeout_seconds)
        if self._open:
            owned = self._consumer.assignment
            self._end([place for place in self._open if place[0] not in owned], PartitionLostError.__name__)
        return [self._placed(one) if TRACEPARENT in one.headers else one for one in received]

    async def commit(self, received: "Sequence[Received]") -> None:
        """Commit, and end the spans of all up to and including these records."""
        ends: dict[int, int] = {}
        for one in received:
            ends[one.partition] = max(one.offset, ends.get(one.partition, one.offset))
        done = [(partition, offset) for partition, offset in self._open if offset <= ends.get(partition, -1)]
        try:
            await self._consumer.commit(received)
        except PartitionLostError as error:
            self._end(done, type(error).__name__)
            raise
        self._end(done, None)

    def leave(self) -> None:
        """End what was not committed; somebody else does it again."""
        self._end(list(self._open), NOT_DONE)

    def _placed(self, one: "Received") -> "Received":
        at = place_at(one.headers[TRACEPARENT])
        if at is None:
            return one
        place = (one.partition, one.offset)
        if place in self._open:
            self._end([place], NOT_DONE)
        span = self._open[place] = self._tracer.start_span(
            f"process {self._destination}",
            context=under(at),
            kind=SpanKind.CONSUMER,
            attributes={
                **self._tracers.told("process", self._destination, one.key),
                "messaging.consumer.group.name": self._group,
                "messaging.destination.partition.id": str(one.partition),
            },
        )
        return replace(one, headers={**one.headers, TRACEPARENT: place_of(span)})

    def _end(self, places: "Sequence[tuple[int, int]]", error_type: str | None) -> None:
        for place in places:
            span = self._open.pop(place)
            if error_type is not None:
                fail(span, error_type)
            span.end()
