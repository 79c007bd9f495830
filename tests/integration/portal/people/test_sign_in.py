"""The ways in, and who tries them without being the one."""

import asyncio

import pytest

from services.portal.desk.actor import Actor
from services.portal.desk.codes import WrongCodeError
from services.portal.desk.desk import Desk
from services.portal.desk.joining import Newcomer
from services.portal.desk.organisations import Particulars
from services.portal.desk.refusals import ForbiddenError, InvalidError, NotSignedInError, TooManyError
from services.portal.desk.sign_in import WrongPasswordError
from services.portal.desk.visitor import Visitor
from shared.filing.accounts import Account
from shared.runtime.role import Surroundings
from shared.testing.clock import ManualClock
from tests.people import ELSEWHERE, HERE, PASSWORD, CountedPasswords, join, last_code, letters

EMAIL = "wang@example.cn"


async def refused(
    desk: Desk, visitor: Visitor, email: str = EMAIL, password: str = "wrong password!"
) -> NotSignedInError:
    with pytest.raises(WrongPasswordError) as told:
        await desk.sign_in.by_password(visitor, email, password)
    return told.value


async def test_the_right_password_opens_however_it_was_typed(desk: Desk, account: Account) -> None:
    assert (await desk.sign_in.by_password(HERE, " Wang@EXAMPLE.cn", PASSWORD)).id == account.id
    wide = PASSWORD.replace("walks", "ｗａｌｋｓ")
    assert (await desk.sign_in.by_password(HERE, EMAIL, wide)).id == account.id


async def test_a_password_is_kept_as_argon2id(account: Account) -> None:
    assert account.password_hash
    assert account.password_hash.startswith("$argon2id$")
    assert "walks" not in account.password_hash


async def test_a_mailed_code_opens(desk: Desk, account: Account, around: Surroundings) -> None:
    flow = await desk.sign_in.ask_code(ELSEWHERE, EMAIL)
    assert (await desk.sign_in.by_code(ELSEWHERE, flow, await last_code(around))).id == account.id


async def test_a_locked_account_says_so_only_to_who_knows_its_password(
    desk: Desk, account: Account, owner: Actor
) -> None:
    colleague = await join(desk, owner, "li@example.cn", "viewer")
    await desk.people.lock(owner, colleague.id, locked=True)
    await refused(desk, HERE, "li@example.cn")
    with pytest.raises(ForbiddenError):
        await desk.sign_in.by_password(HERE, "li@example.cn", PASSWORD)


async def test_an_unknown_address_gets_the_same_answer_for_the_same_work(
    desk: Desk, account: Account, passwords: CountedPasswords
) -> None:
    await refused(desk, HERE)
    known = passwords.verifications
    told = await refused(desk, HERE, "nobody@example.cn")
    assert passwords.verifications == 2 * known == 2
    assert (told.code, told.text) == ((await refused(desk, HERE)).code, WrongPasswordError().text)


async def test_asking_for_a_code_tells_nobody_whether_there_is_an_account(
    desk: Desk, account: Account, around: Surroundings
) -> None:
    first = await desk.sign_in.ask_code(HERE, EMAIL)
    second = await desk.sign_in.ask_code(HERE, "nobody@example.cn")
    assert len(first) == len(second)
    # Both file a mail, but that of nobody is filed as sent.
    assert [mail.address for mail in await letters(around)] == [EMAIL]
    assert [mail.address for mail in await letters(around, "done")] == ["nobody@example.cn"]
    with pytest.raises(WrongCodeError):
        await desk.sign_in.by_code(HERE, second, "1234 5678")


async def test_signing_up_with_a_taken_address_is_told_to_its_mailbox_alone(
    desk: Desk, account: Account, around: Surroundings
) -> None:
    newcomer = Newcomer(password=PASSWORD, agrees=True)
    flow = await desk.joining.sign_up(ELSEWHERE, EMAIL, newcomer, Particulars(name="冒名"))
    (mail,) = await letters(around)
    assert "已有账号" in mail.text
    assert mail.address == EMAIL
    with pytest.raises(WrongCodeError):
        await desk.joining.confirm(ELSEWHERE, flow, "0000 0000")


async def test_guessing_at_one_place_is_stopped_and_made_slower_each_time(
    desk: Desk, account: Account, passwords: CountedPasswords, clock: ManualClock
) -> None:
    for _ in range(5):
        await refused(desk, ELSEWHERE)
    with pytest.raises(TooManyError) as first:
        await desk.sign_in.by_password(ELSEWHERE, EMAIL, PASSWORD)
    assert passwords.verifications == 5  # the sixth was not even looked at
    await clock.advance(first.value.after_seconds + 1)
    for _ in range(5):
        await refused(desk, ELSEWHERE)
    with pytest.raises(TooManyError) as second:
        await desk.sign_in.by_password(ELSEWHERE, EMAIL, PASSWORD)
    assert second.value.after_seconds > 5 * first.value.after_seconds


async def test_what_strangers_guess_does_not_lock_out_the_owner(desk: Desk, account: Account) -> None:
    for _ in range(5):
        await refused(desk, ELSEWHERE)
    with pytest.raises(TooManyError):
        await desk.sign_in.by_password(ELSEWHERE, EMAIL, PASSWORD)
    assert (await desk.sign_in.by_password(HERE, EMAIL, PASSWORD)).id == account.id


async def test_guessing_from_everywhere_leaves_known_browsers_and_mailed_codes_open(
    desk: Desk, account: Account, around: Surroundings
) -> None:
    for first in range(0, 200, 20):  # more at once would be asked to wait for those before them
        networks = range(first, first + 20)
        await asyncio.gather(*(refused(desk, Visitor(address=f"2001:db8:{network:x}::1")) for network in networks))
    fresh = Visitor(address="192.0.2.44")
    with pytest.raises(TooManyError):
        await desk.sign_in.by_password(fresh, EMAIL, PASSWORD)
    known = Visitor(address="192.0.2.44", device_mark=desk.devices.mark(account))
    assert (await desk.sign_in.by_password(known, EMAIL, PASSWORD)).id == account.id
    flow = await desk.sign_in.ask_code(fresh, EMAIL)
    assert (await desk.sign_in.by_code(fresh, flow, await last_code(around))).id == account.id


async def test_a_household_of_addresses_counts_as_one_place(desk: Desk, account: Account) -> None:
    for host in range(5):
        await refused(desk, Visitor(address=f"2001:db8:1:2::{host:x}"))
    with pytest.raises(TooManyError):
        await desk.sign_in.by_password(Visitor(address="2001:db8:1:2:ffff::9"), EMAIL, PASSWORD)


async def test_many_accounts_tried_from_one_place_stop_it(desk: Desk, account: Account) -> None:
    for number in range(30):
        await refused(desk, ELSEWHERE, f"user{number}@example.cn")
    with pytest.raises(TooManyError):
        await desk.sign_in.by_password(ELSEWHERE, "another@example.cn", PASSWORD)


async def test_sign_ins_are_counted_by_way_and_outcome(desk: Desk, account: Account, around: Surroundings) -> None:
    for _ in range(5):
        await refused(desk, ELSEWHERE)
    with pytest.raises(TooManyError):
        await desk.sign_in.by_password(ELSEWHERE, EMAIL, PASSWORD)
    await desk.sign_in.by_password(HERE, EMAIL, PASSWORD)
    counted = around.metrics.portal_sign_ins
    outcomes = ("opened", "refused", "throttled", "locked")
    assert [counted.labels("password", one)._value.get() for one in outcomes] == [1, 5, 1, 0]


async def test_who_comes_when_very_many_wait_is_asked_to_come_again(
    desk: Desk, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.portal.desk.passwords.MOST_WAITING", 3)
    await desk.means.passwords.warm()
    places = [Visitor(address=f"198.51.100.{number}") for number in range(12)]
    told = await asyncio.gather(
        *(desk.sign_in.by_password(place, EMAIL, PASSWORD) for place in places), return_exceptions=True
    )
    busy = [one for one in told if isinstance(one, TooManyError)]
    assert busy
    assert {one.code for one in busy} == {"busy"}
    assert (await desk.sign_in.by_password(HERE, EMAIL, PASSWORD)).id == account.id


async def test_an_office_that_signs_in_rightly_is_never_stopped(desk: Desk, account: Account) -> None:
    for _ in range(40):
        await desk.sign_in.by_password(HERE, EMAIL, PASSWORD)


async def test_a_new_password_ends_all_sessions_and_forgets_known_browsers(
    desk: Desk, account: Account, owner: Actor, around: Surroundings
) -> None:
    opened = await desk.sessions.open(account, HERE, by="password")
    mark = desk.devices.mark(account)
    with pytest.raises(InvalidError):
        await desk.changing_password.change(owner, HERE, "not the old one", "a wholly new sentence")
    changed = await desk.changing_password.change(owner, HERE, PASSWORD, "a wholly new sentence")
    assert await desk.sessions.actor(opened.token, HERE) is None
    assert desk.devices.known(changed, mark) is None
    assert "已修改" in (await letters(around))[-1].subject
    await refused(desk, HERE, password=PASSWORD)


async def test_all_sessions_end_as_often_as_that_is_asked_for_at_the_same_time(desk: Desk, account: Account) -> None:
    accounts = desk.means.accounts
    first = await accounts.end_everywhere(account)
    opened = await desk.sessions.open(first, HERE, by="password")
    await accounts.end_everywhere(account)  # by somebody who read the account before
    assert await desk.sessions.actor(opened.token, HERE) is None


async def test_who_reads_the_mailbox_sets_a_new_password(desk: Desk, account: Account, around: Surroundings) -> None:
    flow = await desk.changing_password.ask(HERE, EMAIL)
    code = await last_code(around)
    with pytest.raises(WrongCodeError):  # a code is good for what it was asked for
        await desk.sign_in.by_code(HERE, flow, code)
    await desk.changing_password.reset(HERE, flow, code, "a wholly new sentence")
    assert (await desk.sign_in.by_password(HERE, EMAIL, "a wholly new sentence")).id == account.id


@pytest.mark.parametrize("ask", ["sign_in.ask_code", "changing_password.ask"])
async def test_a_code_goes_to_the_mailbox_of_the_account_however_its_address_was_typed(
    desk: Desk, account: Account, around: Surroundings, ask: str
) -> None:
    room, function = ask.split(".")
    await getattr(getattr(desk, room), function)(
        HERE, "ｗang@example.cn"
    )  # a mailbox of its own, found by the same key
    (mail,) = await letters(around)
    assert mail.address == account.email == EMAIL


async def test_a_member_of_wecom_comes_in_once_tied(desk: Desk, account: Account, owner: Actor) -> None:
    with pytest.raises(NotSignedInError):
        await desk.sign_in.by_wecom("ww1", "wang")
    await desk.people.tie_wecom(owner, "ww1", "wang")
    assert (await desk.sign_in.by_wecom("ww1", "wang")).id == account.id


async def test_nothing_secret_shows_in_what_is_printed(desk: Desk, account: Account, around: Surroundings) -> None:
    await desk.sign_in.ask_code(HERE, EMAIL)
    opened = await desk.sessions.open(account, HERE, by="password")
    (mail,) = await letters(around)
    shown = repr([account, opened, opened.session, mail])
    secrets = (
        EMAIL,
        "wang",
        opened.token,
        opened.session.token_key,
        str(account.password_hash),
        HERE.address,
        mail.text,
    )
    assert [secret for secret in secrets if secret in shown] == []
