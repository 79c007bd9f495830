"""Buttons under cards: verdicts, silence, and the card that shows what was done."""

import asyncio
from datetime import datetime, timedelta

import pytest

from services.notifier.channels.port import Frame, Message
from services.notifier.channels.registry import channels_of
from services.portal.wecom import callback
from shared.errors import DestinationGoneError, RetryLaterError
from shared.filing.accounts import ACCOUNTS
from shared.filing.destination_cards import DESTINATION_CARDS
from shared.filing.marks import MARKS, Mark
from shared.filing.subscription_cards import SUBSCRIPTION_CARDS
from shared.filing.wecom_corps import WECOM_CORPS
from shared.store.records import AlertKey, Delivery, GroupPlan
from shared.testing.vendor import Misbehaviour
from shared.testing.wecom_callbacks import CallbackSender
from shared.testing.wecom_enterprise import CARD_SECONDS, Enterprise, Person
from shared.wire.subscription import Channel, Destination
from tests.integration.portal.wecom.conftest import CONNECTION, ORGANISATION, Town, connection
from tests.integration.portal.wecom.test_chat import subscribed
from tests.unit.notifier.making import alert, publication, why

NUMBERS = ("CN119000001A", "CN119000002A")


@pytest.fixture
async def delivery(town: Town) -> Delivery:
    """A card with two publications, sent to a member by its enterprise's own app."""
    await subscribed(town)
    (subscription,) = await town.around.store.subscriptions.all()
    (destination,) = await town.around.store.destinations.all()
    alerts = [
        alert(
            publication(number, "一种固态电池隔膜"),
            why(subscription.profiles[0]),
            subscription_id=subscription.id,
            destination_id=destination.id,
            created_at=town.clock.now(),
        )
        for number in NUMBERS
    ]
    await town.around.store.alerts.record([], alerts)
    planned = Delivery(
        id="d-0123456789",
        subscription_id=subscription.id,
        destination_id=destination.id,
        channel=Channel.WECOM_APP,
        publication_numbers=NUMBERS,
        next_attempt_at=town.clock.now(),
        created_at=town.clock.now(),
    )
    keys = [
        AlertKey(subscription_id=subscription.id, publication_number=number, destination_id=destination.id)
        for number in NUMBERS
    ]
    plan = GroupPlan(deliveries=(planned,), planned=tuple((key, planned.id) for key in keys))
    assert await town.around.store.alerts.plan([plan]) == [True]
    await sent(town, planned.id)
    return planned


async def sent(town: Town, delivery_id: str) -> str:
    """Send a delivery as the notifier does; return the id by which it is called back."""
    delivery = await town.around.store.deliveries.get(delivery_id)
    assert delivery is not None
    destination = await town.around.store.destinations.get(delivery.destination_id)
    assert destination is not None
    alerts = await town.around.store.alerts.of_delivery(delivery.id)
    async with channels_of(town.around) as channels:
        receipt = await channels[Channel.WECOM_APP].send(
            Message(
                id=delivery.id,
                destination=destination,
                frame=Frame(subscription_id=delivery.subscription_id, count=len(alerts)),
                alerts=tuple(alerts),
                created_at=town.clock.now(),
            )
        )
    assert receipt is not None
    return receipt.message_id or ""


async def marks(town: Town) -> list[Mark]:
    return [filed.document for filed in await town.around.store.shelf(MARKS).page(ORGANISATION, limit=9)]


async def test_the_app_of_the_members_own_enterprise_sends_the_card(town: Town, delivery: Delivery) -> None:
    (message,) = town.vendor.accepted
    assert (message.key, message.kind) == ("ZhangSan", "template_card")
    assert message.body["template_card"]["task_id"] == delivery.id
    assert message.numbers == NUMBERS


async def test_a_verdict_is_kept_for_each_publication_and_the_card_shows_it(town: Town, delivery: Delivery) -> None:
    for verdict, shown in (("relevant", "已标记：相关"), ("irrelevant", "已标记：不相关")):
        assert await town.calls.touch("ZhangSan", verdict, delivery.id) == ""
        kept = await marks(town)
        assert sorted((mark.publication_number, mark.verdict) for mark in kept) == [(n, verdict) for n in NUMBERS]
        (filed,) = await town.around.store.shelf(ACCOUNTS).page(ORGANISATION, limit=9)
        assert {mark.account_id for mark in kept} == {filed.document.id}
        update = town.vendor.home.updates[-1]
        assert (update.user_ids, update.task_id, update.button) == (("ZhangSan",), delivery.id, shown)


async def test_what_was_told_last_can_be_asked_for(town: Town, delivery: Delivery) -> None:
    del delivery
    told = await town.say("最近１条")
    assert told.startswith("最近 1 条：\n· CN11900000")
    assert set(NUMBERS) == {line.split()[1] for line in (await town.say("最新")).splitlines()[1:]}


async def test_a_touch_that_comes_again_changes_the_card_once(town: Town, delivery: Delivery) -> None:
    code = town.vendor.home.card_code(delivery.id)
    for _ in range(3):
        await town.calls.touch("ZhangSan", "relevant", delivery.id, response_code=code)
    assert len(town.vendor.home.updates) == 1
    assert 40058 not in town.vendor.refused


async def test_a_code_that_is_too_old_loses_nothing_but_the_look_of_the_card(town: Town, delivery: Delivery) -> None:
    code = town.vendor.home.card_code(delivery.id)
    await town.clock.advance(CARD_SECONDS + 1)
    await town.calls.touch("ZhangSan", "relevant", delivery.id, response_code=code)
    assert len(await marks(town)) == 2
    assert town.vendor.home.updates == []


async def test_a_vendor_that_is_busy_is_asked_again(
    town: Town, delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callback, "ANSWER_SECONDS", 0.0)
    town.vendor.script.append(Misbehaviour.code(-1))
    await town.calls.touch("ZhangSan", "relevant", delivery.id)
    async with asyncio.timeout(5):
        while not town.vendor.home.updates:
            await asyncio.sleep(0.01)
            await town.clock.advance(1)
    assert len(town.vendor.home.updates) == 1


async def test_silence_for_a_week_is_the_members_own(town: Town, delivery: Delivery) -> None:
    await town.calls.touch("ZhangSan", "mute-week", delivery.id)
    destination = await town.around.store.destinations.get(delivery.destination_id)
    assert destination is not None
    assert destination.muted_until == town.clock.now() + timedelta(days=7)
    assert town.vendor.home.updates[0].button == "已静音到 01-12"


async def test_whoever_did_not_get_a_card_cannot_judge_it(town: Town, delivery: Delivery) -> None:
    for user_id, button, task_id in (
        ("lisi", "relevant", delivery.id),
        ("ZhangSan", "relevant", "d-other"),
        ("ZhangSan", "delete", delivery.id),
    ):
        await town.calls.touch(user_id, button, task_id)
    assert await marks(town) == []
    assert [update.button for update in town.vendor.home.updates] == ["这条提醒已不在知推里，没有记录。"] * 3


async def test_a_card_of_what_an_operator_made_at_the_command_line_says_why_its_buttons_do_nothing(
    town: Town, delivery: Delivery
) -> None:
    await town.around.store.shelf(SUBSCRIPTION_CARDS).remove(delivery.subscription_id)
    await town.around.store.shelf(DESTINATION_CARDS).remove(delivery.destination_id)
    for button in ("relevant", "irrelevant", "mute-week"):
        await town.calls.touch("ZhangSan", button, delivery.id)
    assert await marks(town) == []
    destination = await town.around.store.destinations.get(delivery.destination_id)
    assert destination is not None
    assert destination.muted_until is None
    said = [update.button for update in town.vendor.home.updates]
    assert said == ["信息中心代订，不收标记"] * 2 + ["信息中心代订，静音请找中心"]


async def test_a_message_is_called_back_by_the_app_that_sent_it(town: Town, delivery: Delivery) -> None:
    message_id = await sent(town, delivery.id)
    assert message_id == f"{CONNECTION}/msg-1"
    async with channels_of(town.around) as channels:
        await channels[Channel.WECOM_APP].recall(message_id)  # type: ignore[attr-defined]
    assert town.vendor.recalled == ["msg-1"]


async def test_an_app_that_refuses_makes_its_own_messages_wait_and_says_what_to_do(
    town: Town, delivery: Delivery
) -> None:
    town.vendor.trusts = False
    with pytest.raises(RetryLaterError, match="企业可信IP") as caught:
        await sent(town, delivery.id)
    assert (caught.value.after_seconds, caught.value.ambiguous) == (900, False)


async def test_members_of_the_same_name_in_two_enterprises_are_two_people(town: Town, delivery: Delivery) -> None:
    other = town.vendor.add(Enterprise(town.clock, "ww-other", 1000009, "another-secret"))
    other.hire(Person(user_id="ZhangSan", name="同名的人"))
    theirs = connection(
        id="wc-other000",
        organisation_id="o-2",
        corp_id=other.corp_id,
        agent_id=other.agent_id,
        secret=other.secret,
        created_at=town.clock.now(),
        proved_at=town.clock.now(),
    )
    await town.around.store.shelf(WECOM_CORPS).add([theirs])
    url = town.calls.url.replace(CONNECTION, theirs.id)
    calls = CallbackSender(clock=town.clock, enterprise=other, url=url)
    assert "还没有订阅" in await calls.say("ZhangSan", "我的订阅")
    await calls.touch("ZhangSan", "relevant", delivery.id)
    assert await marks(town) == []
    destination = members(theirs.id, town.clock.now())
    async with channels_of(town.around) as channels:
        await channels[Channel.WECOM_APP].send_test(destination, town.clock.now())
    assert [message.body["agentid"] for message in town.vendor.accepted] == [1000002, 1000009]


async def test_a_connection_that_is_gone_disables_what_it_reached(town: Town) -> None:
    destination = members("wc-gone00000", town.clock.now())
    async with channels_of(town.around) as channels:
        with pytest.raises(DestinationGoneError, match="重新连接"):
            await channels[Channel.WECOM_APP].send_test(destination, town.clock.now())


def members(corp: str, created_at: datetime) -> Destination:
    return Destination(
        id="team", channel=Channel.WECOM_APP, address="ZhangSan", options={"corp": corp}, created_at=created_at
    )
