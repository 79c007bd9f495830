"""What a family folds."""

import msgspec
import pytest

from services.notifier.families import family_keys, fold_families
from shared.store.records import Alert, AlertState, Relative
from shared.wire.publication import Publication
from tests.unit.notifier.making import alert, publication

A = publication("CN110083831A", application_number="201810083831.5")
B = publication("CN110083831B", application_number="201810083831.5")


def relative(of: Alert) -> Relative:
    assert of.family_key is not None
    return Relative(
        key=of.key,
        family_key=of.family_key,
        kind=of.publication.kind,
        state=of.state,
        application_number=of.publication.application_number,
    )


def family(*publications: Publication, **changes: object) -> list[Alert]:
    return [msgspec.structs.replace(alert(one), family_key="family-1", **changes) for one in publications]


def states(alerts: list[Alert], known: list[Alert] | None = None) -> list[AlertState]:
    return [one.state for one in fold_families(alerts, map(relative, known or []))]


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


def test_a_legal_event_is_told_whoever_was_told_of_the_patent_and_stands_for_none() -> None:
    transfer = msgspec.structs.replace(alert(msgspec.structs.replace(A, event="transfer")), family_key=None)
    assert states([transfer, alert(B)]) == [AlertState.PENDING, AlertState.PENDING]
    assert family_keys([transfer]) == []


MODEL = publication("CN209081538U", application_number="201820083831.0")
OTHERS_INVENTION = publication("CN110083832A", application_number="201810083832.3")
OTHERS_GRANT = publication("CN110083832B", application_number="201810083832.3")
ABROAD = publication("US2020012345A1", kind="A1", application_number="US16123456")


@pytest.mark.parametrize("both", [(A, MODEL), (MODEL, A), (MODEL, B), (A, ABROAD), (ABROAD, MODEL)])
def test_of_an_invention_its_utility_model_and_its_relatives_abroad_the_first_is_told(
    both: tuple[Publication, Publication],
) -> None:
    assert states(family(*both)) == [AlertState.PENDING, AlertState.FOLDED]
    assert states(family(both[1]), family(both[0])) == [AlertState.FOLDED]


@pytest.mark.parametrize("both", [(A, OTHERS_INVENTION), (A, OTHERS_GRANT), (OTHERS_GRANT, A)])
def test_other_inventions_of_the_same_day_and_title_are_others(both: tuple[Publication, Publication]) -> None:
    assert states(family(*both)) == [AlertState.PENDING, AlertState.PENDING]


def test_a_model_and_the_grant_of_its_invention_are_folded_behind_the_invention() -> None:
    assert states(family(A, MODEL, B)) == [AlertState.PENDING, AlertState.FOLDED, AlertState.FOLDED]


def test_whoever_wants_each_is_told_of_each() -> None:
    alerts = family(A, B, MODEL)
    assert [one.state for one in fold_families(alerts, [], each=lambda _: True)] == [AlertState.PENDING] * 3


def test_what_an_older_version_recorded_by_application_folds_its_grant() -> None:
    recorded = alert(A, state=AlertState.PLANNED)
    (granted,) = family(B)
    assert family_keys([granted]) == ["201810083831.5", "family-1"]
    assert states([granted], [recorded]) == [AlertState.FOLDED]


def test_routing_a_batch_again_folds_the_same() -> None:
    first = fold_families([alert(A), alert(B)], [])
    again = fold_families([alert(A), alert(B)], [relative(one) for one in first])
    assert [one.state for one in again] == [one.state for one in first]
