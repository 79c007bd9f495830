"""Alerts are cut into messages between items only, in order, and no message is empty."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shared.store.records import Alert


def by_number(alerts: "Sequence[Alert]", most: int) -> "list[tuple[Alert, ...]]":
    """Cut into messages of at most so many."""
    return [tuple(alerts[start : start + most]) for start in range(0, len(alerts), most)]


def by_size(
    alerts: "Sequence[Alert]", size: "Callable[[Alert], int]", *, room: int, most: int | None = None
) -> "list[tuple[Alert, ...]]":
    """Cut into messages whose items together take at most ``room``; one that is larger alone has a message of its own.

    Args:
        alerts: in their order.
        size: how much an item takes with what parts it from the next.
        room: in the same measure.
        most: items of a message; ``None``: as many as there is room for.
    """
    pages: list[list[Alert]] = []
    left = 0
    for alert in alerts:
        taken = size(alert)
        if not pages or taken > left or len(pages[-1]) == most:
            pages.append([])
            left = room
        pages[-1].append(alert)
        left -= taken
    return [tuple(page) for page in pages]
