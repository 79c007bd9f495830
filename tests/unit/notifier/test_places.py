"""Who does not answer takes nobody's place."""

from datetime import timedelta

import pytest

from services.notifier.delivery.breakers import Standing
from services.notifier.delivery.places import LANES, ONE_FORGETFUL, ONE_HOST, PROBES, SLOW, SLOW_TRIES, TRIES, Places
from services.notifier.delivery.ready import IN_A_ROW, MOST_OF_A_HOST, Ready
from services.notifier.delivery.rests import Rests
from tests.contract.made import NOW, delivery


def take(places: Places, count: int, standing: Standing, *, prefix: str) -> int:
    return sum(places.take(f"{prefix}-{n}", f"{prefix}-host-{n}", standing) for n in range(count))


def test_who_has_not_answered_yet_takes_no_lane_of_those_who_have() -> None:
    places = Places()
    assert take(places, 2 * TRIES, Standing.UNKNOWN, prefix="unknown") == TRIES
    assert places.has_any_room
    assert take(places, 100, Standing.LIVING, prefix="living") == LANES
    assert not places.has_any_room


def test_few_calls_are_under_way_to_a_vendor_that_cannot_tell_a_repetition() -> None:
    places = Places({"wecom-robot"})
    served = [places.take(f"robot-{n}", "wecom-robot", Standing.LIVING) for n in range(LANES)]
    assert sum(served) == ONE_FORGETFUL
    places.leave("robot-0")
    assert places.take("robot-next", "wecom-robot", Standing.UNKNOWN)
    assert sum(places.take(f"app-{n}", "wecom-app", Standing.LIVING) for n in range(LANES)) == ONE_HOST


@pytest.mark.parametrize("standing", Standing)
def test_who_was_answered_leaves_the_place_to_others_while_that_is_written_down(standing: Standing) -> None:
    places = Places()
    for n in range(ONE_HOST):
        assert places.take(f"d-{n}", "vendor", standing)
    assert places.is_full("vendor")
    assert places.answered("d-0")
    assert not places.answered("d-0"), "it has no place any more"
    assert places.take("next", "vendor", standing)
    assert "d-0" in places.taken, "it is called by nobody else meanwhile"
    places.leave("d-0")
    assert places.is_full("vendor"), "its place was given back once"
    assert "d-0" not in places.taken


def test_no_more_answers_of_a_host_are_being_written_down_than_calls_are_under_way_to_it() -> None:
    places = Places()
    for n in range(2 * ONE_HOST):
        assert places.take(f"d-{n}", "vendor", Standing.LIVING)
        assert places.answered(f"d-{n}") is (n < ONE_HOST)
    assert places.is_full("vendor")
    places.leave("d-0")
    assert places.answered(f"d-{ONE_HOST}")
    assert not places.is_full("vendor")


def test_at_a_vendor_that_cannot_tell_a_repetition_the_place_is_kept_until_the_answer_is_written_down() -> None:
    places = Places({"wecom-robot"})
    for n in range(ONE_FORGETFUL):
        assert places.take(f"robot-{n}", "wecom-robot", Standing.LIVING)
        assert not places.answered(f"robot-{n}")
    assert places.is_full("wecom-robot")


def test_probes_take_no_lane() -> None:
    places = Places()
    assert take(places, 100, Standing.SILENT, prefix="silent") == PROBES
    assert places.free_probes == 0
    assert take(places, 100, Standing.LIVING, prefix="living") == LANES


@pytest.mark.parametrize(("standing", "most"), [(Standing.UNKNOWN, SLOW_TRIES), (Standing.LIVING, SLOW)])
def test_who_waits_for_an_answer_leaves_the_place_until_too_many_wait(standing: Standing, most: int) -> None:
    places = Places()
    for n in range(most):
        assert places.take(f"d-{n}", f"h-{n}", standing)
        assert places.slow_down(f"d-{n}")
        assert not places.slow_down(f"d-{n}")
    assert places.is_crowded is (standing is Standing.UNKNOWN)
    assert places.take("one-more", "h", standing)
    assert not places.slow_down("one-more")
    places.leave("d-0")
    assert places.slow_down("one-more")
    assert len(places) == most


def test_those_who_were_never_heard_take_no_room_from_those_who_are_slow() -> None:
    places = Places()
    for n in range(SLOW_TRIES):
        places.take(f"silent-{n}", f"h-{n}", Standing.UNKNOWN)
        places.slow_down(f"silent-{n}")
    assert places.take("slow", "h", Standing.LIVING)
    assert places.slow_down("slow")


def test_one_host_is_called_by_a_dozen_at_a_time_however_slow_they_are() -> None:
    places = Places()
    for n in range(ONE_HOST):
        assert places.take(f"d-{n}", "vendor", Standing.LIVING)
        places.slow_down(f"d-{n}")
    assert places.has_any_room
    assert places.is_full("vendor")
    assert not places.take("d-99", "vendor", Standing.LIVING)
    assert places.take("d-99", "another", Standing.LIVING)
    places.leave("d-3")
    assert not places.is_full("vendor")


def test_who_rests_is_told_until_the_moment_that_was_said_last() -> None:
    rests = Rests()
    rests.rest("a", NOW + timedelta(seconds=1))
    rests.rest("b", NOW + timedelta(seconds=2))
    rests.rest("a", NOW + timedelta(seconds=3))
    assert set(rests.at(NOW)) == {"a", "b"}
    assert set(rests.at(NOW + timedelta(seconds=2))) == {"a"}
    assert rests.next_end == NOW + timedelta(seconds=3)
    assert set(rests.at(NOW + timedelta(seconds=3))) == set()
    assert rests.next_end is None


def test_a_rest_can_be_ended_by_who_knows_until_when_it_was_to_last() -> None:
    rests = Rests()
    rests.rest("a", NOW + timedelta(seconds=1))
    assert not rests.end("a", NOW)
    assert not rests.end("b", NOW)
    assert rests.end("a", NOW + timedelta(seconds=1))
    assert set(rests.at(NOW)) == set()


def test_ready_keeps_no_more_of_a_destination_than_it_may_send_in_a_row() -> None:
    ready = Ready()
    ready.add(Standing.LIVING, "host", [delivery(f"m-{n}") for n in range(50)])
    (waiting,) = ready.of(Standing.LIVING, "host")
    assert [one.id for one in waiting] == [f"m-{n}" for n in range(IN_A_ROW)]
    ready.drop(waiting[0].destination_id)
    assert (len(ready), ready.hosts(Standing.LIVING)) == (0, [])


def test_a_vendor_that_many_wait_for_is_not_asked_about_again() -> None:
    ready = Ready()
    for n in range(MOST_OF_A_HOST):
        assert ready.full_hosts == frozenset()
        ready.add(Standing.UNKNOWN, "email", [delivery(f"m-{n}", destination_id=f"d-{n}")])
    assert ready.full_hosts == {"email"}
    assert len(ready.drop_all(Standing.LIVING)) == 0
    assert len(ready.drop_all(Standing.UNKNOWN)) == MOST_OF_A_HOST
    assert (len(ready), ready.full_hosts) == (0, frozenset())
