"""``wecom-app``: against a stand-in that keeps the vendor's limits, drops what is beyond them, and knows repetitions."""

import json
from collections.abc import AsyncIterator

import pytest

from services.cli.delivery import call_back
from services.cli.destination_proof import prove
from services.notifier.delivery.attempts import lease_seconds
from services.notifier.delivery.turns import Turn, Turns
from shared.errors import InvalidInputError, Reason
from shared.store.records import DeliveryState
from shared.testing.clock import ManualClock
from shared.testing.vendor import Misbehaviour
from shared.testing.wecom_app import AGENT_ID, CORP_ID, SECRET, FakeWeComApp
from shared.wire.subscription import Channel, Destination, DestinationState
from tests.integration.notifier.conftest import Bench
from tests.unit.notifier.making import NOW, alert, publication

WAITING, DEAD, SENT = DeliveryState.WAITING, DeliveryState.DEAD, DeliveryState.SENT


def members(address: str = "ZhangSan|lisi", **options: str) -> Destination:
    return Destination(
        id="team",
        channel=Channel.WECOM_APP,
        address=address,
        options=options,
        state=DestinationState.ACTIVE,
        created_at=NOW,
    )


@pytest.fixture
async def vendor(clock: ManualClock) -> AsyncIterator[FakeWeComApp]:
    async with FakeWeComApp(clock=clock) as vendor:
        yield vendor


@pytest.fixture
def wrong() -> dict[str, object]:
    """Settings that a test wants wrong."""
    return {}


@pytest.fixture
def changes(vendor: FakeWeComApp, wrong: dict[str, object]) -> dict[str, object]:
    right = {"wecom_corp_id": CORP_ID, "wecom_agent_id": AGENT_ID, "wecom_app_secret": SECRET}
    return {"wecom_base_url": vendor.base_url, **right, **wrong}


async def test_members_get_one_message_and_its_id_is_kept(bench: Bench, vendor: FakeWeComApp) -> None:
    (delivery,) = await bench.plan(members())
    assert (await bench.send(delivery)).state is SENT
    (message,) = vendor.accepted
    assert (message.key, message.kind, message.escaped) == ("ZhangSan|lisi", "markdown", False)
    assert message.numbers == ("CN110083831A",)
    (attempt,) = await bench.around.store.deliveries.attempts(delivery.id)
    assert (attempt.message_id, attempt.detail) == ("msg-1", None)


@pytest.mark.parametrize("form", ["markdown", "text", "textcard", "news", "card"])
async def test_every_form_tells_every_publication_within_the_vendors_limits(
    bench: Bench, vendor: FakeWeComApp, form: str
) -> None:
    owed = [alert(publication(f"CN{110000000 + n}A", "长" * 90), destination_id="team") for n in range(30)]
    deliveries = await bench.plan(members(format=form), *owed)
    assert len(deliveries) > 2
    for delivery in deliveries:
        assert (await bench.send(delivery)).state is SENT
        await bench.clock.advance(61)
    told = [number for message in vendor.accepted for number in message.numbers]
    assert sorted(told) == sorted(one.publication.publication_number for one in owed)
    assert len(vendor.accepted) == len(deliveries)


async def test_a_message_whose_answer_was_lost_goes_again_byte_for_byte_and_is_shown_once(
    bench: Bench, vendor: FakeWeComApp
) -> None:
    (delivery,) = await bench.plan(members())
    vendor.script.append(Misbehaviour(take=True, close=True))
    verdict = await bench.send(delivery)
    assert (verdict.state, verdict.ambiguous) == (WAITING, True)
    await bench.clock.advance(3600)
    assert (await bench.send(await bench.stored(delivery))).state is SENT
    assert len(vendor.accepted) == 1
    assert vendor.repeated == ["msg-1"]


async def test_what_is_sent_after_the_vendor_forgot_says_that_it_may_be_a_repetition(
    bench: Bench, vendor: FakeWeComApp
) -> None:
    (delivery,) = await bench.plan(members())
    vendor.script.append(Misbehaviour(take=True, close=True))
    await bench.send(delivery)
    await bench.clock.advance(4 * 3600)
    await bench.send(await bench.stored(delivery))
    assert ["补发" in message.content for message in vendor.accepted] == [False, True]


@pytest.mark.parametrize("wrong", [{"ambiguous_sends": "hold"}])
async def test_hold_waits_for_a_person_only_when_the_repetition_would_be_shown(
    bench: Bench, vendor: FakeWeComApp
) -> None:
    (delivery,) = await bench.plan(members())
    states = []
    for _ in range(6):
        vendor.script.append(Misbehaviour(status=500))
        verdict = await bench.send(await bench.stored(delivery))
        states.append(verdict.state)
        if verdict.next_attempt_at is not None:
            bench.clock.set(verdict.next_attempt_at)
    assert states == [*[WAITING] * 5, DeliveryState.HELD]


async def test_who_cannot_be_reached_is_named_to_the_operator_and_not_in_the_log_and_the_others_are_told(
    bench: Bench, vendor: FakeWeComApp, capsys: pytest.CaptureFixture[str]
) -> None:
    vendor.unlicensed = {"lisi"}
    (delivery,) = await bench.plan(members("ZhangSan|WangWu|lisi"))
    assert (await bench.send(delivery)).state is SENT
    (attempt,) = await bench.around.store.deliveries.attempts(delivery.id)
    assert vendor.accepted[0].key == "ZhangSan"
    assert attempt.detail is not None
    assert "WangWu 收不到：账号不存在或不在应用的可见范围内；lisi 收不到：没有企业微信的接口许可" in attempt.detail
    logged = capsys.readouterr().out
    assert "delivery_partial" in logged
    assert "WangWu" not in logged


@pytest.mark.parametrize("address", ["nobody", "lisi"], ids=["unknown", "unlicensed"])
async def test_a_destination_whose_members_are_all_unreachable_is_disabled(
    bench: Bench, vendor: FakeWeComApp, address: str
) -> None:
    vendor.unlicensed = {"lisi"}
    (delivery,) = await bench.plan(members(address))
    verdict = await bench.send(delivery)
    assert (verdict.state, verdict.reason) == (DEAD, Reason.GONE)
    destination = await bench.around.store.destinations.get("team")
    assert destination is not None
    assert destination.state is DestinationState.DISABLED


async def test_a_server_whose_address_is_not_trusted_is_told_which_address_and_where_to_enter_it(
    bench: Bench, vendor: FakeWeComApp
) -> None:
    vendor.trusts = False
    (delivery,) = await bench.plan(members())
    verdict = await bench.send(delivery)
    assert verdict.channel_stuck
    assert "企业可信IP" in str(verdict.detail)
    assert "203.0.113.7" in str(verdict.detail)


ANSWERS = {
    "busy": (Misbehaviour.code(-1), WAITING, Reason.SERVER),
    "too fast": (Misbehaviour.code(45009), WAITING, Reason.RATE_LIMITED),
    "app disabled": (Misbehaviour.code(50003), WAITING, Reason.CONFIGURATION),
    "another app's agent": (Misbehaviour.code(301002), WAITING, Reason.CONFIGURATION),
    "out of range": (Misbehaviour.code(60111), DEAD, Reason.GONE),
    "bad shape": (Misbehaviour.code(40058), DEAD, Reason.REJECTED),
    "too long": (Misbehaviour.code(45002), DEAD, Reason.TOO_LONG),
    "a code that nobody knows": (Misbehaviour.code(987654), WAITING, Reason.REJECTED),
}


@pytest.mark.parametrize("name", ANSWERS)
async def test_the_vendors_code_decides_what_becomes_of_the_delivery(
    bench: Bench, vendor: FakeWeComApp, name: str
) -> None:
    answer, state, reason = ANSWERS[name]
    (delivery,) = await bench.plan(members())
    vendor.script.append(answer)
    verdict = await bench.send(delivery)
    assert (verdict.state, verdict.reason, verdict.ambiguous) == (state, reason, False)


async def test_a_member_of_several_destinations_gets_no_more_than_the_vendor_lets_through(
    bench: Bench, vendor: FakeWeComApp
) -> None:
    channel = bench.channels[Channel.WECOM_APP]
    turns = Turns(bench.around.store.lanes, hold_seconds=lease_seconds(bench.around.settings))
    both, alone = members(), members("zhangsan")
    for minute in range(3):
        for n in range(40):
            destination = both if n % 2 else alone
            turn = await turns.take(channel.lane(destination), channel.rate)
            if isinstance(turn, Turn):
                await channel.send_test(destination, NOW)
                await turns.over(turn, called=True)
        assert len(vendor.accepted) == 16 * (minute + 1)
        await bench.clock.advance(62)
    assert vendor.dropped == []
    spared = await turns.take(channel.lane(members("lisi")), channel.rate)
    assert isinstance(spared, Turn)


async def test_a_cards_buttons_tell_which_delivery_they_judge(bench: Bench, vendor: FakeWeComApp) -> None:
    (delivery,) = await bench.plan(members(format="card"))
    await bench.send(delivery)
    card = vendor.accepted[0].body["template_card"]
    assert card["task_id"] == delivery.id
    assert [(one["text"], one["key"]) for one in card["button_list"]] == [
        ("相关", "relevant"),
        ("不相关", "irrelevant"),
        ("静音一周", "mute-week"),
    ]


async def test_neither_secret_nor_token_is_told_or_stored_in_the_clear(
    bench: Bench, vendor: FakeWeComApp, capsys: pytest.CaptureFixture[str]
) -> None:
    (delivery,) = await bench.plan(members())
    vendor.script.append(Misbehaviour.code(40014, f"invalid access_token of {SECRET}"))
    vendor.script.append(Misbehaviour(body=json.dumps({"errcode": 50003, "errmsg": "token-1-of-"}).encode()))
    await bench.send(delivery)
    stored = "".join(map(repr, await bench.around.store.deliveries.attempts(delivery.id)))
    captured = capsys.readouterr()
    token = str(vendor.tokens.current)
    database = b"".join(path.read_bytes() for path in bench.around.settings.data_dir.glob("*.db*"))
    for secret in (SECRET, token):
        assert secret not in stored + captured.out + captured.err
        assert secret.encode() not in database
    assert database


async def test_recall_takes_a_message_back_within_a_day_and_says_why_it_cannot(
    bench: Bench, vendor: FakeWeComApp
) -> None:
    (first,) = await bench.plan(members())
    with pytest.raises(InvalidInputError, match="没有发出去"):
        await call_back(bench.around, first.id)
    await bench.send(first)
    await call_back(bench.around, first.id)
    assert vendor.recalled == ["msg-1"]
    await bench.clock.advance(86_400)
    with pytest.raises(InvalidInputError, match="24 小时"):
        await call_back(bench.around, first.id)


async def test_a_test_message_tells_who_of_the_members_does_not_get_it(bench: Bench) -> None:
    destinations = bench.around.store.destinations
    await destinations.put(members("ZhangSan|WangWu"))
    assert "WangWu 收不到" in (await prove(bench.around, "team"))[1]
    await destinations.put(members("ZhangSan"))
    assert len(await prove(bench.around, "team")) == 1
