"""Cards of subscriptions."""

from shared.filing.cards import Card, order, owner
from shared.store.filed import Kind


class SubscriptionCard(Card, frozen=True, kw_only=True):
    """The portal's side of a subscription."""


SUBSCRIPTION_CARDS: Kind[SubscriptionCard] = Kind(
    name="subscription_cards", title="订阅的归属", document=SubscriptionCard, owner=owner, order=order
)
