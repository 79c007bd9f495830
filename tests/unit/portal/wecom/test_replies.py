"""What the app says: short, and harmless whatever strangers wrote."""

from hypothesis import given
from hypothesis import strategies as st

from services.portal.wecom.chat import replies
from tests.unit.notifier.making import publication


@given(st.text(max_size=3000))
def test_an_answer_fits_into_what_the_vendor_shows(text: str) -> None:
    fitted = replies.fitted(text)
    assert len(fitted.encode("utf-8", "replace")) <= replies.LIMIT_BYTES
    assert "<" not in fitted


def test_what_is_too_long_is_cut_at_a_line_and_says_so() -> None:
    fitted = replies.fitted("\n".join(f"{n}. {'长' * 30}" for n in range(40)))
    assert fitted.endswith("长\n……")


def test_a_title_can_neither_make_a_link_nor_call_anybody() -> None:
    evil = publication("CN1A", '<a href="http://evil.example">点我</a>\n<@all>')
    fitted = replies.fitted(replies.item(evil))
    assert fitted.count("\n") == 0
    assert "<" not in fitted
    assert ">" not in fitted


def test_schedules_are_said_as_people_say_them() -> None:
    said = [replies.schedule_in_words(one) for one in ("immediate", "hourly", "daily@09:00", "weekly@mon-08:30")]
    assert said == ["随时推送", "每小时汇总", "每天 09:00", "每周一 08:30"]


def test_the_help_fits_into_one_message() -> None:
    assert replies.fitted(replies.WELCOME) == replies.WELCOME
