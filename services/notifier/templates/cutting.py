"""Alerts are cut into messages between items only, in order, and no message is empty."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.store.records import Alert


def by_number(alerts: "Sequence[Alert]", most: int) -> "list[tuple[Alert, ...]]":
    """Cut into messages of at most so many."""
    return [tuple(alerts[start : start + most]) for start in range(0, len(alerts), most)]


def by_size(
    alerts: "Sequence[Alert]", sizes: "Sequence[int]", *, room: int, apart: int = 0, most: int | None = None
) -> "list[tuple[Alert, ...]]":
    """Cut into messages whose items together take at most ``room``; one that is larger alone has a message of its own.

    Args:
        alerts: in their order.
        sizes: how much each takes.
        room: in the same measure.
        apart: what parts each from the next, counted behind the last of a message, too.
        most: items of a message; ``None``: as many as there is room for.
    """
    if sum(sizes) + len(sizes) * apart <= room and len(alerts) <= (most or len(alerts)):
        return by_number(alerts, len(alerts) or 1)
    pages = []
    start, left = 0, room
    for place, size in enumerate(sizes):
        taken = size + apart
        if place > start and (taken > left or place - start == most):
            pages.append(tuple(alerts[start:place]))
            start, left = place, room
        left -= taken
    pages.append(tuple(alerts[start:]))
    return pages
