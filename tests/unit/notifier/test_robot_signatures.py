from datetime import timedelta
from urllib.parse import quote_plus

import pytest

from services.notifier.channels.robot_signature import dingtalk_signature, feishu_signature, wrong_clock
from shared.vendors.http import Answer
from tests.unit.notifier.making import NOW

SECRET = "SEC0123456789"


def test_dingtalk_signs_with_the_secret_as_key() -> None:
    signature = dingtalk_signature(SECRET, 1_700_000_000_000)
    assert signature == "VloEIlTtJU6a/AGf2pud1WypXdicIlyQAOpspu6OP6s="
    assert quote_plus(signature) == "VloEIlTtJU6a%2FAGf2pud1WypXdicIlyQAOpspu6OP6s%3D"


def test_feishu_signs_nothing_with_time_and_secret_as_key() -> None:
    assert feishu_signature(SECRET, 1_700_000_000) == "ukltNRENYMvqlIpTDbO14XaB5X9Lc3nYKcFTY1Yb7Rk="


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (timedelta(minutes=29), None),
        (timedelta(minutes=-29), None),
        (timedelta(hours=2), "快了 120 分钟"),
        (timedelta(hours=-2), "慢了 120 分钟"),
    ],
)
def test_a_refused_signature_is_our_clocks_fault_when_the_vendors_says_another_time(
    ahead: timedelta, said: str | None
) -> None:
    answer = Answer(code=310000, text="sign not match", fields={}, at=NOW)
    trouble = wrong_clock(answer, NOW + ahead, "钉钉")
    assert (trouble is None) == (said is None)
    assert said is None or said in str(trouble)


def test_a_vendor_that_does_not_say_the_time_proves_nothing() -> None:
    answer = Answer(code=310000, text="sign not match", fields={}, at=None)
    assert wrong_clock(answer, NOW, "钉钉") is None
