import pytest

from benchmarks import pauses
from benchmarks.pauses import Moment


def pause(*, cpu: float = 0.001, queued: float = 0.0, beside: float = 0.0, read: int = 0) -> Moment:
    return Moment(0.1, cpu, queued, beside, stolen=0.0, yielded=1, displaced=1, read=read, touched=0)


@pytest.fixture(autouse=True)
def _two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pauses, "_PROCESSORS", 2)


def test_a_pause_while_others_had_the_processors_is_not_of_our_own_making() -> None:
    assert pause(queued=0.099).own == pytest.approx(0.001)


def test_a_pause_while_our_other_threads_had_all_processors_is() -> None:
    assert pause(queued=0.04, beside=0.08).own >= 0.041


def test_waiting_for_another_thread_of_ours_counts_as_long_as_that_works() -> None:
    assert pause(beside=0.03).own == pytest.approx(0.031)


def test_waiting_for_a_disk_counts_whole() -> None:
    assert pause(read=1).own == pytest.approx(0.1)


def test_what_a_pause_went_into_is_told() -> None:
    told = pauses.longest([pause(), pause(cpu=0.05, queued=0.04)])
    assert told.startswith("100.0 ms")


def test_a_meter_counts_what_its_thread_does() -> None:
    with pauses.Meter() as meter:
        before = meter.now()
        sum(range(50_000))
        used = meter.now().since(before)
    assert 0 < used.cpu <= used.elapsed * 1.5
