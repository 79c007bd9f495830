"""The headers of every answer, graded as browsers' own scanners do."""

import re
from pathlib import Path

import pytest

from shared.runtime.headers import security_headers
from shared.settings import Settings


def headers(**settings: object) -> dict[str, str]:
    return security_headers(Settings(data_dir=Path("nowhere"), **settings))  # type: ignore[arg-type]


def policy() -> dict[str, list[str]]:
    parts = [part.split() for part in headers()["Content-Security-Policy"].split(";")]
    return {name: values for name, *values in parts}


def test_nothing_is_loaded_but_from_here() -> None:
    assert policy()["default-src"] == ["'none'"]
    for name in ("script-src", "style-src", "connect-src", "form-action"):
        assert policy()[name] == ["'self'"]
    assert policy()["img-src"] == ["'self'", "data:"]


def test_nothing_inline_and_nothing_evaluated() -> None:
    assert not re.search(r"unsafe|nonce|strict-dynamic|\*|https?:", headers()["Content-Security-Policy"])


def test_nobody_frames_a_page_or_moves_its_addresses() -> None:
    assert policy()["frame-ancestors"] == policy()["base-uri"] == ["'none'"]
    assert headers()["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ],
)
def test_the_rest_is_as_strict_as_it_goes(name: str, value: str) -> None:
    assert headers()[name] == value


def test_no_page_asks_for_camera_place_or_money() -> None:
    for feature in ("camera", "geolocation", "microphone", "payment"):
        assert f"{feature}=()" in headers()["Permissions-Policy"]


def test_browsers_keep_to_https_where_people_come_by_https() -> None:
    assert "Strict-Transport-Security" not in headers()
    assert "Strict-Transport-Security" not in headers(public_url="http://zhitui.example")
    age = re.search(r"max-age=(\d+)", headers(public_url="https://zhitui.example")["Strict-Transport-Security"])
    assert age
    assert int(age[1]) >= 31_536_000
