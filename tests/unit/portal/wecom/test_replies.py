"""What the app says: short, and harmless whatever strangers wrote."""

from hypothesis import given
from hypothesis import strategies as st

from services.portal.desk.subscriptions import OwnSubscription
from services.portal.wecom.chat import replies
from services.portal.wecom.chat.own import Entry
from shared.filing.subscription_cards import SubscriptionCard
from tests.unit.notifier.making import NOW, publication, subscription


def entry(**changes: object) -> Entry:
    card = SubscriptionCard(
        id="s", organisation_id="o", name="隔膜", made_by="a", made_at=NOW, changed_by="a", changed_at=NOW
    )
    return Entry(own=OwnSubscription(subscription("box", **changes), card, 1), profile_id="", name="隔膜")


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


def test_a_list_says_of_each_subscription_all_that_was_chosen_and_of_an_unreadable_one_what_stands_there() -> None:
    said = replies.numbered(
        [
            entry(schedule="daily@09:00", workdays=True, cap=20, quiet="22:00-08:00", heartbeat=True, paused=True),
            entry(schedule="of-a-later-version"),
        ]
    )
    assert said == [
        "1. 隔膜（每个工作日 9:00，最多 20 条，22:00–8:00 静默；没有新命中时每月说一声，已暂停）",
        "2. 隔膜（of-a-later-version）",
    ]


def test_the_help_fits_into_one_message() -> None:
    assert replies.fitted(replies.WELCOME) == replies.WELCOME
