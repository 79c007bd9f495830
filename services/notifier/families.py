"""Families: an application that was told once is not told again when it is granted, nor is its utility model.

All publications of a family lie in one partition of the matches topic, in order, so whoever records one of them has
everything before it in the store already.
"""

from collections import defaultdict
from typing import TYPE_CHECKING

import msgspec

from shared.store.records import AlertState
from shared.wire.identity import side_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from shared.store.records import Alert, Relative
    from shared.wire.publication import Publication

_TOLD = frozenset({AlertState.PENDING, AlertState.PLANNED})


def family_keys(alerts: "Iterable[Alert]") -> list[str]:
    """Return the families that the alerts tell of, sorted; also by application, as older versions recorded them."""
    return sorted({key for alert in alerts for key in _keys(alert)})


def fold_families(
    alerts: "Sequence[Alert]", known: "Iterable[Relative]", *, each: "Callable[[str], bool]" = lambda _: False
) -> "list[Alert]":
    """Fold what another publication of the same family tells already.

    Args:
        alerts: new ones, in the order in which they came. Legal events have no family key: each is told.
        known: alerts of the same families that the store has.
        each: whether a subscription wants each publication of a family.

    Returns:
        The new ones; those that are not told have the state ``FOLDED``.
    """
    told: defaultdict[tuple[str, str, str], dict[str, tuple[str, str | None]]] = defaultdict(dict)
    for relative in known:
        if relative.state in _TOLD:
            place = (relative.key.subscription_id, relative.key.destination_id, relative.family_key)
            told[place][relative.key.publication_number] = (relative.kind, relative.application_number)
    result = []
    for alert in alerts:
        number, publication = alert.key.publication_number, alert.publication
        is_once = not each(alert.key.subscription_id)
        for key in _keys(alert):
            relatives = told[alert.key.subscription_id, alert.key.destination_id, key]
            if is_once and any(
                _tells_the_same(publication, other, *what) for other, what in relatives.items() if other != number
            ):
                result.append(msgspec.structs.replace(alert, state=AlertState.FOLDED))
                break
        else:
            for key in _keys(alert):
                place = (alert.key.subscription_id, alert.key.destination_id, key)
                told[place][number] = (publication.kind, publication.application_number)
            result.append(alert)
    return result


def _keys(alert: "Alert") -> tuple[str, ...]:
    application = alert.publication.application_number
    if alert.family_key is None:
        return ()
    return (alert.family_key,) if application in {None, alert.family_key} else (alert.family_key, str(application))


def _tells_the_same(publication: "Publication", number: str, kind: str, application: str | None) -> bool:
    """Whether who was told of a relative need not be told of a publication.

    Of one application every later document (as CN…A, later granted as CN…B); the same kind code twice is contradictory data,
    not a family. Of one family in other countries; and in one country the utility model beside the invention: other inventions of one
    day and title are others.
    """
    if publication.application_number is not None and publication.application_number == application:
        return publication.kind != kind
    if publication.publication_number[:2] != number[:2]:
        return True
    return {side_of(publication.kind), side_of(kind)} == {"invention", "model"}
