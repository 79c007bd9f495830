"""Pages go out packed to who takes that, and as they are to everybody else."""

import gzip

import pytest

from services.portal.console.packing import LEAST_BYTES, packed

PAGE = "<p>提醒</p>".encode() * 500


@pytest.mark.parametrize("accepted", ["gzip", "gzip, deflate, br", "br;q=1.0, GZIP;q=0.5", "deflate, gzip ;q=1"])
def test_a_page_is_packed_for_who_takes_it(accepted: str) -> None:
    body, headers = packed(PAGE, accepted)
    assert headers == {"Content-Encoding": "gzip"}
    assert gzip.decompress(body) == PAGE
    assert len(body) < len(PAGE) / 10


@pytest.mark.parametrize("accepted", ["", "identity", "br", "x-gzip", "gzip;q=0", "gzip; q=0.000, br"])
def test_who_does_not_take_it_gets_the_page_as_it_is(accepted: str) -> None:
    assert packed(PAGE, accepted) == (PAGE, {})


def test_what_is_short_is_not_packed() -> None:
    assert packed(PAGE[: LEAST_BYTES - 1], "gzip") == (PAGE[: LEAST_BYTES - 1], {})
