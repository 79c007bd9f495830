"""Profile health: what a profile says that is valid but will not do what its author wants, and what to do about it."""

from services.matcher.health.check import check_profile, errors, health
from services.matcher.health.finding import Code, Finding, FindingTold, Severity
from services.matcher.health.floods import Volume
from services.matcher.health.knowledge import Knowledge
from services.matcher.health.measured import Measured, Probes

__all__ = [
    "Code",
    "Finding",
    "FindingTold",
    "Knowledge",
    "Measured",
    "Probes",
    "Severity",
    "Volume",
    "check_profile",
    "errors",
    "health",
]
