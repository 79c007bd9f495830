"""Corrections: what was told is told again only where the subscriber asked for it, as what it is.

A correction that newly matches is told as any publication; one that reaches an alert which still waits becomes what that tells.
"""

from typing import TYPE_CHECKING

import msgspec

from shared.store.records import AlertKey, AlertState
from shared.wire.identity import CORRECTION, item_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from shared.store.records import Alert, Relative


def correction_alerts(
    alerts: "Iterable[Alert]",
    known: "Iterable[Relative]",
    differences: "Mapping[str, str]",
    *,
    asks: "Callable[[str], bool]",
) -> "list[Alert]":
    """Return an alert of its own for each correction of what was told already.

    Args:
        alerts: what is owed for a batch.
        known: alerts of the same families that the store has.
        differences: publication number → what its correction changed, of those that were corrected.
        asks: whether a subscription asks for corrections.

    Returns:
        Alerts whose publication says what happened to it; their key is made of what changed, so that each change is told once.
    """
    told = {relative.key for relative in known if relative.state is AlertState.PLANNED}
    corrections = []
    for alert in alerts:
        difference = differences.get(alert.key.publication_number)
        if difference is None or alert.key not in told or not asks(alert.key.subscription_id):
            continue
        publication = msgspec.structs.replace(alert.publication, event=CORRECTION, event_detail=difference)
        key = AlertKey(
            subscription_id=alert.key.subscription_id,
            publication_number=item_key(publication),
            destination_id=alert.key.destination_id,
        )
        corrections.append(msgspec.structs.replace(alert, key=key, family_key=None, publication=publication))
    return corrections
