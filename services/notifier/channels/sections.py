"""What a message of several subscriptions says of each of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.store.records import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One of the subscriptions; fields as in `services.notifier.channels.port.Frame`."""

    subscription_id: str
    name: str = ""
    left_out: int = 0
    list_url: str | None = None
    unsubscribe_url: str | None = None
    notice: "Notice | None" = None

    @property
    def called(self) -> str:
        """How people are told of the subscription: by its name, else by its id."""
        return self.name or self.subscription_id
