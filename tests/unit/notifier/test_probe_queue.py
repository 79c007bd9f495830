"""Who is silent and finds no place for a probe is not asked about before places are free."""

from datetime import timedelta

import pytest

from services.notifier.delivery.places import PROBES
from services.notifier.delivery.probe_queue import LONGEST_WAIT, WORTH_ASKING, ProbeQueue
from services.notifier.delivery.rests import Rests
from tests.contract.made import NOW


@pytest.fixture
def resting() -> Rests:
    return Rests()


def names(count: int) -> list[str]:
    return [f"d-{n:04}" for n in range(count)]


def test_all_of_them_rest_until_places_are_free_and_then_the_first_ones_are_let(resting: Rests) -> None:
    queue = ProbeQueue(resting)
    queue.wait(names(1000), NOW)
    assert len(resting.at(NOW)) == 1000
    assert not queue.let(WORTH_ASKING - 1)
    assert queue.let(PROBES)
    assert sorted(resting.at(NOW)) == names(1000)[PROBES:]


def test_who_waited_for_long_is_asked_about_anyhow_and_keeps_the_place_in_the_queue(resting: Rests) -> None:
    queue = ProbeQueue(resting)
    queue.wait(names(WORTH_ASKING), NOW)
    queue.wait(["later"], NOW + timedelta(seconds=1))
    after = NOW + LONGEST_WAIT
    assert set(resting.at(after)) == {"later"}
    queue.wait(names(WORTH_ASKING), after)
    assert queue.let(WORTH_ASKING)
    assert set(resting.at(after)) == {"later"}


def test_a_longer_rest_that_was_said_since_is_not_ended_and_others_are_let_instead(resting: Rests) -> None:
    queue = ProbeQueue(resting)
    queue.wait(["failed", *names(WORTH_ASKING)], NOW)
    resting.rest("failed", NOW + timedelta(minutes=5))
    assert queue.let(WORTH_ASKING)
    assert set(resting.at(NOW)) == {"failed"}
    assert not queue.let(PROBES)
