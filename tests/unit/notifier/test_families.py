"""What a family folds."""

import msgspec

from services.notifier.families import family_keys, fold_families
from shared.store.records import Alert, AlertState, Relative
from tests.unit.notifier.making import alert, publication

A = publication("CN110083831A", application_number="201810083831.5")
B = publication("CN110083831B", application_number="201810083831.5")


def relative(of: Alert) -> Relative:
    assert of.family_key is not None
    return Relative(key=of.key, family_key=of.family_key, kind=of.publication.kind, state=of.state)


def test_the_grant_of_an_application_that_was_told_is_folded() -> None:
    told = msgspec.structs.replace(alert(A), state=AlertState.PLANNED)
    assert [one.state for one in fold_families([alert(B)], [relative(told)])] == [AlertState.FOLDED]


def test_the_grant_is_folded_when_both_come_in_one_batch() -> None:
    assert [one.state for one in fold_families([alert(A), alert(B)], [])] == [AlertState.PENDING, AlertState.FOLDED]


def test_the_grant_is_told_where_the_application_was_not() -> None:
    elsewhere = alert(A, destination_id="other")
    left_out = alert(A, state=AlertState.OVER_CAP)
    known = [relative(elsewhere), relative(left_out)]
    assert [one.state for one in fold_families([alert(B)], known)] == [AlertState.PENDING]


def test_the_same_kind_under_one_application_number_is_contradictory_data_and_told() -> None:
    other = publication("CN110083832A", application_number="201810083831.5")
    assert [one.state for one in fold_families([alert(other)], [relative(alert(A))])] == [AlertState.PENDING]


def test_without_an_application_number_nothing_is_folded() -> None:
    a, b = (alert(publication(n, application_number=None)) for n in ("CN110083831A", "CN110083831B"))
    assert [one.state for one in fold_families([a, b], [])] == [AlertState.PENDING, AlertState.PENDING]
    assert family_keys([a, b]) == []


def test_routing_a_batch_again_folds_the_same() -> None:
    first = fold_families([alert(A), alert(B)], [])
    again = fold_families([alert(A), alert(B)], [relative(one) for one in first])
    assert [one.state for one in again] == [one.state for one in first]
