"""Corrections: what was told is told again only where the subscriber asked for it, as what it is.

A correction that newly matches is told as any publication; one that reaches an alert which still waits becomes what that tells.
"""

from typing import TYPE_CHECKING

import msgspec

from services.notifier.templates.extents import Extents
from shared.store.records import Alert, AlertKey, AlertState
from shared.wire.events import matched_key
from shared.wire.identity import CORRECTION, item_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from services.notifier.reading import Found
    from services.notifier.routes import Route, Routes
    from shared.store.records import Relative


def corrected_families(found: "Iterable[Found]") -> set[str]:
    """Return the keys under which alerts of what was corrected lie."""
    of_corrections = [one.publication for one in found if one.difference]
    applications = {one.application_number for one in of_corrections if one.application_number}
    return {matched_key(one) for one in of_corrections} | applications


def correction_alerts(
    found: "Iterable[Found]",
    alerts: "Sequence[Alert]",
    known: "Iterable[Relative]",
    routes: "Routes",
    *,
    now: "datetime",
    due_at: "Callable[[Route], datetime]",
) -> list[Alert]:
    """Return an alert of its own for each correction of what was told already, whether or not it still matches.

    Args:
        found: one batch.
        alerts: what is owed for it, with the reasons why it still matches.
        known: alerts of the same families that the store has.
        routes: who asks for corrections.
        now: when the alerts are created.
        due_at: returns when what is recorded now for a subscription may be told.

    Returns:
        Alerts whose publication says what happened to it; their key is made of what changed, so that each change is told once.
    """
    corrected = {one.matches.publication_number: one for one in found if one.difference}
    owed = {alert.key: alert for alert in alerts}
    corrections = []
    for relative in known:
        key, one = relative.key, corrected.get(relative.key.publication_number)
        route = routes.get(key.subscription_id)
        if one is None or relative.state is not AlertState.PLANNED or route is None:
            continue
        if not route.corrections or key.destination_id not in route.destinations:
            continue
        publication = msgspec.structs.replace(one.publication, event=CORRECTION, event_detail=one.difference)
        still = owed.get(key)
        whys, score = ((), 0.0) if still is None else (still.whys, still.score)
        corrections.append(
            Alert(
                key=AlertKey(
                    subscription_id=key.subscription_id,
                    publication_number=item_key(publication),
                    destination_id=key.destination_id,
                ),
                family_key=None,
                publication=publication,
                whys=whys,
                score=score,
                created_at=now,
                due_at=due_at(route),
                traceparent=one.traceparent or msgspec.UNSET,
                extent=Extents(publication).of(whys, score),
            )
        )
    return corrections
