"""Tracing by OpenTelemetry's SDK: one export queue a process, one resource (``service.name``) a role."""

import os
import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, ParentBased, Sampler, TraceIdRatioBased

from shared.tracing.sdk.exporting import open_export
from shared.tracing.sdk.places import KAFKA, Tracers
from shared.tracing.sdk.tracing import SdkTracing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from opentelemetry.sdk.trace import SpanProcessor
    from opentelemetry.trace import Tracer

    from shared.metrics import Metrics
    from shared.settings import Settings


@asynccontextmanager
async def open_sdk(settings: "Settings", metrics: "Metrics") -> "AsyncIterator[SdkTracing]":
    """Trace for as long as the context lasts."""
    # The ratio decides once, where a publication's trace begins. The notifier begins traces for digests only,
    # of publications that were chosen already.
    by_ratio = ParentBased(TraceIdRatioBased(settings.tracing_sample_ratio))
    as_before = ParentBased(ALWAYS_ON)
    async with open_export(settings.tracing_endpoint, metrics) as processor:
        yield SdkTracing(
            Tracers(
                ingest=_tracer("ingest", by_ratio, processor, settings),
                matcher=_tracer("matcher", as_before, processor, settings),
                notifier=_tracer("notifier", as_before, processor, settings),
                system=KAFKA if settings.bus == KAFKA else "zhitui.embedded",
                prefix=settings.kafka_prefix if settings.bus == KAFKA else "",
            )
        )


def _tracer(role: str, sampler: Sampler, processor: "SpanProcessor", settings: "Settings") -> "Tracer":
    resource = Resource.create(
        {
            "service.namespace": "zhitui",
            "service.name": f"zhitui-{role}",
            "service.instance.id": f"{settings.instance or socket.gethostname()}-{os.getpid()}",
        }
    )
    # Not the library's own stop at exit: that one waits half a minute for a collector that does not answer.
    provider = TracerProvider(sampler=sampler, resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(processor)
    return provider.get_tracer("zhitui")
