"""Addresses of feeds."""

import pytest

from shared.feed_address import destination_of, feed_urls, new_token


@pytest.mark.parametrize("destination_id", ["news", "动力电池", "a" * 128, "x/?#%&é"])
def test_a_token_says_whose_it_is_and_no_two_are_the_same(destination_id: str) -> None:
    token = new_token(destination_id)
    assert destination_of(token) == destination_id
    assert token.replace("-", "").replace("_", "").isalnum()
    assert new_token(destination_id) != token


@pytest.mark.parametrize("token", ["", "x", "a" * 32, "a" * 33, "a" * 32 + "____", "a" * 32 + "é"])
def test_what_is_no_token_is_nobodys(token: str) -> None:
    assert destination_of(token) is None


def test_both_forms_have_one_address() -> None:
    urls = feed_urls("https://zt.example.cn/zhitui/", "abc")
    assert urls == ("https://zt.example.cn/zhitui/feeds/abc.atom", "https://zt.example.cn/zhitui/feeds/abc.json")
