"""What people choose in forms and addresses, and what is made of it."""

from datetime import UTC, date, datetime
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace
from multidict import MultiDict

from services.portal.console.channel_words import CHANNELS
from services.portal.console.delivery_words import REASONS, STATES
from services.portal.console.event_words import event_text
from services.portal.console.inbox_filter import query_of, wanted_in, weeks_until
from services.portal.console.subscriptions_form import DEFAULTS, draft_in, given_of, sentence_of
from services.portal.desk.health import health_of
from services.portal.desk.inbox import Wanted
from services.portal.desk.refusals import InvalidError
from services.portal.desk.subscriptions import OwnSubscription
from shared.errors import Reason
from shared.filing.subscription_cards import SubscriptionCard
from shared.store.records import Delivery, DeliveryState
from shared.wire.subscription import Channel, Subscription
from tests.contract.made import NOW, delivery, later

FULL = Wanted(
    subscription_id="s-1", profile_id="p-1", opinion="relevant", monday=date(2026, 1, 5), region="4401",
    applicant="宁德 & 时代", assigned_to="a-1", unread=True,
)  # fmt: skip


def test_a_filter_survives_the_way_through_an_address() -> None:
    assert wanted_in(dict(parse_qsl(query_of(FULL)))) == FULL
    assert query_of(Wanted()) == ""


@pytest.mark.parametrize(
    "query",
    [
        {"week": "yesterday"},
        {"week": "0001-01-01"},
        {"region": "44%"},
        {"opinion": "all"},
        {"unread": "1"},
        {"applicant": "  "},
    ],
)
def test_what_somebody_made_up_in_an_address_asks_for_nothing(query: dict[str, str]) -> None:
    assert wanted_in(query) == Wanted()


@pytest.mark.parametrize(
    ("where", "region"), [("天河", "440106"), ("Guangdong 广州市", "4401"), ("朝阳", ""), ("x", "")]
)
def test_a_region_is_asked_for_by_its_name(where: str, region: str) -> None:
    assert wanted_in({"where": where}).region == region


def test_any_day_names_its_week() -> None:
    assert wanted_in({"week": "2026-01-08"}).monday == date(2026, 1, 5)


def test_weeks_begin_on_mondays_of_local_time() -> None:
    sunday_night_in_utc = datetime(2026, 1, 4, 17, tzinfo=UTC)  # Monday, 01:00 in China
    assert weeks_until(sunday_night_in_utc, ZoneInfo("Asia/Shanghai"))[:2] == [
        ("2026-01-05", "01-05–01-11"),
        ("2025-12-29", "12-29–01-04"),
    ]


def form(**said: str) -> "MultiDict[str]":
    chosen: MultiDict[str] = MultiDict({**DEFAULTS, **said})
    chosen.add("profiles", "p-1")
    chosen.add("profiles", "p-2")
    chosen.add("destinations", "d-1")
    return chosen


def test_a_form_becomes_a_draft_and_back() -> None:
    draft = draft_in(
        form(every="weekly", day="fri", at="17:30", cap="20", workdays="yes", heartbeat="yes", name="周报")
    )
    assert (draft.schedule, draft.quiet, draft.cap) == ("weekly@fri-17:30", "22:00-08:00", 20)
    assert (draft.workdays, draft.heartbeat) == (True, True)
    assert draft.profiles == ("p-1", "p-2")
    stored = Subscription(
        id="s", profiles=draft.profiles, destinations=draft.destinations, schedule=draft.schedule, quiet=draft.quiet,
        cap=draft.cap, workdays=draft.workdays, heartbeat=draft.heartbeat, created_at=NOW,
    )  # fmt: skip
    card = SubscriptionCard(
        id="s", organisation_id="o", name="周报", made_by="a", made_at=NOW, changed_by="a", changed_at=NOW
    )
    shown = given_of(OwnSubscription(stored, card, 1))
    assert draft_in(form(**shown)) == draft


def test_what_a_form_does_not_show_stays_as_it_was() -> None:
    before = Subscription(
        id="s", profiles=("p",), destinations=("d",), events=("pledge",), corrections=True, created_at=NOW
    )
    draft = draft_in(form(), before)
    assert (draft.events, draft.corrections) == (("pledge",), True)


def test_a_choice_that_was_unticked_does_not_stay() -> None:
    before = Subscription(
        id="s", profiles=("p",), destinations=("d",), workdays=True, heartbeat=True, cap=5, created_at=NOW
    )
    draft = draft_in(form(), before)
    assert (draft.workdays, draft.heartbeat, draft.cap) == (False, False, None)


@pytest.mark.parametrize("cap", ["0", "1001", "-1", "many", "99999999999999999999", "²"])
def test_a_cap_that_cannot_be_is_told_and_is_no_cap(cap: str) -> None:
    with pytest.raises(InvalidError) as refused:
        draft_in(form(cap=cap))
    assert [fault.pointer for fault in refused.value.faults] == ["/cap"]
    assert "1000" in sentence_of(form(cap=cap)).zh


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"every": "sometimes"}, "/schedule"),
        ({"at": "25:00"}, "/at"),
        ({"at": ""}, "/at"),
        ({"every": "weekly", "day": "sometimes"}, "/at"),
        ({"quiet_from": "25:00"}, "/quiet"),
        ({"quiet_from": "08:00"}, "/quiet"),
    ],
)
def test_a_time_that_cannot_be_is_told_at_its_field_and_not_as_it_is_stored(said: dict[str, str], pointer: str) -> None:
    with pytest.raises(InvalidError) as refused:
        draft_in(form(**said))
    (fault,) = refused.value.faults
    assert fault.pointer == pointer
    assert not set("@-") & set(fault.text.zh)


def test_a_form_without_any_choice_is_told_what_is_missing() -> None:
    with pytest.raises(InvalidError) as refused:
        draft_in(MultiDict(DEFAULTS))
    assert {fault.pointer for fault in refused.value.faults} == {"/profiles", "/destinations"}


def test_a_time_that_cannot_be_read_is_told_in_the_sentences_place() -> None:
    assert sentence_of(form(every="sometimes")).zh == "请选择什么时候发。"
    assert "09:00" in sentence_of(form(at="25:00")).en
    assert sentence_of(form()).zh == "每天 9:00，22:00–8:00 静默"
    assert sentence_of(form(heartbeat="yes")).zh == "每天 9:00，22:00–8:00 静默；没有新命中时每月说一声"


def test_every_reason_state_and_channel_has_words_in_both_languages() -> None:
    assert set(REASONS) == set(Reason)
    assert set(STATES) == set(DeliveryState)
    assert set(Channel) - set(CHANNELS) == {Channel.WECHAT_SERVICE}
    assert event_text("transfer").zh == "转让"
    assert event_text("from-a-later-version").en == "legal event"


def test_health_tells_since_when_nothing_arrives_and_forgets_what_failed_before_the_last_arrival() -> None:
    def one(ident: str, seconds: float, state: DeliveryState, reason: Reason | None = None) -> Delivery:
        sent = later(seconds) if state is DeliveryState.SENT else None
        return replace(delivery(ident), state=state, reason=reason, created_at=later(seconds), sent_at=sent)

    failed_before = one("d-1", 0, DeliveryState.DEAD, Reason.SERVER)
    sent = one("d-2", 10, DeliveryState.SENT)
    first, last = (
        one("d-3", 20, DeliveryState.WAITING, Reason.TIMEOUT),
        one("d-4", 30, DeliveryState.WAITING, Reason.GONE),
    )
    assert health_of([last, first, sent, failed_before]).failing_since == later(20)
    assert health_of([last, first, sent, failed_before]).reason is Reason.GONE
    healthy = health_of([sent, failed_before])
    assert (healthy.failing_since, healthy.sent_at, healthy.given_up) == (None, later(10), 1)
    assert health_of([]).sent_at is None
