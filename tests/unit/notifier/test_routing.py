"""Who is owed what, and why."""

from datetime import datetime, timedelta

import msgspec

from services.notifier.reading import Found, read_found
from services.notifier.routes import Route, Routes
from services.notifier.routing import make_alerts
from services.notifier.templates.extents import Extents
from shared.bus.port import Received
from shared.store.records import Alert
from shared.tracing.carry import TRACEPARENT
from shared.wire.events import Change, PublicationMatched, encode_event
from shared.wire.match import Match
from shared.wire.publication import Publication
from shared.wire.subscription import Subscription
from tests.unit.notifier.making import NOW, publication, subscription


def event(of: Publication, **scores: float) -> PublicationMatched:
    return PublicationMatched(
        publication=of,
        content_hash="0" * 32,
        change=Change.NEW,
        matches=tuple(
            Match(profile_id=p, publication_number=of.publication_number, score=score, rule=0)
            for p, score in scores.items()
        ),
        profile_names={p: f"画像 {p}" for p in scores},
        matched_at=NOW,
    )


def received(told: PublicationMatched, **headers: str) -> Received:
    return Received(
        topic="zhitui.matches.v1",
        partition=0,
        offset=0,
        key=told.publication.publication_number,
        value=encode_event(told),
        headers=headers,
        appended_at=NOW,
    )


def found(of: Publication, **scores: float) -> Found:
    return read_found(received(event(of, **scores)), scores)


def owed(events: list[Found], *subscriptions: Subscription) -> list[Alert]:
    routes = Routes()
    for one in subscriptions:
        routes.put(one)
    return make_alerts(events, routes, now=NOW, due_at=in_an_hour)


def in_an_hour(_route: Route) -> datetime:
    return NOW + timedelta(hours=1)


def test_every_destination_of_a_subscription_is_owed_the_publication_with_all_reasons_best_first() -> None:
    alerts = owed(
        [found(publication(), p1=0.4, p2=0.8, p9=1.0)], subscription("box", "group", "box", profiles=("p1", "p2"))
    )
    assert [one.key.destination_id for one in alerts] == ["box", "group"]
    assert [why.profile_id for why in alerts[0].whys] == ["p2", "p1"]
    assert alerts[0].score == 0.8
    assert (alerts[0].created_at, alerts[0].due_at) == (NOW, NOW + timedelta(hours=1))


def test_two_subscriptions_of_one_profile_are_owed_one_alert_each() -> None:
    alerts = owed(
        [found(publication(), p1=0.4)], subscription(id="a", profiles=("p1",)), subscription(id="b", profiles=("p1",))
    )
    assert [one.key.subscription_id for one in alerts] == ["a", "b"]


def test_how_long_an_alert_is_is_recorded_with_it() -> None:
    alerts = owed([found(publication(), p1=0.4, p2=0.8)], subscription(profiles=("p1", "p2")))
    assert [one.extent for one in alerts] == [Extents(publication()).of(alerts[0].whys, 0.8)]


def test_a_match_that_nobody_subscribed_to_is_owed_to_nobody() -> None:
    assert owed([found(publication(), p1=0.4)]) == []


def test_who_opted_out_is_not_told() -> None:
    alerts = owed([found(publication(), p1=0.4)], subscription("box", "group", profiles=("p1",), opted_out=("box",)))
    assert [one.key.destination_id for one in alerts] == ["group"]


def test_the_chunks_of_one_publication_become_one_alert_with_all_reasons() -> None:
    told = publication()
    alerts = owed([found(told, p1=0.4), found(told, p2=0.8)], subscription(profiles=("p1", "p2")))
    assert [[why.profile_id for why in one.whys] for one in alerts] == [["p2", "p1"]]


def test_of_a_publication_that_was_corrected_in_between_only_the_last_content_is_told() -> None:
    corrected = publication(title="一种固态电池的隔膜")
    alerts = owed([found(publication(), p1=0.9), found(corrected, p2=0.8)], subscription(profiles=("p1", "p2")))
    assert [(one.publication.title, [why.profile_id for why in one.whys]) for one in alerts] == [
        ("一种固态电池的隔膜", ["p2"])
    ]


def test_an_alert_carries_the_place_in_its_publications_trace_where_there_is_one() -> None:
    traced = read_found(received(event(publication(), p1=0.4), **{TRACEPARENT: "00-1-2-01"}), {"p1"})
    (alert,) = owed([traced], subscription(profiles=("p1",)))
    assert alert.traceparent == "00-1-2-01"
    (alert,) = owed([found(publication(), p1=0.4)], subscription(profiles=("p1",)))
    assert alert.traceparent is msgspec.UNSET


def test_a_subscription_is_told_of_the_happenings_it_asks_for_and_each_is_an_item_of_its_own() -> None:
    pledge, transfer = (publication(event=event, event_detail=event) for event in ("pledge", "transfer"))
    events = [found(one, p=0.5) for one in (publication(), publication(event="grant"), pledge, transfer)]

    def told(*asked: str) -> list[str]:
        of = subscription(profiles=("p",), **({"events": asked} if asked else {}))
        return [one.key.publication_number.split(":")[-3:][0] for one in owed(events, of)]

    documents, transfers, everything = told(), told("transfer"), told("all")
    assert documents == ["CN110083831A"]
    assert transfers == ["transfer"]
    assert everything == ["CN110083831A", "pledge", "transfer"]


def test_a_legal_event_has_no_family_and_a_publication_always_has_one() -> None:
    told = [publication(event="transfer"), publication(application_number=None), publication("CN1B", family_id="f-1")]
    alerts = owed([found(one, p=0.5) for one in told], subscription(profiles=("p",), events=("all",)))
    assert [one.family_key for one in alerts] == [None, "CN110083831A", "f-1"]
