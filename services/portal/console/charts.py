"""The geometry of bar charts: numbers in, places of rectangles out; a template draws them as SVG."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT = 400.0, 130.0
"""The drawing's own units; the page scales it."""

_TOP, _BOTTOM, _FILLED, _LEAST = 18.0, 20.0, 0.7, 2.0
_LABELS = 9
"""More labels than these would run into each other on a phone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar, in the drawing's units.

    Attributes:
        label: below it, ``""`` where there is no room.
        full_label: for the tooltip.
    """

    x: float
    y: float
    width: float
    height: float
    middle: float
    value: int
    label: str
    full_label: str


def bars(values: "Sequence[tuple[str, int]]") -> tuple[Bar, ...]:
    """Lay bars side by side, the highest as high as there is room; a value of none keeps a thin line.

    Args:
        values: (label, value ≥ 0), from left to right.
    """
    if not values:
        return ()
    step = min(WIDTH / len(values), WIDTH / 4)
    most = max(value for _, value in values) or 1
    every = -(-len(values) // _LABELS)
    made = []
    for place, (label, value) in enumerate(values):
        height = max(_LEAST, (HEIGHT - _TOP - _BOTTOM) * value / most)
        left = place * step + step * (1 - _FILLED) / 2
        made.append(
            Bar(
                x=round(left, 1),
                y=round(HEIGHT - _BOTTOM - height, 1),
                width=round(step * _FILLED, 1),
                height=round(height, 1),
                middle=round(place * step + step / 2, 1),
                value=value,
                label=label if place % every == 0 else "",
                full_label=label,
            )
        )
    return tuple(made)
