"""Where a listing goes on, as a page's address says it (``?after=``)."""

import base64
from typing import TYPE_CHECKING

import msgspec

from shared.store.filed import Position

if TYPE_CHECKING:
    from services.portal.console.visit import Visit


def cursor_of(position: Position | None) -> str | None:
    """Return a position as a word of an address."""
    if position is None:
        return None
    return base64.urlsafe_b64encode(msgspec.json.encode([position.order, position.id])).decode()


def after_in(visit: "Visit") -> Position | None:
    """Return the position in an address; ``None``: the first page, also where somebody made one up."""
    try:
        order, ident = msgspec.json.decode(
            base64.urlsafe_b64decode(visit.request.query.get("after", "")), type=tuple[str, str]
        )
    except (ValueError, msgspec.DecodeError):
        return None
    return Position(order, ident)
