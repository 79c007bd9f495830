"""Where in a listing something stands: of what is told, by the moment at which that was so and then by what tells it from others."""

from typing import TYPE_CHECKING

from shared.errors import InvalidInputError
from shared.filing.orders import by_moment, moment_in
from shared.store.filed import Position

if TYPE_CHECKING:
    from datetime import datetime

    from shared.store.records import Alert, Delivery


def of_alert(alert: "Alert") -> Position:
    """Return where an alert stands in `shared.store.telling.Alerts.inbox`."""
    return Position(by_moment(alert.created_at), f"{alert.key.publication_number} {alert.key.subscription_id}")


def of_delivery(delivery: "Delivery") -> Position:
    """Return where a delivery stands in `shared.store.outbox.Deliveries.recent`."""
    return Position(by_moment(delivery.created_at), delivery.id)


def moment_of(position: Position) -> "datetime":
    """Return the moment of a position.

    Raises:
        InvalidInputError: it is no position of these.
    """
    try:
        return moment_in(position.order)
    except ValueError:
        raise InvalidInputError("翻页的位置不对；请回到第一页再往后翻。") from None
