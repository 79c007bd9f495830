"""From matches to alerts: who is owed which publication, and why."""

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.store.records import Alert, AlertKey, AlertState, MatchRecord, Why

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from shared.wire.events import PublicationMatched
    from shared.wire.publication import Publication
    from shared.wire.subscription import Subscription

_TOLD = frozenset({AlertState.PENDING, AlertState.PLANNED})


@dataclass(slots=True)
class _Found:
    """A publication of the batch with everything found in it, over all its events."""

    publication: "Publication"
    whys: dict[str, Why]


def profiles_of(events: "Iterable[PublicationMatched]") -> list[str]:
    """Return the ids of all profiles that the events tell of, sorted."""
    return sorted({match.profile_id for event in events for match in event.matches})


def match_records(events: "Iterable[PublicationMatched]") -> list[MatchRecord]:
    """Return the matches as the store keeps them."""
    return [MatchRecord(match=match, matched_at=event.matched_at) for event in events for match in event.matches]


def make_alerts(
    events: "Sequence[PublicationMatched]", subscriptions: "Sequence[Subscription]", *, now: "datetime"
) -> list[Alert]:
    """Return an alert for each subscription, publication and destination, with all its reasons, none folded yet.

    Args:
        events: one poll's worth; several events of one publication are told as one.
        subscriptions: all that hold any of the events' profiles.
        now: when the alerts are created.

    Returns:
        In the order of the events, then of the subscriptions.
    """
    holders: defaultdict[str, list[Subscription]] = defaultdict(list)
    for subscription in subscriptions:
        for profile_id in subscription.profiles:
            holders[profile_id].append(subscription)
    alerts: list[Alert] = []
    for found in _by_publication(events):
        owed: dict[str, tuple[Subscription, list[Why]]] = {}
        for profile_id, why in found.whys.items():
            for subscription in holders.get(profile_id, ()):
                owed.setdefault(subscription.id, (subscription, []))[1].append(why)
        publication = found.publication
        for subscription, whys in owed.values():
            best_first = tuple(sorted(whys, key=lambda why: (-why.score, why.profile_id)))
            alerts.extend(
                Alert(
                    key=AlertKey(
                        subscription_id=subscription.id,
                        publication_number=publication.publication_number,
                        destination_id=destination_id,
                    ),
                    family_key=publication.application_number,
                    publication=publication,
                    whys=best_first,
                    score=best_first[0].score,
                    created_at=now,
                )
                for destination_id in dict.fromkeys(subscription.destinations)
                if destination_id not in subscription.opted_out
            )
    return alerts


def family_keys(alerts: "Iterable[Alert]") -> list[str]:
    """Return the applications that the alerts tell of, sorted."""
    return sorted({alert.family_key for alert in alerts if alert.family_key is not None})


def fold_families(alerts: "Sequence[Alert]", known: "Iterable[Alert]") -> list[Alert]:
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
    for alert in known:
        if alert.state in _TOLD and alert.family_key is not None:
            told[_family(alert)][alert.key.publication_number] = alert.publication.kind
    result = []
    for alert in alerts:
        if alert.family_key is not None:
            relatives = told[_family(alert)]
            kind = alert.publication.kind
            number = alert.key.publication_number
            if any(other != number and other_kind != kind for other, other_kind in relatives.items()):
                result.append(_folded(alert))
                continue
            relatives[number] = kind
        result.append(alert)
    return result


def _by_publication(events: "Iterable[PublicationMatched]") -> "Iterable[_Found]":
    found: dict[str, _Found] = {}
    for event in events:
        number = event.publication.publication_number
        one = found.get(number)
        if one is None:
            one = found[number] = _Found(event.publication, {})
        one.publication = event.publication
        for match in event.matches:
            one.whys[match.profile_id] = Why(
                profile_id=match.profile_id,
                profile_name=event.profile_names.get(match.profile_id, ""),
                rule=match.rule,
                score=match.score,
                evidence=match.evidence,
            )
    return found.values()


def _family(alert: Alert) -> tuple[str, str, str]:
    return alert.key.subscription_id, alert.key.destination_id, alert.family_key or ""


def _folded(alert: Alert) -> Alert:
    return Alert(
        key=alert.key,
        family_key=alert.family_key,
        publication=alert.publication,
        whys=alert.whys,
        score=alert.score,
        created_at=alert.created_at,
        state=AlertState.FOLDED,
    )
