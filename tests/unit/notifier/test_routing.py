"""Who is owed what, and what a family folds."""

import msgspec

from services.notifier.routing import family_keys, fold_families, make_alerts, match_records, profiles_of
from shared.store.records import AlertState
from shared.wire.events import Change, PublicationMatched
from shared.wire.match import Match
from shared.wire.publication import Publication
from tests.unit.notifier.making import NOW, alert, publication, subscription


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


def test_every_destination_of_a_subscription_is_owed_the_publication_with_all_reasons_best_first() -> None:
    owed = make_alerts(
        [event(publication(), p1=0.4, p2=0.8, p9=1.0)], [subscription("box", "group", profiles=("p1", "p2"))], now=NOW
    )
    assert [one.key.destination_id for one in owed] == ["box", "group"]
    assert [why.profile_id for why in owed[0].whys] == ["p2", "p1"]
    assert owed[0].score == 0.8
    assert owed[0].created_at == NOW


def test_two_subscriptions_of_one_profile_are_owed_one_alert_each() -> None:
    owed = make_alerts(
        [event(publication(), p1=0.4)],
        [subscription(id="a", profiles=("p1",)), subscription(id="b", profiles=("p1",))],
        now=NOW,
    )
    assert [one.key.subscription_id for one in owed] == ["a", "b"]


def test_a_match_that_nobody_subscribed_to_is_recorded_and_owed_to_nobody() -> None:
    events = [event(publication(), p1=0.4)]
    assert make_alerts(events, [], now=NOW) == []
    assert [record.match.profile_id for record in match_records(events)] == ["p1"]
    assert profiles_of(events) == ["p1"]


def test_who_opted_out_is_not_told() -> None:
    owed = make_alerts(
        [event(publication(), p1=0.4)], [subscription("box", "group", profiles=("p1",), opted_out=("box",))], now=NOW
    )
    assert [one.key.destination_id for one in owed] == ["group"]


def test_the_chunks_of_one_publication_become_one_alert_with_all_reasons() -> None:
    told = publication()
    owed = make_alerts([event(told, p1=0.4), event(told, p2=0.8)], [subscription(profiles=("p1", "p2"))], now=NOW)
    assert [[why.profile_id for why in one.whys] for one in owed] == [["p2", "p1"]]


A = publication("CN110083831A", application_number="201810083831.5")
B = publication("CN110083831B", application_number="201810083831.5")


def test_the_grant_of_an_application_that_was_told_is_folded() -> None:
    told = msgspec.structs.replace(alert(A), state=AlertState.PLANNED)
    assert [one.state for one in fold_families([alert(B)], [told])] == [AlertState.FOLDED]


def test_the_grant_is_folded_when_both_come_in_one_batch() -> None:
    assert [one.state for one in fold_families([alert(A), alert(B)], [])] == [AlertState.PENDING, AlertState.FOLDED]


def test_the_grant_is_told_where_the_application_was_not() -> None:
    elsewhere = alert(A, destination_id="other")
    left_out = alert(A, state=AlertState.OVER_CAP)
    assert [one.state for one in fold_families([alert(B)], [elsewhere, left_out])] == [AlertState.PENDING]


def test_the_same_kind_under_one_application_number_is_contradictory_data_and_told() -> None:
    other = publication("CN110083832A", application_number="201810083831.5")
    assert [one.state for one in fold_families([alert(other)], [alert(A)])] == [AlertState.PENDING]


def test_without_an_application_number_nothing_is_folded() -> None:
    a, b = (alert(publication(n, application_number=None)) for n in ("CN110083831A", "CN110083831B"))
    assert [one.state for one in fold_families([a, b], [])] == [AlertState.PENDING, AlertState.PENDING]
    assert family_keys([a, b]) == []


def test_routing_a_batch_again_folds_the_same() -> None:
    first = fold_families([alert(A), alert(B)], [])
    again = fold_families([alert(A), alert(B)], first)
    assert [one.state for one in again] == [one.state for one in first]
