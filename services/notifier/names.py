"""What people call subscriptions, as messages say it."""

from typing import TYPE_CHECKING

from services.notifier.channels.port import NAME_CHARACTERS
from shared.filing.subscription_cards import SUBSCRIPTION_CARDS
from shared.wording.items import one_line, shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.store.port import Store


async def names_of(store: "Store", subscription_ids: "Sequence[str]") -> dict[str, str]:
    """Return the names of those of these subscriptions that are an organisation's, at most `NAME_CHARACTERS` each."""
    cards = await store.shelf(SUBSCRIPTION_CARDS).many(subscription_ids)
    return {one: shorten(one_line(filed.document.name), NAME_CHARACTERS) for one, filed in cards.items()}
