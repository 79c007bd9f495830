"""What a message is written from, read anew for each attempt; what is needed at one moment is read together."""

import asyncio
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, cast

from services.notifier.names import names_of
from shared.gathering import Gathering

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shared.store.port import Store
    from shared.store.records import Alert, Delivery
    from shared.wire.subscription import Subscription


@dataclass(frozen=True, slots=True)
class Needed:
    """What there is of a delivery besides itself and its destination.

    Attributes:
        alerts: what it tells, in its order.
        wanted: its subscriptions as they are now, in order, ``None`` where one was removed.
        names: what people call those that are an organisation's.
    """

    alerts: "Sequence[Alert]"
    wanted: "Mapping[str, Subscription | None]"
    names: "Mapping[str, str]"


class Needs:
    """Asks for what messages need that are sent at one moment."""

    def __init__(self, store: "Store") -> None:
        self._gathering = Gathering(partial(needed, store))

    async def of(self, delivery: "Delivery") -> Needed:
        """Return what one is written from; raises as `needed` does."""
        return cast("Needed", await self._gathering.get(delivery))  # all that is asked is answered


async def needed(store: "Store", deliveries: "Sequence[Delivery]") -> "dict[Delivery, Needed]":
    """Return what these deliveries are written from.

    Raises:
        RetryLaterError: the store does not answer.
    """
    sections = list(dict.fromkeys(chain.from_iterable(one.sections for one in deliveries)))
    alerts, subscriptions, names = await asyncio.gather(
        store.alerts.of_deliveries([one.id for one in deliveries]),
        store.subscriptions.many(sections),
        names_of(store, sections),
    )
    return {
        one: Needed(
            alerts=alerts.get(one.id) or (),
            wanted={section: subscriptions.get(section) for section in one.sections},
            names=names,
        )
        for one in deliveries
    }
