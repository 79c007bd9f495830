"""Whether a form is ours."""

import pytest
from cryptography.fernet import Fernet

from services.portal.access.forgery import Forgery, check_origin
from services.portal.desk.refusals import ForbiddenError
from shared.secret_box import SecretBox

FORGERY = Forgery(SecretBox(Fernet.generate_key().decode()))


def test_a_form_shown_to_this_browser_is_taken_and_every_form_has_another_token() -> None:
    first, second = FORGERY.token("cookie"), FORGERY.token("cookie")
    assert first != second
    FORGERY.check_token("cookie", first)
    FORGERY.check_token("cookie", second)


@pytest.mark.parametrize("token", ["", ".", "abc", "abc.def", "🙂.🙂", "\ud800.x"])
def test_a_token_that_is_none_is_refused(token: str) -> None:
    with pytest.raises(ForbiddenError):
        FORGERY.check_token("cookie", token)


def test_a_token_of_another_browser_or_installation_is_refused() -> None:
    for other in (FORGERY.token("another"), Forgery(SecretBox(Fernet.generate_key().decode())).token("cookie")):
        with pytest.raises(ForbiddenError):
            FORGERY.check_token("cookie", other)


def test_a_browser_without_a_cookie_was_shown_no_form() -> None:
    with pytest.raises(ForbiddenError):
        FORGERY.check_token("", FORGERY.token(""))


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://zhitui.example.cn", "Host": "zhitui.example.cn"},
        {"Origin": "https://zhitui.example.cn", "Host": "portal:8080"},
        {"Origin": "null", "Host": "zhitui.example.cn"},
        {"Host": "zhitui.example.cn"},
    ],
)
def test_what_comes_from_here_or_is_not_told_passes(headers: dict[str, str]) -> None:
    check_origin(headers, "https://zhitui.example.cn/")


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://zhitui.example.cn", "Host": "zhitui.example.cn"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example", "Host": "zhitui.example.cn"},
        {"Origin": "https://zhitui.example.cn.evil.example", "Host": "zhitui.example.cn"},
        {"Origin": "https://zhitui.example.cn:8443", "Host": "zhitui.example.cn"},
    ],
)
def test_what_comes_from_another_site_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(ForbiddenError):
        check_origin(headers, "https://zhitui.example.cn/")
