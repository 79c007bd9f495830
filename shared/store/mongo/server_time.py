"""Moments by the server's own clock, as expressions that it evaluates: what processes agree on cannot depend on theirs."""

from typing import Any

NOW = "$$NOW"

Expression = dict[str, Any]


def from_now(seconds: float) -> Expression:
    """Return the moment so many seconds from now."""
    return {"$dateAdd": {"startDate": NOW, "unit": "millisecond", "amount": {"$toLong": round(seconds * 1000)}}}
