"""Who is silent and finds no place for a probe waits for as long as the probes before him need."""

from datetime import timedelta

import pytest

from services.notifier.delivery.places import PROBES
from services.notifier.delivery.probe_lengths import AT_LEAST, NOTHING_KNOWN, ProbeLengths


def after(*seconds: float) -> ProbeLengths:
    lengths = ProbeLengths()
    for one in seconds:
        lengths.note(one)
    return lengths


@pytest.mark.parametrize(
    ("probes", "waiting", "rest"),
    [
        ((), 1000, NOTHING_KNOWN),
        ((0.05,) * 3, 10, AT_LEAST),
        ((30.0,), 0, timedelta(seconds=30)),
        ((30.0,) * 5, 3 * PROBES, timedelta(seconds=120)),
    ],
    ids=["nothing known", "they answer again", "one round of time-outs", "four rounds"],
)
def test_the_rest_is_that_of_the_rounds_before(probes: tuple[float, ...], waiting: int, rest: timedelta) -> None:
    assert after(*probes).until_free(waiting) == rest


def test_receivers_that_are_back_are_soon_believed_and_one_slow_probe_changes_little() -> None:
    back = after(*(30.0,) * 20, *(0.05,) * 40)
    assert back.until_free(0) == AT_LEAST
    assert after(*(0.05,) * 20, 30.0).until_free(0) < timedelta(seconds=4)
