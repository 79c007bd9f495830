"""Which addresses of receivers are taken, and what their answers mean."""

import pytest

from services.notifier.channels.receiver_address import check_receiver, refuse_inside
from services.notifier.channels.receiver_replies import judge_status
from shared.errors import (
    DestinationGoneError,
    InvalidInputError,
    RateLimitedError,
    Reason,
    RefusedMessageError,
    RetryLaterError,
)
from shared.reach import Reach, parse_reach
from tests.unit.notifier.making import NOW

NOBODY = Reach()


@pytest.mark.parametrize(
    ("written", "called"),
    [
        ("https://oa.example.cn/hook", "https://oa.example.cn/hook"),
        ("https://OA.Example.cn", "https://oa.example.cn"),
        ("https://oa.example.cn.:8443/a%2Fb?key=x%26y", "https://oa.example.cn:8443/a%2Fb?key=x%26y"),
        ("https://例子.中国/钩子", "https://xn--fsqu00a.xn--fiqs8s/%E9%92%A9%E5%AD%90"),
        ("https://93.184.216.34/hook", "https://93.184.216.34/hook"),
        ("https://[2606:2800:220:1:248:1893:25c8:1946]/", "https://[2606:2800:220:1:248:1893:25c8:1946]/"),
    ],
)
def test_a_public_address_is_taken_as_it_goes_over_the_wire(written: str, called: str) -> None:
    assert check_receiver(written, NOBODY) == called


@pytest.mark.parametrize(
    "address",
    [
        "http://oa.example.cn/",
        "ftp://oa.example.cn/",
        "file:///etc/passwd",
        "oa.example.cn/hook",
        "https:///hook",
        "https://wang:geheim@oa.example.cn/",
        "https://wang@oa.example.cn/",
        "https://oa.example.cn:22/",
        "https://oa.example.cn:80/",
        "https://oa.example.cn:99999/",
        "https://oa.example.cn/#part",
        "https://oa.example.cn/ x",
        "https://oa.example.cn/\r\nX: y",
        "https://oa.example.cn\\@127.0.0.1/",
        "https://oa..example.cn/",
        "https://" + "a" * 1024 + ".cn/",
        "https://" + "a" * 64 + ".cn/",
        "https://" + "a." * 127 + "cn/",
        "https://oa%2eexample.cn/",
        "https://*.cn/",
        "https://a;b.cn/",
        "https://-oa.cn/",
        "https://:@oa.cn/",
        "https:////oa.cn/",
        "https://oa.cn\u200b/",
        "https://127。0。0。1/",
        "https://①②⑦.0.0.1/",
        "https://example.cn.127.0.0.1/",
        "https://[2606:2800::1%eth0]/",
        "https://localhost/",
        "https://oa/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://１２７.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[fe80::1%25eth0]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://100.100.100.200/",
        "https://10.0.0.1/",
    ],
)
def test_an_address_that_must_not_be_called_is_refused_without_being_repeated(address: str) -> None:
    with pytest.raises(InvalidInputError, match="webhook") as caught:
        check_receiver(address, NOBODY)
    assert address not in str(caught.value)
    assert "geheim" not in str(caught.value)


def test_what_the_operator_names_may_be_called_on_any_port_without_tls() -> None:
    reach = parse_reach("oa.corp, 10.1.0.0/16")
    assert check_receiver("http://oa.corp:8080/hook", reach) == "http://oa.corp:8080/hook"
    assert check_receiver("http://10.1.2.3/", reach) == "http://10.1.2.3/"
    with pytest.raises(InvalidInputError, match="ZHITUI_INTRANET_RECEIVERS"):
        check_receiver("http://10.2.0.1/", reach)


@pytest.mark.parametrize(
    ("status", "kind", "reason", "wait", "ambiguous"),
    [
        (301, RetryLaterError, Reason.SERVER, None, False),
        (308, RetryLaterError, Reason.SERVER, None, False),
        (400, RetryLaterError, Reason.REJECTED, None, False),
        (401, RetryLaterError, Reason.SERVER, None, False),
        (404, RetryLaterError, Reason.SERVER, None, False),
        (408, RetryLaterError, Reason.SERVER, None, False),
        (410, DestinationGoneError, Reason.GONE, None, False),
        (413, RefusedMessageError, Reason.TOO_LONG, None, False),
        (422, RetryLaterError, Reason.REJECTED, None, False),
        (429, RateLimitedError, Reason.RATE_LIMITED, 60, False),
        (500, RetryLaterError, Reason.SERVER, None, True),
        (502, RetryLaterError, Reason.SERVER, 60, True),
        (503, RetryLaterError, Reason.SERVER, 60, True),
        (504, RetryLaterError, Reason.SERVER, 60, True),
        (199, RetryLaterError, Reason.SERVER, None, False),
        (999, RetryLaterError, Reason.SERVER, None, False),
    ],
)
def test_a_status_decides(
    status: int, kind: type[Exception], reason: Reason, wait: float | None, *, ambiguous: bool
) -> None:
    error = judge_status(status, "", NOW)
    assert type(error) is kind
    assert (error.reason, error.vendor_code) == (reason, f"HTTP {status}")
    assert str(status) in str(error)
    if isinstance(error, RetryLaterError):
        assert (error.after_seconds, error.ambiguous) == (wait, ambiguous)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_only_two_hundreds_are_success(status: int) -> None:
    assert judge_status(status, "", NOW) is None


@pytest.mark.parametrize(
    ("told", "wait"),
    [("120", 120), ("Mon, 05 Jan 2026 02:05:00 GMT", 300), ("999999999", 86_400), ("soon", 60), ("-5", 60), ("0", 60)],
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_receiver_says_when_to_come_again(status: int, told: str, wait: float) -> None:
    error = judge_status(status, told, NOW)
    assert isinstance(error, RetryLaterError)
    assert error.after_seconds == wait


async def test_an_address_is_its_own_resolution() -> None:
    await refuse_inside("https://93.184.216.34/hook", NOBODY)
    await refuse_inside("http://oa.corp:8080/", parse_reach("oa.corp"))
