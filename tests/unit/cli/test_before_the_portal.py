"""What doctor says of what stands before the portal."""

import pytest

from services.cli.checks.people import before_the_portal
from shared.settings import Settings


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"public_url": "http://zhitui.example.cn"}, ["不是 https"]),
        ({"public_url": "https://zhitui.example.cn"}, ["ZHITUI_TRUSTED_PROXIES"]),
        ({"public_url": "https://zhitui.example.cn", "trusted_proxies": "127.0.0.1"}, []),
        ({"public_url": "http://127.0.0.1:8080"}, []),
    ],
)
def test_what_makes_signing_in_unsafe_is_said(settings: dict[str, str], said: list[str]) -> None:
    found = [finding.what for finding in before_the_portal(Settings(**settings))]  # type: ignore[arg-type]
    assert len(found) == len(said)
    assert all(words in what for words, what in zip(said, found, strict=True))
