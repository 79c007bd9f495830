"""An administrator connects an app, step by step, and is told in words what is missing."""

import pytest

from services.portal.desk.actor import Actor, Role, Way
from services.portal.desk.drafts import DestinationChange, DestinationDraft
from services.portal.desk.refusals import ConflictError, ForbiddenError, InvalidError, MissingError
from services.portal.desk.wecom import public_callback
from services.portal.desk.wecom_checks import is_connected
from services.portal.desk.wecom_drafts import CorpDraft
from shared.filing.accounts import Account
from shared.filing.wecom_members import WECOM_MEMBERS
from shared.testing.wecom_callbacks import CallbackSender
from shared.testing.wecom_enterprise import Enterprise, Person
from shared.wire.subscription import Channel, DestinationState
from tests.integration.portal.wecom.conftest import CONNECTION, ORGANISATION, Town

OTHERS = Actor(account_id="a-2", organisation_id="o-2", role=Role.OWNER, way=Way.SESSION)
SECRET = "a-secret-of-theirs"


@pytest.fixture
def wrong() -> dict[str, object]:
    return {"public_url": "https://zt.example.cn"}


@pytest.fixture
def theirs(town: Town) -> Enterprise:
    enterprise = town.vendor.add(Enterprise(town.clock, "ww0theirs", 1000009, SECRET))
    enterprise.hire(Person(user_id="wang", name="王工"), Person(user_id="Chen", name="陈工", departments=(1, 7)))
    return enterprise


def draft(**changes: object) -> CorpDraft:
    return CorpDraft(**{"corp_id": "ww0theirs", "agent_id": 1000009, "secret": SECRET, **changes})  # type: ignore[arg-type]


async def test_from_nothing_to_connected(town: Town, theirs: Enterprise) -> None:
    connections = town.rooms.connections
    keys = await connections.connect(OTHERS, draft())
    findings = await connections.check(OTHERS, keys.connection_id)
    assert [(finding.code, finding.is_good) for finding in findings] == [
        ("access", True),
        ("open", True),
        ("range", True),
        ("callback", False),
        ("domain", False),
    ]
    assert not is_connected(findings)
    assert "接收消息" in findings[3].text.zh
    url = public_callback(town.address, keys.connection_id)
    assert url is not None
    calls = CallbackSender(clock=town.clock, enterprise=theirs, url=url, token=keys.token, aes_key=keys.aes_key)
    assert await calls.check_url()
    findings = await connections.check(OTHERS, keys.connection_id)
    assert is_connected(findings)
    assert (await calls.say("wang", "帮助")).startswith("发给我一句话")
    theirs.domain = "zt.example.cn"
    assert all(finding.is_good for finding in await connections.check(OTHERS, keys.connection_id))


async def said_of(town: Town, **changes: object) -> tuple[str, str]:
    """Connect, and return the first thing that is wrong: what, and in which words."""
    keys = await town.rooms.connections.connect(OTHERS, draft(**changes))
    findings = await town.rooms.connections.check(OTHERS, keys.connection_id)
    await town.rooms.connections.disconnect(OTHERS, keys.connection_id)
    assert not is_connected(findings)
    bad = next(finding for finding in findings if not finding.is_good)
    assert SECRET not in bad.text.zh
    return bad.code, bad.text.zh


async def test_what_is_wrong_is_said_with_what_to_do(town: Town, theirs: Enterprise) -> None:
    for changes, sentence in (
        ({"secret": "not-the-secret"}, "Secret 不对"),
        ({"corp_id": "ww0nobody"}, "CorpID 不对"),
        ({"agent_id": 7}, "AgentId 与 Secret 不是同一个应用"),
    ):
        code, said = await said_of(town, **changes)
        assert (code, sentence in said) == ("access", True), said
    town.vendor.trusts = False
    assert "203.0.113.7" in (await said_of(town))[1]
    town.vendor.trusts = True
    theirs.is_open = False
    assert "停用" in (await said_of(town))[1]
    theirs.is_open = True
    theirs.people.clear()
    assert (await said_of(town))[0] == "range"


async def test_a_wrong_secret_is_not_tried_again_and_again(town: Town, theirs: Enterprise) -> None:
    keys = await town.rooms.connections.connect(OTHERS, draft(secret="not-the-secret"))
    for _ in range(4):
        await town.rooms.connections.check(OTHERS, keys.connection_id)
    assert theirs.tokens.asked == 1
    await town.rooms.connections.replace_secret(OTHERS, keys.connection_id, SECRET)
    findings = await town.rooms.connections.check(OTHERS, keys.connection_id)
    assert findings[0].is_good


async def test_an_app_is_one_organisations_only_once_it_is_proved(town: Town, theirs: Enterprise) -> None:
    del theirs
    connections = town.rooms.connections
    squatted = await connections.connect(town.owner, draft(secret="only-a-guess-of-it"))
    await connections.check(town.owner, squatted.connection_id)
    keys = await connections.connect(OTHERS, draft())
    await connections.check(OTHERS, keys.connection_id)
    await connections.replace_secret(town.owner, squatted.connection_id, SECRET)
    with pytest.raises(ConflictError) as caught:
        await connections.check(town.owner, squatted.connection_id)
    assert caught.value.code == "connected-elsewhere"


async def test_nobody_sees_or_changes_what_another_organisation_connected(town: Town) -> None:
    connections, people = town.rooms.connections, town.rooms.people
    for call in (
        connections.get(OTHERS, CONNECTION),
        connections.check(OTHERS, CONNECTION),
        connections.replace_keys(OTHERS, CONNECTION),
        connections.replace_secret(OTHERS, CONNECTION, SECRET),
        connections.disconnect(OTHERS, CONNECTION),
        people.read_directory(OTHERS, CONNECTION),
        people.pick(OTHERS, CONNECTION),
        people.put_menu(OTHERS, CONNECTION),
    ):
        with pytest.raises(MissingError):
            await call
    viewer = Actor(account_id="a-3", organisation_id=ORGANISATION, role=Role.VIEWER, way=Way.SESSION)
    with pytest.raises(ForbiddenError):
        await connections.check(viewer, CONNECTION)


async def test_the_directory_is_read_once_and_then_only_what_changed_is_written(town: Town, theirs: Enterprise) -> None:
    keys = await town.rooms.connections.connect(OTHERS, draft())
    await town.rooms.connections.check(OTHERS, keys.connection_id)
    people = town.rooms.people
    first = await people.read_directory(OTHERS, keys.connection_id)
    assert (first.listed, first.changed) == (2, 2)
    assert (await people.read_directory(OTHERS, keys.connection_id)).changed == 0
    assert [member.user_id for member in await people.pick(OTHERS, keys.connection_id, like="陈")] == ["Chen"]
    del theirs.people["chen"]
    theirs.hire(Person(user_id="li", name="李工"))
    again = await people.read_directory(OTHERS, keys.connection_id)
    assert (again.listed, again.changed) == (2, 2)
    assert [member.name for member in await people.pick(OTHERS, keys.connection_id)] == ["李工", "王工"]
    filed = await town.around.store.shelf(WECOM_MEMBERS).page(keys.connection_id, limit=9)
    assert "陈工" not in {one.document.name for one in filed}


async def test_a_change_that_is_told_leads_to_a_reading_and_many_to_one(town: Town) -> None:
    for _ in range(3):
        assert await town.calls.happens("sys", "change_contact", ChangeType="create_user", UserID="new") == ""
        await town.clock.advance(1)
    names = [member.user_id for member in await town.rooms.people.pick(town.owner, CONNECTION)]
    assert names == ["ZhangSan", "lisi"]
    town.vendor.home.hire(Person(user_id="new", name="新人"))
    await town.calls.happens("sys", "change_contact", ChangeType="create_user", UserID="new")
    assert len(await town.rooms.people.pick(town.owner, CONNECTION)) == 2
    await town.clock.advance(601)
    await town.calls.happens("sys", "change_contact", ChangeType="create_user", UserID="new")
    assert len(await town.rooms.people.pick(town.owner, CONNECTION)) == 3


async def test_the_menu_says_what_members_would_say(town: Town) -> None:
    await town.rooms.people.put_menu(town.owner, CONNECTION)
    assert town.vendor.home.menu is not None
    assert [entry["name"] for entry in town.vendor.home.menu["button"]] == ["我的订阅", "最近 5 条", "更多"]


async def test_a_code_from_the_console_ties_a_member_once(town: Town) -> None:
    now = town.clock.now()
    account = Account(
        id="a-1", organisation_id=ORGANISATION, email="w@e.cn", email_key="k", role="owner", created_at=now
    )
    await town.desk.means.accounts.shelf.add([account])
    code = await town.rooms.people.binding_code(town.owner)
    assert "绑定成功" in await town.say(f"绑定{code.lower()}")
    assert "不对或已过期" in await town.say(f"绑定 {code}", "lisi")
    tied = await town.desk.means.accounts.by_wecom(CONNECTION, "zhangsan")
    assert tied is not None
    assert tied.id == "a-1"
    late = await town.rooms.people.binding_code(town.owner)
    await town.clock.advance(601)
    assert "不对或已过期" in await town.say(f"绑定 {late}", "lisi")


async def test_who_came_by_wecom_alone_becomes_the_account_that_it_ties_itself_to(town: Town) -> None:
    await town.say("订阅 固态电池")
    await town.say("确认")
    (made,) = await town.desk.means.accounts.shelf.page(ORGANISATION, limit=9)
    account = Account(
        id="a-1", organisation_id=ORGANISATION, email="w@e.cn", email_key="k", role="owner", created_at=town.clock.now()
    )
    await town.desk.means.accounts.shelf.add([account])
    await town.say(f"绑定 {await town.rooms.people.binding_code(town.owner)}")
    assert await town.desk.means.accounts.get(made.document.id) is None
    assert "1. 固态电池" in await town.say("我的订阅")
    await town.desk.people.erase(await town.desk.people.me(town.owner))
    assert await town.around.store.shelf(WECOM_MEMBERS).page(CONNECTION, limit=9) == []


async def test_codes_cannot_be_guessed_for_long(town: Town) -> None:
    told = [await town.say(f"绑定 WRONG{n}") for n in range(7)]
    assert ["太多次" in one for one in told] == [False] * 5 + [True] * 2


async def test_nobody_reaches_people_by_an_app_that_another_organisation_connected(town: Town) -> None:
    draft_of_theirs = DestinationDraft(channel=Channel.WECOM_APP, address="ZhangSan", options={"corp": CONNECTION})
    with pytest.raises(InvalidError) as caught:
        await town.desk.destinations.make(OTHERS, draft_of_theirs)
    assert [fault.pointer for fault in caught.value.faults] == ["/options/corp"]
    without = DestinationDraft(channel=Channel.WECOM_APP, address="ZhangSan")
    with pytest.raises(InvalidError):
        await town.desk.destinations.make(town.owner, without)  # the app of the settings is the centre's
    made = await town.desk.destinations.make(town.owner, draft_of_theirs)
    assert made.destination.state is DestinationState.UNVERIFIED
    change = DestinationChange(options={"corp": "wc-of-others"})
    with pytest.raises(InvalidError):
        await town.desk.destinations.change(town.owner, made.card.id, change, revision=made.revision)


async def test_who_may_be_reached_by_anothers_app_can_be_given_no_other_address_there(town: Town) -> None:
    draft_of_theirs = DestinationDraft(channel=Channel.WECOM_APP, address="ZhangSan", options={"corp": CONNECTION})
    theirs = await town.desk.destinations.make(OTHERS, draft_of_theirs, vouched=True)  # WeCom said that it is this one
    renamed = DestinationChange(name="张三", address="ZhangSan")
    again = await town.desk.destinations.change(OTHERS, theirs.card.id, renamed, revision=theirs.revision)
    assert again.destination.state is DestinationState.ACTIVE
    moved = DestinationChange(address="LiSi")
    with pytest.raises(InvalidError):
        await town.desk.destinations.change(OTHERS, theirs.card.id, moved, revision=again.revision)


async def test_who_is_tied_to_an_account_that_is_locked_keeps_its_own(town: Town) -> None:
    await town.say("订阅 固态电池")
    await town.say("确认")
    (made,) = await town.desk.means.accounts.shelf.page(ORGANISATION, limit=9)
    now = town.clock.now()
    account = Account(id="a-1", organisation_id=ORGANISATION, role="owner", created_at=now, locked_at=now)
    await town.desk.means.accounts.shelf.add([account])
    assert "已停用" in await town.say(f"绑定 {await town.rooms.people.binding_code(town.owner)}")
    assert await town.desk.means.accounts.get(made.document.id) == made.document


async def test_a_directory_that_was_read_while_its_connection_was_taken_away_is_forgotten(town: Town) -> None:
    corp = await town.rooms.connections.get(town.owner, CONNECTION)
    await town.rooms.connections.disconnect(town.owner, CONNECTION)
    assert (await town.rooms.directory.read(corp)).listed
    assert await town.around.store.shelf(WECOM_MEMBERS).page(CONNECTION, limit=9) == []


async def test_an_enterprise_speaks_for_nobody_of_another_organisation(town: Town) -> None:
    code = await town.rooms.people.binding_code(OTHERS)
    assert "属于另一个单位" in await town.say(f"绑定 {code}")


async def test_who_disconnects_leaves_no_member_and_no_secret_behind(town: Town) -> None:
    await town.say("帮助")
    await town.rooms.connections.disconnect(town.owner, CONNECTION)
    assert await town.around.store.shelf(WECOM_MEMBERS).page(CONNECTION, limit=9) == []
    with pytest.raises(AssertionError, match="404"):
        await town.say("帮助")


async def test_no_secret_shows_in_a_repr(town: Town) -> None:
    keys = await town.rooms.connections.connect(OTHERS, draft())
    corp = await town.rooms.connections.get(OTHERS, keys.connection_id)
    for shown in (repr(draft()), repr(keys), repr(corp), repr(town.rooms.corps.account(corp).app)):
        for secret in (SECRET, keys.token, keys.aes_key):
            assert secret not in shown
