"""From matches to alerts: who is owed which publication, and why."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from services.notifier.templates.extents import Extents
from shared.store.merging import best_first
from shared.store.records import Alert, AlertKey
from shared.wire.events import matched_key
from shared.wire.identity import is_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from services.notifier.reading import Found
    from services.notifier.routes import Route, Routes
    from shared.store.records import Why
    from shared.wire.publication import Publication


@dataclass(slots=True)
class _Told:
    """A publication of the batch with every reason to tell it, over all its events."""

    key: str
    publication: "Publication"
    whys: "dict[str, Why]"
    traceparent: str | None


def make_alerts(
    found: "Iterable[Found]", routes: "Routes", *, now: "datetime", due_at: "Callable[[Route], datetime]"
) -> list[Alert]:
    """Return an alert for each subscription, publication and destination, with all its reasons, none folded yet.

    Args:
        found: one batch; several events of one publication are told as one. Of a publication that was corrected in between
            only what was found in its last content counts.
        routes: who holds which profile.
        now: when the alerts are created.
        due_at: returns when what is recorded now for a subscription may be told.

    Returns:
        In the order of the events, then of the reasons.
    """
    alerts: list[Alert] = []
    for told in _by_publication(found):
        owed: dict[str, tuple[Route, list[Why]]] = {}
        for profile_id, why in told.whys.items():
            for route in routes.holders(profile_id):
                owed.setdefault(route.subscription_id, (route, []))[1].append(why)
        publication = told.publication
        extents = Extents(publication)
        family_key = matched_key(publication) if is_document(publication) else None
        for route, reasons in owed.values():
            if not route.tells(publication.event):
                continue
            whys = best_first(reasons)
            score = whys[0].score
            extent = extents.of(whys, score)
            due = due_at(route)
            alerts.extend(
                Alert(
                    key=AlertKey(
                        subscription_id=route.subscription_id,
                        publication_number=told.key,
                        destination_id=destination_id,
                    ),
                    family_key=family_key,
                    publication=publication,
                    whys=whys,
                    score=score,
                    created_at=now,
                    due_at=due,
                    traceparent=told.traceparent or msgspec.UNSET,
                    extent=extent,
                )
                for destination_id in route.destinations
            )
    return alerts


def _by_publication(found: "Iterable[Found]") -> "Sequence[_Told]":
    told: dict[str, _Told] = {}
    for one in found:
        if not one.whys:
            continue
        key = one.matches.publication_number
        known = told.get(key)
        if known is None or known.publication != one.publication:
            known = told[key] = _Told(key, one.publication, {}, one.traceparent)
        known.whys.update((why.profile_id, why) for why in one.whys)
    return list(told.values())
