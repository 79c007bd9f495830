"""Hands a place in a trace on: plain data, the same whether this process traces or not."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.bus.port import Received

TRACEPARENT = "traceparent"
"""Name of the header. Source: https://www.w3.org/TR/trace-context/#traceparent-header."""

NOWHERE: "Mapping[str, str]" = {}


def handed_on(received: "Received") -> "Mapping[str, str]":
    """Return the headers for a record that is made because of this one."""
    place = received.headers.get(TRACEPARENT)
    return NOWHERE if place is None else {TRACEPARENT: place}


def log_ids(headers: "Mapping[str, str]") -> dict[str, str]:
    """Return ``trace_id`` and ``span_id`` for a log event about a record with these headers; empty where there is no trace."""
    return ids_of(headers.get(TRACEPARENT, ""))


def ids_of(traceparent: str) -> dict[str, str]:
    """Return ``trace_id`` and ``span_id`` of a place; empty where it is none."""
    parts = traceparent.split("-")
    if len(parts) < 4 or len(parts[1]) != 32 or len(parts[2]) != 16:  # noqa: PLR2004 - the header's grammar
        return {}
    return {"trace_id": parts[1], "span_id": parts[2]}
