"""Quotas."""

import pytest

from services.portal.access import limits
from services.portal.access.limits import Limits, Policy
from services.portal.desk.refusals import TooManyError
from shared.testing.clock import ManualClock

FIVE = Policy(name="five", quota=5, window_seconds=60)


async def test_a_burst_is_as_large_as_the_quota_and_then_there_is_one_each_step() -> None:
    clock = ManualClock()
    counted = Limits(clock)
    left = [counted.take(FIVE, "a").remaining for _ in range(5)]
    assert left == [4, 3, 2, 1, 0]
    with pytest.raises(TooManyError) as refused:
        counted.take(FIVE, "a")
    assert refused.value.after_seconds == pytest.approx(12, abs=0.1)
    await clock.advance(12)
    assert counted.take(FIVE, "a").remaining == 0
    await clock.advance(3600)
    assert counted.take(FIVE, "a").remaining == 4


def test_one_does_not_use_up_what_is_anothers() -> None:
    counted = Limits(ManualClock())
    for _ in range(5):
        counted.take(FIVE, "a")
    assert counted.take(FIVE, "b").remaining == 4
    assert counted.take(Policy(name="other", quota=2, window_seconds=1), "a").remaining == 1


def test_the_headers_tell_policy_and_rest() -> None:
    assert Limits(ManualClock()).take(FIVE, "a").headers == {
        "RateLimit-Policy": '"five";q=5;w=60',
        "RateLimit": '"five";r=4;t=12',
    }


def test_strangers_without_number_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_NAMES", 100)
    counted = Limits(ManualClock())
    for number in range(1000):
        counted.take(FIVE, str(number))
    assert len(counted._full_at) <= 100
