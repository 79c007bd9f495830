"""How OPS' words about pace are understood."""

import pytest

from services.ingest.sources.ops.throttle import AT_FIRST_SECONDS, Throttle, retry_seconds

IDLE = "idle (images=green:200, inpadoc=green:60, other=green:1000, retrieval=green:200, search=green:30)"


def asked(control: str, retry_after: str | None = None, *, service: str = "search") -> Throttle:
    throttle = Throttle()
    throttle.called(service, 100.0)
    throttle.observe(control, retry_after, 100.5)
    return throttle


def test_the_first_request_need_not_wait_and_the_second_keeps_a_modest_pace() -> None:
    throttle = Throttle()
    assert throttle.wait_seconds("search", 100.0) == 0
    throttle.called("search", 100.0)
    assert throttle.wait_seconds("search", 100.0) == AT_FIRST_SECONDS
    assert throttle.wait_seconds("search", 200.0) == 0


@pytest.mark.parametrize(
    ("control", "seconds"),
    [
        (IDLE, 2.0),
        ("busy (search=yellow:15)", 6.0),
        ("overloaded (search=red:5, other=green:1000)", 24.0),
        ("idle (inpadoc=black:0)", AT_FIRST_SECONDS),
        ("nonsense", AT_FIRST_SECONDS),
        ("", AT_FIRST_SECONDS),
    ],
)
def test_requests_are_spaced_by_number_and_colour(control: str, seconds: float) -> None:
    assert asked(control).wait_seconds("search", 100.0) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("control", "retry_after", "seconds"),
    [
        ("idle (search=black:0)", "216383", 216.383),
        ("idle (search=black:0)", None, 60.0),
        ("idle (search=black:0)", "soon", 60.0),
        ("idle (search=green:0)", None, 60.0),
    ],
)
def test_a_black_light_is_waited_for(control: str, retry_after: str | None, seconds: float) -> None:
    assert asked(control, retry_after).wait_seconds("search", 100.5) == pytest.approx(seconds)


def test_services_are_counted_apart_and_a_green_light_ends_a_black_one() -> None:
    throttle = asked("idle (search=black:0, inpadoc=green:60)")
    assert throttle.wait_seconds("inpadoc", 100.5) == 0
    throttle.observe(IDLE, None, 101.0)
    assert throttle.wait_seconds("search", 101.0) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1500", 1.5), ("0", 0.0), ("9" * 20, 86_400.0), ("9" * 5000, 86_400.0), ("-1", None), ("²", None), ("", None)],
    ids=["1500", "0", "20 digits", "5000 digits", "-1", "superscript", "empty"],
)
def test_retry_after_is_in_milliseconds(text: str, seconds: float | None) -> None:
    assert retry_seconds(text) == seconds
