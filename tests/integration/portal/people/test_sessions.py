"""Sessions and tokens: what opens, for how long, and what it may."""

import msgspec
import pytest

from services.portal.desk.actor import Actor, Permission, Role, Way
from services.portal.desk.desk import Desk
from services.portal.desk.refusals import ForbiddenError, InvalidError, MissingError
from shared.filing.accounts import Account
from shared.filing.api_tokens import API_TOKENS
from shared.filing.organisations import CENTRE_ID
from shared.filing.sessions import SESSIONS
from shared.runtime.role import Surroundings
from shared.testing.clock import ManualClock
from tests.people import ELSEWHERE, HERE, acting, join, sign_up

DAY = 86_400


async def test_a_session_opens_for_its_member_with_its_role_of_today(desk: Desk, account: Account) -> None:
    opened = await desk.sessions.open(account, HERE, by="password")
    found = await desk.sessions.actor(opened.token, ELSEWHERE)
    assert found
    assert found[0] == Actor(
        account_id=account.id,
        organisation_id=account.organisation_id,
        role=Role.OWNER,
        way=Way.SESSION,
        address=ELSEWHERE.address,
    )
    assert await desk.sessions.actor("another", HERE) is None


async def test_every_sign_in_has_a_token_of_its_own_and_none_lies_in_the_store(
    desk: Desk, account: Account, around: Surroundings
) -> None:
    first, second = [await desk.sessions.open(account, HERE, by="password") for _ in range(2)]
    assert first.token != second.token
    kept = msgspec.json.encode([one.document for one in await around.store.shelf(SESSIONS).page(account.id, limit=9)])
    assert first.token.encode() not in kept
    assert second.token.encode() not in kept


async def test_a_session_ends_when_it_is_idle_and_at_last_in_any_case(
    desk: Desk, account: Account, clock: ManualClock
) -> None:
    idle = await desk.sessions.open(account, HERE, by="password")
    used = await desk.sessions.open(account, HERE, by="password")
    days = 0
    while await desk.sessions.actor(used.token, HERE):
        await clock.advance(10 * DAY)
        days += 10
    assert days == 90
    assert await desk.sessions.actor(idle.token, HERE) is None


async def test_people_of_the_centre_sign_in_every_day(desk: Desk, clock: ManualClock) -> None:
    await desk.organisations.centre("信息中心")
    operator = await desk.people.add(CENTRE_ID, Role.OPERATOR, way="command-line", email="op@example.cn")
    opened = await desk.sessions.open(operator, HERE, by="password")
    await clock.advance(11 * 3600)
    assert await desk.sessions.actor(opened.token, HERE)
    await clock.advance(13 * 3600)
    assert await desk.sessions.actor(opened.token, HERE) is None


async def test_a_member_sees_and_ends_its_own_sessions_and_no_others(
    desk: Desk, account: Account, owner: Actor
) -> None:
    opened = await desk.sessions.open(account, HERE, by="password")
    stranger = acting(await sign_up(desk, "chen@other.example.cn", organisation="别家"))
    with pytest.raises(MissingError):
        await desk.sessions.close_one(stranger, opened.session.id)
    (session,) = await desk.sessions.of(owner)
    assert (session.address, session.device) == (HERE.address, "Firefox · Linux")
    await desk.sessions.close_one(owner, session.id)
    assert await desk.sessions.actor(opened.token, HERE) is None


async def test_a_locked_member_is_out_at_once(desk: Desk, owner: Actor) -> None:
    colleague = await join(desk, owner, "li@example.cn", "editor")
    opened = await desk.sessions.open(colleague, HERE, by="password")
    await desk.people.lock(owner, colleague.id, locked=True)
    assert await desk.sessions.actor(opened.token, HERE) is None
    await desk.people.lock(owner, colleague.id, locked=False)
    assert await desk.sessions.actor(opened.token, HERE) is None


async def test_a_token_may_what_it_was_given_and_no_more(desk: Desk, owner: Actor) -> None:
    issued = await desk.tokens.issue(owner, name="OA", scopes=[Permission.READ])
    found = await desk.tokens.actor(issued.value, HERE)
    assert found
    actor = found[0]
    assert actor.way is Way.TOKEN
    assert actor.may(Permission.READ)
    assert not actor.may(Permission.WRITE_PROFILES)
    with pytest.raises(ForbiddenError):
        await desk.tokens.issue(actor, name="more", scopes=[Permission.READ])


async def test_a_token_may_no_more_than_its_maker_may_today(desk: Desk, owner: Actor) -> None:
    other = await join(desk, owner, "li@example.cn", "owner")
    issued = await desk.tokens.issue(acting(other), name="OA", scopes=[Permission.WRITE_PROFILES])
    await desk.people.change_role(owner, other.id, Role.VIEWER)
    found = await desk.tokens.actor(issued.value, HERE)
    assert found
    assert not found[0].may(Permission.WRITE_PROFILES)
    await desk.people.remove(owner, other.id)
    assert await desk.tokens.actor(issued.value, HERE) is None


async def test_nobody_gives_a_token_what_he_may_not_himself(desk: Desk, owner: Actor) -> None:
    with pytest.raises(ForbiddenError):
        await desk.tokens.issue(owner, name="OA", scopes=[Permission.OPERATE])
    with pytest.raises(InvalidError):
        await desk.tokens.issue(owner, name=" ", scopes=[], days=0)


async def test_a_rotated_token_lets_the_old_value_live_on_for_a_day(
    desk: Desk, owner: Actor, clock: ManualClock
) -> None:
    issued = await desk.tokens.issue(owner, name="OA", scopes=[Permission.READ])
    rotated = await desk.tokens.rotate(owner, issued.token.id)
    assert await desk.tokens.actor(issued.value, HERE)
    assert await desk.tokens.actor(rotated.value, HERE)
    await clock.advance(DAY)
    assert await desk.tokens.actor(issued.value, HERE) is None
    assert await desk.tokens.actor(rotated.value, HERE)


async def test_a_token_ends_when_it_was_to_and_when_it_is_removed(desk: Desk, owner: Actor, clock: ManualClock) -> None:
    short = await desk.tokens.issue(owner, name="short", scopes=[Permission.READ], days=1)
    gone = await desk.tokens.issue(owner, name="gone", scopes=[Permission.READ])
    stranger = acting(await sign_up(desk, "chen@other.example.cn", organisation="别家"))
    with pytest.raises(MissingError):
        await desk.tokens.remove(stranger, gone.token.id)
    with pytest.raises(MissingError):
        await desk.tokens.rotate(stranger, gone.token.id)
    await desk.tokens.remove(owner, gone.token.id)
    assert await desk.tokens.actor(gone.value, HERE) is None
    await clock.advance(DAY)
    assert await desk.tokens.actor(short.value, HERE) is None


async def test_of_a_token_the_store_has_only_a_hash_and_when_it_was_used(
    desk: Desk, owner: Actor, around: Surroundings, clock: ManualClock
) -> None:
    issued = await desk.tokens.issue(owner, name="OA", scopes=[Permission.READ])
    await clock.advance(90)
    await desk.tokens.actor(issued.value, HERE)
    (filed,) = await around.store.shelf(API_TOKENS).page(owner.organisation_id, limit=9)
    assert issued.value.encode() not in msgspec.json.encode(filed.document)
    assert issued.value not in repr(issued)
    assert filed.document.used_at == clock.now()
    assert issued.value.startswith("zhitui_")
    assert issued.value.endswith(filed.document.hint)
