"""A member chats with the app: nobody ever opened the console."""

import io
import json
import zipfile
from datetime import timedelta

import pytest

from services.portal.desk.accounts import actor_of
from services.portal.desk.actor import Way
from services.portal.desk.visitor import Visitor
from shared.errors import StorageFullError
from shared.filing.accounts import ACCOUNTS
from shared.filing.consents import CONSENTS
from shared.testing.advice import WRONG
from shared.wire.subscription import Channel, DestinationState
from tests.integration.portal.wecom.conftest import CONNECTION, ORGANISATION, Town


async def subscribed(town: Town, words: str = "固态电池 隔膜", user_id: str = "ZhangSan") -> None:
    await town.say(f"订阅 {words}", user_id)
    assert "已订阅" in await town.say("确认", user_id)


async def test_words_are_shown_what_they_bring_before_anything_is_made(town: Town) -> None:
    told = await town.say("訂閱固態電池　隔膜")
    assert "“固态电池”，并且“隔膜”" in told
    assert "最近 4 周有 1 篇" in told
    assert "CN119000001A 一种固态电池隔膜" in told
    assert await town.around.store.subscriptions.all() == []


async def test_after_yes_alerts_come_to_this_member_by_the_enterprises_own_app(town: Town) -> None:
    await subscribed(town)
    (subscription,) = await town.around.store.subscriptions.all()
    (destination,) = await town.around.store.destinations.all()
    (profile,) = await town.around.store.profiles.all()
    assert (subscription.profiles, subscription.destinations) == ((profile.id,), (destination.id,))
    assert profile.rules[0].groups == (("固态电池",), ("隔膜",))
    assert (destination.channel, destination.address) == (Channel.WECOM_APP, "ZhangSan")
    assert destination.options == {"corp": CONNECTION, "format": "card"}
    assert destination.state is DestinationState.ACTIVE


async def test_the_member_becomes_one_of_the_organisation_and_the_log_says_so(town: Town) -> None:
    await subscribed(town)
    (filed,) = await town.around.store.shelf(ACCOUNTS).page(ORGANISATION, limit=9)
    assert (filed.document.email, filed.document.role) == ("", "editor")
    (consent,) = await town.around.store.shelf(CONSENTS).page(filed.document.id, limit=9)
    assert consent.document.how == "wecom"
    actions = [entry.action for entry in await town.desk.audit.listed(ORGANISATION)]
    assert actions == ["subscription.made", "profile.made", "destination.made", "member.joined"]


async def test_a_second_subscription_goes_to_the_same_place(town: Town) -> None:
    await subscribed(town)
    await town.clock.advance(1)
    await subscribed(town, "激光 雷达")
    assert len(await town.around.store.destinations.all()) == 1
    told = await town.say("我的订阅")
    assert "1. 固态电池 隔膜（每天 9:00）\n2. 激光 雷达" in told


async def test_no_means_no_and_a_question_is_forgotten_after_ten_minutes(town: Town) -> None:
    await town.say("订阅 固态电池")
    assert "没有做任何改动" in await town.say("算了")
    assert "没有等您确认" in await town.say("确认")
    await town.say("订阅 固态电池")
    await town.clock.advance(601)
    assert "没有等您确认" in await town.say("确认")
    assert await town.around.store.subscriptions.all() == []


async def test_a_yes_that_could_not_be_done_may_be_said_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: object, **__: object) -> None:
        raise StorageFullError("磁盘已满")

    await town.say("订阅 固态电池")
    with monkeypatch.context() as patch:
        patch.setattr(type(town.desk.profiles), "make", full)
        assert "请过几分钟再发一次" in await town.say("确认")
    assert "已订阅" in await town.say("确认")


async def test_each_member_answers_its_own_question_and_sees_its_own_subscriptions(town: Town) -> None:
    await town.say("订阅 固态电池", "ZhangSan")
    assert "没有等您确认" in await town.say("确认", "lisi")
    await town.say("确认", "zhangsan")  # the vendor does not tell great letters from small ones
    assert "还没有订阅" in await town.say("我的订阅", "lisi")
    assert "1. 固态电池" in await town.say("我的订阅", "ZhangSan")


async def test_silence_lasts_a_week_and_can_be_ended(town: Town) -> None:
    await subscribed(town)
    assert "已静音到" in await town.say("静音")
    (destination,) = await town.around.store.destinations.all()
    assert destination.muted_until == town.clock.now() + timedelta(days=7)
    assert "静音中" in await town.say("我的订阅")
    assert "已恢复" in await town.say("恢复")
    (destination,) = await town.around.store.destinations.all()
    assert destination.muted_until is None


async def test_a_mistyped_word_changes_nothing_until_it_is_confirmed(town: Town) -> None:
    await subscribed(town)
    assert "您是想发“静音”吗" in await town.say("静因")
    assert (await town.around.store.destinations.all())[0].muted_until is None
    assert "已静音到" in await town.say("确认")


async def test_leaving_asks_which_one_and_takes_only_that(town: Town) -> None:
    await subscribed(town, "固态电池 隔膜")
    await town.clock.advance(1)
    await subscribed(town, "激光雷达")
    assert "退订哪一个" in await town.say("退订")
    assert "“激光雷达”吗" in await town.say("退订２")
    (together,) = await town.around.store.subscriptions.all()
    assert len(together.profiles) == 2, "one message a day tells both"
    assert "已退订：激光雷达" in await town.say("确认")
    assert [profile.name for profile in await town.around.store.profiles.all()] == ["固态电池 隔膜"]
    assert "“固态电池 隔膜”吗" in await town.say("取消订阅 固态电池")
    await town.say("好的")
    assert await town.around.store.subscriptions.all() == []
    assert await town.around.store.profiles.all() == []


async def test_words_that_are_no_command_are_offered_as_a_subscription(town: Town) -> None:
    assert "想订阅“固态电池”" in await town.say("固态电池")
    assert "已订阅" in await town.say("是")


async def test_a_word_that_can_find_nothing_is_said_and_makes_nothing(town: Town) -> None:
    await town.say(f"订阅 {WRONG}")
    assert "内容有误" in await town.say("确认")
    assert await town.around.store.profiles.all() == []


async def test_a_viewer_cannot_subscribe_but_is_told_whom_to_ask(town: Town) -> None:
    await subscribed(town)
    (filed,) = await town.around.store.shelf(ACCOUNTS).page(ORGANISATION, limit=9)
    await town.desk.means.accounts.change(filed.document.id, role="viewer")
    await town.say("订阅 激光雷达")
    assert "找本单位的管理员" in await town.say("确认")


async def test_who_is_locked_is_told_so(town: Town) -> None:
    await subscribed(town)
    (filed,) = await town.around.store.shelf(ACCOUNTS).page(ORGANISATION, limit=9)
    await town.desk.means.accounts.change(filed.document.id, locked_at=town.clock.now())
    assert "账号已停用" in await town.say("我的订阅")


async def test_the_menu_says_what_a_member_would(town: Town) -> None:
    told = await town.calls.happens("ZhangSan", "click", EventKey="帮助")
    assert told.startswith("发给我一句话就行")
    assert (await town.calls.happens("ZhangSan", "subscribe")).startswith("您好")


async def test_who_writes_without_end_is_not_answered_without_end(town: Town) -> None:
    told = [await town.say("帮助") for _ in range(25)]
    assert [bool(one) for one in told] == [True] * 20 + [False] * 5
    await town.clock.advance(61)
    assert await town.say("帮助")


async def test_who_has_the_database_alone_learns_nobodys_account_in_wecom(town: Town) -> None:
    await subscribed(town)
    await town.calls.happens("ZhangSan", "click", EventKey="我的订阅")
    kept = b"".join(path.read_bytes() for path in town.around.settings.data_dir.rglob("*") if path.is_file())
    assert CONNECTION.encode() in kept, "it is looked for in the right place"
    assert b"zhangsan" not in kept.lower()


async def test_a_member_takes_away_what_is_known_of_it_in_wecom(town: Town) -> None:
    await subscribed(town)
    (filed,) = await town.around.store.shelf(ACCOUNTS).page(ORGANISATION, limit=9)
    archive = await town.desk.exporting_data.of_member(actor_of(filed.document, Visitor(), Way.SESSION))
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        (member,) = opened.read("wecom_members.jsonl").splitlines()
    assert json.loads(member)["user_id"] == "ZhangSan"
