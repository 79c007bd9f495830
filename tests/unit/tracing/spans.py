"""Tracing on a bus that is scripted, and spans kept in memory."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.bus.port import Received, Record
from shared.bus.topics import Topic
from shared.tracing.sdk.places import Tracers
from shared.tracing.sdk.tracing import SdkTracing


class ScriptedBus:
    """Gives out ``batches``, keeps what is appended, and fails as told."""

    def __init__(self) -> None:
        self.appended: list[Record] = []
        self.dead: list[Received] = []
        self.batches: list[list[Received]] = []
        self.assignment = frozenset({0})
        self.failure: Exception | None = None

    async def append(self, topic: Topic, records: Sequence[Record]) -> None:
        self._fail()
        self.appended.extend(records)

    async def dead_letter(self, topic: Topic, received: Received, error: Exception) -> None:
        self.dead.append(received)

    async def lag(self, topic: Topic, group: str) -> int:
        return 42

    @asynccontextmanager
    async def consumer(self, topic: Topic, group: str, **_options: object) -> AsyncIterator["ScriptedBus"]:
        yield self

    async def poll(self, max_records: int, timeout_seconds: float) -> list[Received]:
        return self.batches.pop(0)

    async def commit(self, received: Sequence[Received]) -> None:
        self._fail()

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure


class Bench:
    """Tracing, and the spans that ended."""

    def __init__(self) -> None:
        self._memory = InMemorySpanExporter()
        provider = TracerProvider(shutdown_on_exit=False)
        provider.add_span_processor(SimpleSpanProcessor(self._memory))
        tracer = provider.get_tracer("test")
        self.tracing = SdkTracing(
            Tracers(ingest=tracer, matcher=tracer, notifier=tracer, system="kafka", prefix="city.")
        )
        self.scripted = ScriptedBus()
        self.bus = self.tracing.on_bus(self.scripted)  # type: ignore[arg-type]

    @property
    def ended(self) -> list[ReadableSpan]:
        """The spans that ended, in that order."""
        return list(self._memory.get_finished_spans())

    @property
    def told(self) -> list[tuple[str, object]]:
        """(name, ``error.type``) of each."""
        return [(span.name, (span.attributes or {}).get("error.type")) for span in self.ended]


def received(offset: int, *, traceparent: str | None, partition: int = 0) -> Received:
    return Received(
        topic="zhitui.publications.v1",
        partition=partition,
        offset=offset,
        key="CN110083831A",
        value=b"",
        headers={} if traceparent is None else {"traceparent": traceparent},
        appended_at=datetime(2026, 1, 5, tzinfo=UTC),
    )
