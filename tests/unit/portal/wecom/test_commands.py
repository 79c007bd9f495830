"""Messages as people type them on a phone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.portal.wecom.chat.commands import Command, Verb, days_in, number_in, parse, tidy

UNDERSTOOD = {
    "帮助": (Verb.HELP, ""),
    "幫助。": (Verb.HELP, ""),
    "？": (Verb.HELP, ""),
    "订阅固态电池": (Verb.SUBSCRIBE, "固态电池"),
    "訂閱 固態電池、隔膜": (Verb.SUBSCRIBE, "固态电池、隔膜"),
    "订阅：锂电池": (Verb.SUBSCRIBE, "锂电池"),
    "帮我订阅 华为技术有限公司": (Verb.SUBSCRIBE, "华为技术有限公司"),
    "我的订阅": (Verb.LIST, ""),
    "查看我的订阅": (Verb.LIST, ""),
    "最近５条": (Verb.RECENT, "5条"),
    "静音": (Verb.MUTE, ""),
    "靜音 一周": (Verb.MUTE, "一周"),
    "恢复": (Verb.RESUME, ""),
    "退订2": (Verb.LEAVE, "2"),
    "取消订阅 固态电池": (Verb.LEAVE, "固态电池"),
    "绑定ABCD2345": (Verb.BIND, "ABCD2345"),
    "好的！": (Verb.YES, ""),
    "OK": (Verb.YES, ""),
    "取消": (Verb.NO, ""),
}


@pytest.mark.parametrize("text", UNDERSTOOD)
def test_what_people_type_is_understood(text: str) -> None:
    verb, rest = UNDERSTOOD[text]
    assert parse(text) == Command(verb=verb, rest=rest)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("订悦 电池", "订阅 电池"),
        ("退丁 1", "退订 1"),
        ("静因", "静音"),
        ("我的订月", "我的订阅"),
        ("静音电机 轴承", "静音 电机 轴承"),
        ("恢复力 训练", "恢复 力 训练"),
    ],
)
def test_what_may_be_meant_is_a_guess_that_says_so(text: str, meant: str) -> None:
    command = parse(text)
    assert (command.corrected, command.sure) == (meant, False)


@pytest.mark.parametrize("text", ["固态电池", "今天天气如何", "listening", "hiking shoes", "", "  ", "。", "😀"])
def test_what_is_no_command_is_not_taken_for_one(text: str) -> None:
    assert parse(text).verb is Verb.UNKNOWN


@pytest.mark.parametrize(
    ("text", "number"),
    [("5条", 5), ("十条", 10), ("二十", 10), ("三", 3), ("", 5), ("999", 10), ("0", 1), ("9" * 40, 10)],
)
def test_numbers_are_read_in_digits_and_words_and_kept_within_bounds(text: str, number: int) -> None:
    assert number_in(text, default=5, most=10) == number


@pytest.mark.parametrize(
    ("text", "days"),
    [("", 7), ("一周", 7), ("两周", 14), ("2个星期", 14), ("3天", 3), ("一个月", 30), ("12个月", 90), ("99周", 90)],
)
def test_a_span_is_read_and_is_a_week_when_none_is_said(text: str, days: int) -> None:
    assert days_in(text) == days


@given(st.text(max_size=200))
def test_whatever_is_typed_gets_an_answer_and_is_one_line(text: str) -> None:
    command = parse(text)
    assert command.rest.isprintable()
    assert tidy(tidy(text)) == tidy(text)
