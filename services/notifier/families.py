"""Families: an application that was told once is not told again when it is granted.

All publications of an application lie in one partition of the matches topic, in order, so whoever records one of them has
everything before it in the store already.
"""

from collections import defaultdict
from typing import TYPE_CHECKING

import msgspec

from shared.store.records import AlertState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shared.store.records import Alert, AlertKey, Relative

_TOLD = frozenset({AlertState.PENDING, AlertState.PLANNED})


def family_keys(alerts: "Iterable[Alert]") -> list[str]:
    """Return the applications that the alerts tell of, sorted."""
    return sorted({alert.family_key for alert in alerts if alert.family_key is not None})


def fold_families(alerts: "Sequence[Alert]", known: "Iterable[Relative]") -> "list[Alert]":
    """Fold what another publication of the same application tells already.

    An application is published more than once (as CN…A, later granted as CN…B). The same kind code twice under one
    application number is contradictory data, not a family: both are told.

    Args:
        alerts: new ones, in the order in which they came.
        known: alerts of the same applications that the store has.

    Returns:
        The new ones; those that are not told have the state ``FOLDED``.
    """
    told: defaultdict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
    for relative in known:
        if relative.state in _TOLD:
            told[_family(relative.key, relative.family_key)][relative.key.publication_number] = relative.kind
    result = []
    for alert in alerts:
        if alert.family_key is not None:
            relatives = told[_family(alert.key, alert.family_key)]
            kind = alert.publication.kind
            number = alert.key.publication_number
            if any(other != number and other_kind != kind for other, other_kind in relatives.items()):
                result.append(msgspec.structs.replace(alert, state=AlertState.FOLDED))
                continue
            relatives[number] = kind
        result.append(alert)
    return result


def _family(key: "AlertKey", family_key: str) -> tuple[str, str, str]:
    return key.subscription_id, key.destination_id, family_key
