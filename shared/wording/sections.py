"""A message of several subscriptions: each publication is shown once, under the first that tells it, with the reasons of all."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from shared.store.merging import best_first

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shared.store.records import Alert, AlertKey


@dataclass(frozen=True, slots=True)
class Shown:
    """What a message shows.

    Attributes:
        alerts: one a publication, in order; it carries the key of the first.
        stands_for: key of each that is shown → the keys of all that it stands for, its own first.
    """

    alerts: "tuple[Alert, ...]"
    stands_for: "dict[AlertKey, tuple[AlertKey, ...]]" = field(default_factory=dict)

    @property
    def told_by(self) -> "dict[AlertKey, tuple[str, ...]]":
        """The subscriptions that tell what is shown, by its key."""
        return {shown: tuple(key.subscription_id for key in keys) for shown, keys in self.stands_for.items()}


def shown_once(alerts: "Iterable[Alert]") -> Shown:
    """Return what is shown of these alerts of one destination.

    Args:
        alerts: in the order in which they are told, section by section or publication by publication. Only those of one
            content are united: the places of hits lie in the text in which they were found.
    """
    told: dict[str, list[list[Alert]]] = {}
    order: list[list[Alert]] = []
    for alert in alerts:
        versions = told.setdefault(alert.key.publication_number, [])
        same = next((one for one in versions if one[0].publication == alert.publication), None)
        if same is None:
            same = []
            versions.append(same)
            order.append(same)
        same.append(alert)
    return Shown(tuple(map(_united, order)), {ones[0].key: tuple(one.key for one in ones) for ones in order})


def _united(alerts: "Sequence[Alert]") -> "Alert":
    first = alerts[0]
    if len(alerts) == 1:
        return first
    whys = {why.profile_id: why for alert in reversed(alerts) for why in alert.whys}
    score = max(alert.score for alert in alerts)
    return msgspec.structs.replace(first, whys=best_first(whys.values()), score=score, extent=msgspec.UNSET)
