import pytest

from services.notifier.channels import dingtalk, feishu, wechat_service_codes, wecom_robot
from shared.errors import (
    DestinationGoneError,
    RateLimitedError,
    RefusedMessageError,
    RetryLaterError,
    ZhituiError,
)
from shared.vendors import wecom_app_codes
from shared.vendors.codes import Vendor

VENDORS = [one.VENDOR for one in (wecom_robot, dingtalk, feishu, wecom_app_codes, wechat_service_codes)]


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)
def test_zero_is_success_and_a_code_that_nobody_knows_is_tried_again(vendor: Vendor) -> None:
    assert vendor.judge(0, "ok") is None
    failure = vendor.judge(987_654, "what?")
    assert type(failure) is RetryLaterError
    assert str(failure) == f"{vendor.name}错误 987654：what?"


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)
def test_what_disables_a_destination_says_what_to_do(vendor: Vendor) -> None:
    gone = [failure for code in vendor.codes if isinstance(failure := vendor.judge(code, "no"), DestinationGoneError)]
    assert gone
    assert all("请" in str(failure) for failure in gone)


@pytest.mark.parametrize(
    ("vendor", "code", "text", "kind", "sentence"),
    [
        (wecom_robot.VENDOR, 40058, "markdown.content exceed max length 4096", RefusedMessageError, "exceed"),
        (wecom_robot.VENDOR, 40007, "invalid media_id", RetryLaterError, "media_id"),
        (dingtalk.VENDOR, 310000, "keywords not in content, more: […]", DestinationGoneError, "--set keyword="),
        (dingtalk.VENDOR, 310000, "sign not match, more: […]", DestinationGoneError, "--set secret="),
        (dingtalk.VENDOR, 310000, "ip 1.2.3.4 not in whitelist, more: […]", DestinationGoneError, "出口 IP"),
        (dingtalk.VENDOR, 310000, "something new", DestinationGoneError, "核对加签、关键词和 IP"),
        (dingtalk.VENDOR, 300001, "token is not exist", DestinationGoneError, "重新添加机器人"),
        (dingtalk.VENDOR, 130101, "send too fast", RateLimitedError, "too fast"),
        (feishu.VENDOR, 19024, "Key Words Not Found", DestinationGoneError, "--set keyword="),
        (feishu.VENDOR, 19022, "Ip Not Allowed", DestinationGoneError, "白名单"),
        (feishu.VENDOR, 9499, "Bad Request", RefusedMessageError, "Bad Request"),
        (feishu.VENDOR, 11232, "frequency limited", RateLimitedError, "limited"),
    ],
)
def test_a_code_means_what_the_vendor_says(
    vendor: Vendor, code: int, text: str, kind: type[ZhituiError], sentence: str
) -> None:
    failure = vendor.judge(code, text)
    assert type(failure) is kind
    assert failure.vendor_code == str(code)
    assert sentence in str(failure)


def test_who_was_too_fast_for_dingtalk_waits_ten_minutes() -> None:
    failure = dingtalk.VENDOR.judge(130101, "send too fast")
    assert isinstance(failure, RateLimitedError)
    assert failure.after_seconds == 600
