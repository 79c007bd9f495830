"""As many calls are out at a time as are worth it, and no more."""

import math
import random
import statistics
from collections.abc import Callable

from services.notifier.delivery.width import ENOUGH_A_SECOND, FEWEST, MOMENT_CALLS, MOMENT_SECONDS, MOST, Width


def after(answers: int, seconds: Callable[[int], float]) -> Width:
    """Return a width that learnt from answers which take so long with so many calls out."""
    width = Width()
    for _ in range(answers):
        width.answered(seconds(width.calls))
    return width


def one_after_another(calls: int) -> float:
    return 0.005 * calls


def far_away(_: int) -> float:
    return 0.05


def test_who_is_far_away_is_called_as_often_as_there_are_places() -> None:
    assert after(1_000, far_away).calls >= MOST // 2


def test_who_works_on_one_message_after_another_gets_few_calls_at_a_time() -> None:
    width = Width()
    out = []
    for _ in range(5_000):
        width.answered(one_after_another(width.calls))
        out.append(width.calls)
    assert max(out) == 2 * FEWEST, "more were tried than once twice as many"
    assert sum(out) / len(out) < 1.3 * FEWEST


def test_who_answers_within_a_moment_is_called_a_little_more_often_and_no_more_than_that() -> None:
    assert after(5_000, lambda calls: 0.5 * calls / ENOUGH_A_SECOND).calls == MOMENT_CALLS


def test_who_answered_within_a_moment_and_does_no_more_gets_few_calls_again() -> None:
    width = after(100, lambda _: 0.4 * MOMENT_SECONDS)
    assert width.calls == MOMENT_CALLS
    for _ in range(100):
        width.answered(one_after_another(width.calls))
    assert width.calls <= 2 * FEWEST


def test_few_calls_are_out_again_when_those_far_away_are_told() -> None:
    width = after(1_000, far_away)
    for _ in range(20_000):
        width.answered(one_after_another(width.calls))
    assert width.calls <= 2 * FEWEST


def test_some_who_take_long_do_not_keep_the_others_from_being_called() -> None:
    width = Width()
    for number in range(2_000):
        width.answered(1.0 if number % 3 == 0 else 0.04)
    assert width.calls >= MOST // 2


def test_a_slow_start_is_not_taken_for_receivers_that_are_far_away() -> None:
    width, out = Width(), []
    for number in range(1_000):
        width.answered(one_after_another(width.calls) * (1 + 15 * 0.9**number))
        out.append(width.calls)
    assert max(out) == 2 * FEWEST


def test_on_a_machine_that_is_busy_at_times_few_calls_are_out_all_the_same() -> None:
    out = []
    for seed in range(50):
        chance, width, load = random.Random(seed), Width(), 0.0
        for _ in range(400):
            load = 0.95 * load + 0.15 * chance.gauss(0, 1)
            width.answered(one_after_another(width.calls) * math.exp(load))
            out.append(width.calls)
    assert statistics.mean(out) < 1.3 * FEWEST
