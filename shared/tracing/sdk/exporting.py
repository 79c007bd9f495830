"""The way to the collector: a bounded queue, a thread of its own, and nobody who waits for it."""

import asyncio
import logging
import threading
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from shared.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from opentelemetry.sdk.trace import ReadableSpan

    from shared.metrics import Metrics

QUEUE_SPANS = 8_192
"""Spans that may wait, about 2 KiB each; what comes while it is full is dropped."""

BATCH_SPANS = 512
DELAY_SECONDS = 1.0
TIMEOUT_SECONDS = 5.0
"""Longest wait for the collector's answer, with all tries."""

CLOSE_SECONDS = 3.0
"""Longest wait at the end of the process for spans to leave."""

GIVE_UP_SECONDS = 0.5
"""Longest wait then for the library to stop trying; a call that hangs ends with the process."""

_LIBRARY = "opentelemetry.exporter.otlp.proto.http.trace_exporter"

_log = get_logger("tracing")


class LastWords(logging.Handler):
    """Keeps the last thing that the library said, in place of a line for every batch that did not get through."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Remember it."""
        self.text = record.getMessage()


class CountingExporter(SpanExporter):
    """Counts what left and what was lost, and says once when the collector stops answering and once when it is back."""

    def __init__(self, inner: SpanExporter, metrics: "Metrics", words: LastWords) -> None:
        self._inner = inner
        self._metrics = metrics
        self._words = words
        self._failing = False
        self._is_shut = False

    def export(self, spans: "Sequence[ReadableSpan]") -> SpanExportResult:
        """Send a batch; whatever goes wrong is a batch lost."""
        try:
            result = SpanExportResult.FAILURE if self._is_shut else self._inner.export(spans)
        except Exception as error:  # noqa: BLE001 - a thread of its own: nobody else could tell
            self._words.text = type(error).__name__
            result = SpanExportResult.FAILURE
        lost = result is not SpanExportResult.SUCCESS
        self._metrics.tracing_spans.labels("lost" if lost else "exported").inc(len(spans))
        if self._is_shut:
            return result  # who shut it has said so
        if lost and not self._failing:
            _log.warning("traces_not_exported", spans=len(spans), detail=self._words.text)
        elif self._failing and not lost:
            _log.info("traces_exported_again")
        self._failing = lost
        return result

    def shutdown(self) -> None:
        """Send no more: a retry that waits ends now, and what still comes is lost."""
        if not self._is_shut:
            self._is_shut = True
            self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Nothing waits here."""
        return self._inner.force_flush(timeout_millis)


@asynccontextmanager
async def open_export(endpoint: str, metrics: "Metrics") -> "AsyncIterator[BatchSpanProcessor]":
    """Give the queue to the collector at ``endpoint`` (OTLP over HTTP, protobuf)."""
    words = LastWords()
    library = logging.getLogger(_LIBRARY)
    library.propagate = False
    library.addHandler(words)
    exporter = CountingExporter(OTLPSpanExporter(endpoint=endpoint, timeout=TIMEOUT_SECONDS), metrics, words)
    processor = BatchSpanProcessor(
        exporter,
        max_queue_size=QUEUE_SPANS,
        max_export_batch_size=BATCH_SPANS,
        schedule_delay_millis=DELAY_SECONDS * 1000,
    )
    try:
        yield processor
    finally:
        if await _close(processor, exporter):
            library.removeHandler(words)
            library.propagate = True


async def _close(processor: BatchSpanProcessor, exporter: CountingExporter) -> bool:
    """Send what waits, then give it up; return whether the library's threads have ended."""
    # The library's own stop waits half a minute. It may, in a thread that nobody joins at the end of the process.
    closing = threading.Thread(target=processor.shutdown, name="tracing close", daemon=True)
    closing.start()
    await asyncio.to_thread(closing.join, CLOSE_SECONDS)
    if closing.is_alive():
        _log.warning("traces_dropped_at_exit", waited_seconds=CLOSE_SECONDS)
        exporter.shutdown()
        await asyncio.to_thread(closing.join, GIVE_UP_SECONDS)
    return not closing.is_alive()
