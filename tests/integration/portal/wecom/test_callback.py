"""The address that WeCom calls: it answers WeCom, and tells nobody else anything."""

import asyncio
from collections.abc import Callable

import pytest

from services.portal.wecom import callback
from shared.errors import StorageFullError
from shared.filing.wecom_corps import WECOM_CORPS
from shared.testing.wecom_callbacks import CallbackSender
from shared.testing.wecom_enterprise import Enterprise
from tests.integration.portal.wecom.conftest import CONNECTION, Town, connection

HELLO = "<MsgType>text</MsgType><Content>帮助</Content><MsgId>77</MsgId>"


async def test_the_address_is_checked_as_the_vendor_does_it(town: Town) -> None:
    assert await town.calls.check_url()
    filed = await town.around.store.shelf(WECOM_CORPS).get(CONNECTION)
    assert filed is not None
    assert filed.document.called_at == town.clock.now()


async def test_what_comes_again_is_done_once_and_answered_the_same(town: Town) -> None:
    await town.say("订阅 固态电池")
    told = [await town.calls.say("ZhangSan", "确认", message_id="4711") for _ in range(3)]
    assert len(set(told)) == 1
    assert "已订阅" in told[0]
    assert len(await town.around.store.subscriptions.all()) == 1


async def test_what_comes_at_the_same_time_in_three_tries_is_done_once(town: Town) -> None:
    await town.say("订阅 固态电池")
    await asyncio.gather(*(town.calls.say("ZhangSan", "确认", message_id="4711") for _ in range(3)))
    assert len(await town.around.store.subscriptions.all()) == 1
    assert len([text for _, text in town.calls.shown if "已订阅" in text]) >= 1


def tampered(query: dict[str, str], calls: CallbackSender, sealed: str, **changes: str) -> dict[str, str]:
    """Return a query with changes that are signed again."""
    changed = {**query, **changes}
    return {**changed, "msg_signature": calls.sign(changed["timestamp"], changed["nonce"], sealed)}


HOUR = 3_600
_BOMB = '<!DOCTYPE xml [<!ENTITY a "b">]>'

QUERIES: dict[str, Callable[[dict[str, str], CallbackSender, str], dict[str, str]]] = {
    "no query": lambda _query, _calls, _sealed: {},
    "wrong signature": lambda query, _calls, _sealed: {**query, "msg_signature": "0" * 40},
    "odd signature": lambda query, _calls, _sealed: {**query, "msg_signature": "é" * 40},
    "from the past": lambda query, calls, sealed: tampered(
        query, calls, sealed, timestamp=str(int(query["timestamp"]) - HOUR)
    ),
    "from the future": lambda query, calls, sealed: tampered(
        query, calls, sealed, timestamp=str(int(query["timestamp"]) + HOUR)
    ),
    "no time": lambda query, calls, sealed: tampered(query, calls, sealed, timestamp="soon"),
}

BODIES: dict[str, Callable[[CallbackSender], bytes]] = {
    "swapped": lambda calls: calls.envelope(calls.seal(calls.message("lisi", HELLO))),
    "too large": lambda calls: calls.envelope("A" * callback.BODY_LIMIT_BYTES),
    "bomb": lambda _calls: f"{_BOMB}<xml><Encrypt>&a;</Encrypt></xml>".encode(),
    "no XML": lambda _calls: b"hello",
}

MESSAGES: dict[str, Callable[[bytes], bytes]] = {
    "names another enterprise": lambda message: message.replace(b"wx5823bf96d3bd56c7", b"ww-other"),
    "names another app": lambda message: message.replace(b"<AgentID>1000002", b"<AgentID>1000003"),
    "bomb": lambda message: _BOMB.encode() + message,
    "nobody's": lambda message: message.replace(b"ZhangSan", b""),
}
REFUSED = 404, b"404: Not Found"


async def test_a_call_that_was_not_signed_just_now_learns_nothing(town: Town) -> None:
    sealed = town.calls.seal(town.calls.message("ZhangSan", HELLO))
    for what, tamper in QUERIES.items():
        query = tamper(town.calls.query(sealed), town.calls, sealed)
        answered = await town.calls.call("POST", query, town.calls.envelope(sealed))
        assert (answered.status, answered.body) == REFUSED, what


async def test_a_body_that_does_not_go_with_its_signature_learns_nothing(town: Town) -> None:
    sealed = town.calls.seal(town.calls.message("ZhangSan", HELLO))
    for what, body in BODIES.items():
        answered = await town.calls.call("POST", town.calls.query(sealed), body(town.calls))
        assert (answered.status, answered.body) == REFUSED, what


async def test_a_sealed_message_for_somebody_else_or_of_another_kind_learns_nothing(town: Town) -> None:
    for what, change in MESSAGES.items():
        answered = await town.calls.post(change(town.calls.message("ZhangSan", HELLO)))
        assert (answered.status, answered.body) == REFUSED, what
    town.calls.enterprise = Enterprise(town.clock, "ww-other", 1, "s")
    answered = await town.calls.post(town.calls.message("ZhangSan", HELLO))
    assert (answered.status, answered.body) == REFUSED


async def test_what_is_replayed_after_ten_minutes_learns_nothing(town: Town) -> None:
    sealed = town.calls.seal(town.calls.message("ZhangSan", HELLO))
    query = town.calls.query(sealed)
    await town.clock.advance(601)
    answered = await town.calls.call("POST", query, town.calls.envelope(sealed))
    assert (answered.status, answered.body) == REFUSED


async def test_an_enterprise_that_nobody_connected_answers_like_one_whose_keys_are_wrong(town: Town) -> None:
    town.calls.url = town.calls.url.replace(CONNECTION, "wc-ffffffffffffffffffffffff")
    answered = await town.calls.post(town.calls.message("ZhangSan", HELLO))
    assert (answered.status, answered.body) == REFUSED


async def test_a_forged_check_of_the_address_learns_nothing_either(town: Town) -> None:
    sealed = town.calls.seal(b"12345")
    query = town.calls.query(sealed, echostr=sealed)
    for change in ({"msg_signature": "0" * 40}, {"echostr": "AAAA"}, {"timestamp": "1"}):
        answered = await town.calls.call("GET", {**query, **change})
        assert (answered.status, answered.body) == (404, b"404: Not Found")


async def test_an_enterprise_that_was_never_proved_is_checked_but_not_listened_to(town: Town) -> None:
    shelf = town.around.store.shelf(WECOM_CORPS)
    filed = await shelf.get(CONNECTION)
    assert filed is not None
    await shelf.replace(connection(created_at=town.clock.now()), revision=filed.revision)
    assert await town.calls.check_url()
    assert await town.say("帮助") == ""


async def test_keys_before_the_last_change_are_good_for_a_day(town: Town) -> None:
    shelf = town.around.store.shelf(WECOM_CORPS)
    filed = await shelf.get(CONNECTION)
    assert filed is not None
    now = town.clock.now()
    changed = connection(
        created_at=now,
        proved_at=now,
        rotated_at=now,
        token="Fresh12",
        aes_key="b" * 42 + "A",
        old_token=town.calls.token,
        old_aes_key=town.calls.aes_key,
    )
    await shelf.replace(changed, revision=filed.revision)
    assert await town.say("帮助")
    await town.clock.advance(86_401)
    with pytest.raises(AssertionError, match="404"):
        await town.say("帮助")
    town.calls.token, town.calls.aes_key = changed.token, changed.aes_key
    assert await town.say("帮助")


async def test_a_store_that_does_not_work_is_said_and_the_next_try_is_not_lost(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object, **__: object) -> bool:
        raise StorageFullError("磁盘已满")

    with monkeypatch.context() as patch:
        patch.setattr("services.portal.wecom.members.Members.seen", full)
        assert "请过几分钟再发一次" in await town.calls.say("ZhangSan", "帮助", message_id="1")
    assert (await town.calls.say("ZhangSan", "帮助", message_id="1")).startswith("发给我一句话")


async def test_what_takes_longer_than_the_vendor_waits_is_told_by_a_message(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callback, "ANSWER_SECONDS", 0.0)
    assert await town.say("帮助") == ""
    for _ in range(200):
        if town.vendor.accepted:
            break
        await asyncio.sleep(0.01)
    (message,) = town.vendor.accepted
    assert (message.key, message.kind) == ("ZhangSan", "text")
    assert message.content.startswith("发给我一句话")


async def test_what_members_write_is_never_markup_in_an_answer(town: Town) -> None:
    told = await town.say('订阅 <a href="http://evil.example">点我</a>')
    assert "<" not in told
    assert "<" not in await town.say("<script>alert(1)</script>电池")


async def test_every_call_is_counted_by_what_became_of_it(town: Town) -> None:
    await town.calls.check_url()
    await town.say("帮助")
    await town.calls.call("POST", {}, b"hello")
    counted = town.around.metrics.portal_wecom_calls
    assert [counted.labels(outcome)._value.get() for outcome in ("checked", "answered", "refused")] == [1, 1, 1]


async def test_no_secret_and_no_member_shows_in_the_log(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    await town.say("订阅 固态电池", "ZhangSan")
    await town.say("确认", "ZhangSan")
    await town.calls.call("POST", {}, town.calls.envelope("AAAA"))
    logged = "".join(capsys.readouterr())
    for secret in (town.calls.token, town.calls.aes_key, town.vendor.home.secret, "ZhangSan"):
        assert secret not in logged
