"""An organisation comes to be; colleagues join it."""

import asyncio
import re

import pytest

from services.portal.desk.actor import Actor, Permission, Role
from services.portal.desk.codes import WrongCodeError
from services.portal.desk.desk import Desk
from services.portal.desk.joining import Newcomer
from services.portal.desk.organisations import Particulars
from services.portal.desk.refusals import ConflictError, ForbiddenError, InvalidError, MissingError, TooManyError
from shared.errors import RetryLaterError
from shared.filing.accounts import Account
from shared.runtime.role import Surroundings
from shared.testing.clock import ManualClock
from tests.people import ELSEWHERE, HERE, PASSWORD, acting, join, last_code, letters, sign_up

NEWCOMER = Newcomer(password=PASSWORD, agrees=True)
COMPANY = Particulars(name="某市电池有限公司")


async def test_who_signs_up_owns_an_organisation_of_its_own(desk: Desk) -> None:
    owner = acting(await sign_up(desk))
    organisation = (await desk.organisations.mine(owner)).document
    assert (organisation.name, owner.role) == ("某市电池有限公司", Role.OWNER)
    assert [consent.how for consent in await desk.consents.of(owner)] == ["sign-up"]
    assert owner.may(Permission.MANAGE_MEMBERS)


@pytest.mark.parametrize("broken_off", ["accounts", "consents"])
async def test_a_joining_that_breaks_off_leaves_no_member_without_its_consent(
    desk: Desk, owner: Actor, around: Surroundings, monkeypatch: pytest.MonkeyPatch, broken_off: str
) -> None:
    await desk.inviting.invite(owner, "li@example.cn", Role.VIEWER)
    found = re.search(r"/join/(\S+)", (await letters(around))[-1].text)
    assert found

    async def breaks_off(_documents: object) -> bool:
        raise RetryLaterError("the store does not answer")

    shelf = desk.means.accounts.shelf if broken_off == "accounts" else desk.consents.shelf
    monkeypatch.setattr(shelf, "add", breaks_off)
    with pytest.raises(RetryLaterError):
        await desk.inviting.accept(HERE, found.group(1), NEWCOMER)
    assert len(await desk.people.all(owner)) == 1
    monkeypatch.undo()
    joined = await desk.inviting.accept(HERE, found.group(1), NEWCOMER)
    assert [consent.how for consent in await desk.consents.of(acting(joined))] == ["invitation"]


async def test_who_has_an_account_elsewhere_leaves_no_consent_of_a_second_one(
    desk: Desk, owner: Actor, around: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.inviting.invite(owner, "wang@example.cn", Role.VIEWER)
    found = re.search(r"/join/(\S+)", (await letters(around))[-1].text)
    assert found
    given: list[str] = []
    give = desk.consents.give

    async def noted(account: Account, *, how: str) -> None:
        given.append(account.id)
        await give(account, how=how)

    monkeypatch.setattr(desk.consents, "give", noted)
    with pytest.raises(ConflictError):
        await desk.inviting.accept(HERE, found.group(1), NEWCOMER)
    assert [await desk.consents.shelf.count(one) for one in given] == [0]


async def test_nothing_exists_before_the_code_comes_back(desk: Desk, around: Surroundings) -> None:
    flow = await desk.joining.sign_up(HERE, "wang@example.cn", NEWCOMER, COMPANY)
    assert await desk.means.accounts.by_email("wang@example.cn") is None
    with pytest.raises(WrongCodeError):
        await desk.joining.confirm(HERE, flow, "0000 0000")
    await desk.joining.confirm(HERE, flow, await last_code(around))
    assert await desk.means.accounts.by_email("ＷＡＮＧ@Example.CN") is not None


async def test_a_code_counts_once(desk: Desk, around: Surroundings) -> None:
    flow = await desk.joining.sign_up(HERE, "wang@example.cn", NEWCOMER, COMPANY)
    code = await last_code(around)
    await desk.joining.confirm(HERE, flow, code)
    with pytest.raises(WrongCodeError):
        await desk.joining.confirm(HERE, flow, code)


async def test_a_code_of_one_request_does_not_open_another(desk: Desk, around: Surroundings) -> None:
    await desk.joining.sign_up(HERE, "wang@example.cn", NEWCOMER, COMPANY)
    code = await last_code(around)
    other = await desk.joining.sign_up(ELSEWHERE, "wang@example.cn", NEWCOMER, COMPANY)
    with pytest.raises(WrongCodeError):
        await desk.joining.confirm(ELSEWHERE, other, code)


async def test_a_code_is_over_after_ten_minutes(desk: Desk, around: Surroundings, clock: ManualClock) -> None:
    flow = await desk.joining.sign_up(HERE, "wang@example.cn", NEWCOMER, COMPANY)
    code = await last_code(around)
    await clock.advance(601)
    with pytest.raises(WrongCodeError):
        await desk.joining.confirm(HERE, flow, code)


async def test_a_code_cannot_be_guessed_more_than_five_times(desk: Desk, around: Surroundings) -> None:
    flow = await desk.joining.sign_up(HERE, "wang@example.cn", NEWCOMER, COMPANY)
    code = await last_code(around)
    for guess in range(5):
        with pytest.raises(WrongCodeError):
            await desk.joining.confirm(HERE, flow, f"{guess:08}")
    with pytest.raises(WrongCodeError):
        await desk.joining.confirm(HERE, flow, code)


async def test_guessing_at_once_gives_no_more_guesses(desk: Desk, around: Surroundings) -> None:
    flow = await desk.joining.sign_up(HERE, "wang@example.cn", NEWCOMER, COMPANY)
    right = await last_code(around)
    guesses = [f"{number:08}" for number in range(20)]
    told = await asyncio.gather(*(desk.joining.confirm(HERE, flow, guess) for guess in guesses), return_exceptions=True)
    assert all(isinstance(one, WrongCodeError) for one in told)
    for guess in guesses[:4]:  # some of them lost against others, but none was looked at for nothing
        with pytest.raises(WrongCodeError):
            await desk.joining.confirm(HERE, flow, guess)
    with pytest.raises(WrongCodeError):
        await desk.joining.confirm(HERE, flow, right)


async def test_what_is_wrong_is_told_field_by_field(desk: Desk) -> None:
    with pytest.raises(InvalidError) as refused:
        await desk.joining.sign_up(HERE, "wang@example.cn", Newcomer(password="kurz"), Particulars(name=" "))
    assert {fault.pointer for fault in refused.value.faults} == {"/organisation/name", "/password", "/agrees"}


async def test_nobody_is_flooded_with_codes(desk: Desk, around: Surroundings) -> None:
    for _ in range(3):
        await desk.joining.sign_up(HERE, "victim@example.cn", NEWCOMER, COMPANY)
    with pytest.raises(TooManyError):
        await desk.joining.sign_up(HERE, "victim@example.cn", NEWCOMER, COMPANY)
    assert len(await letters(around)) == 3


async def test_a_centre_can_close_sign_up(desk: Desk, around: Surroundings) -> None:
    object.__setattr__(around, "settings", around.settings.model_copy(update={"sign_up": "closed"}))
    with pytest.raises(ForbiddenError) as refused:
        await desk.joining.sign_up(HERE, "wang@example.cn", NEWCOMER, COMPANY)
    assert refused.value.code == "sign-up-closed"


async def test_who_is_invited_joins_with_the_role_that_was_given(desk: Desk, owner: Actor) -> None:
    colleague = await join(desk, owner, "li@example.cn", "editor")
    assert (colleague.organisation_id, colleague.role) == (owner.organisation_id, Role.EDITOR)
    assert not await desk.inviting.waiting(owner)


async def test_an_invitation_is_good_once_and_for_a_week(
    desk: Desk, owner: Actor, around: Surroundings, clock: ManualClock
) -> None:
    await desk.inviting.invite(owner, "li@example.cn", Role.VIEWER)
    found = re.search(r"/join/(\S+)", (await letters(around))[-1].text)
    assert found
    await desk.inviting.accept(HERE, found.group(1), NEWCOMER)
    with pytest.raises(MissingError):
        await desk.inviting.accept(HERE, found.group(1), NEWCOMER)
    await desk.inviting.invite(owner, "zhao@example.cn", Role.VIEWER)
    await clock.advance(7 * 86_400 + 1)
    assert not await desk.inviting.waiting(owner)


async def test_editors_invite_nobody_and_companies_have_no_operators(desk: Desk, owner: Actor) -> None:
    editor = acting(await join(desk, owner, "li@example.cn", "editor"))
    with pytest.raises(ForbiddenError):
        await desk.inviting.invite(editor, "x@example.cn", Role.VIEWER)
    with pytest.raises(InvalidError):
        await desk.inviting.invite(owner, "x@example.cn", Role.OPERATOR)


async def test_the_last_owner_stays_one(desk: Desk, owner: Actor) -> None:
    with pytest.raises(ConflictError):
        await desk.people.change_role(owner, owner.account_id, Role.VIEWER)
    with pytest.raises(ConflictError):
        await desk.people.lock(owner, owner.account_id, locked=True)
    with pytest.raises(ConflictError):
        await desk.people.remove(owner, owner.account_id)
    await join(desk, owner, "li@example.cn", "owner")
    assert (await desk.people.change_role(owner, owner.account_id, Role.VIEWER)).role == Role.VIEWER


async def test_members_of_others_are_not_there(desk: Desk, owner: Actor) -> None:
    stranger = acting(await sign_up(desk, "chen@other.example.cn", organisation="别家"))
    for attempt in (
        desk.people.get(stranger, owner.account_id),
        desk.people.change_role(stranger, owner.account_id, Role.VIEWER),
        desk.people.lock(stranger, owner.account_id, locked=True),
        desk.people.remove(stranger, owner.account_id),
    ):
        with pytest.raises(MissingError):
            await attempt
