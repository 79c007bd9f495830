"""Which of the portal's languages a program asks for."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ZH, EN = "zh", "en"
_MOST_RANGES = 20


def language_of(accepted: "Sequence[str]") -> str:
    """Return ``zh`` or ``en``: the one that ``Accept-Language`` (RFC 9110, 12.5.4) weighs more; Chinese among equals."""
    weights = {ZH: 0.0, EN: 0.0}
    for part in ",".join(accepted).split(",")[:_MOST_RANGES]:
        name, _, parameter = part.strip().partition(";")
        language = name.strip().lower().partition("-")[0]
        if language in weights:
            weights[language] = max(weights[language], _weight(parameter))
    return EN if weights[EN] > weights[ZH] else ZH


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(value) if name == "q" else 0.0
    except ValueError:
        return 0.0
