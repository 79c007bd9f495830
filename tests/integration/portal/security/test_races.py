"""What is sent twice at the same moment."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.portal.access.forgery import Forgery
from services.portal.desk.actor import Role
from services.portal.desk.desk import Desk
from services.portal.desk.joining import Newcomer
from services.portal.desk.organisations import Particulars
from services.portal.desk.refusals import RefusalError
from shared.filing.accounts import Account
from tests.integration.portal.security.conftest import Town
from tests.people import ELSEWHERE, HERE, PASSWORD, WITH_MAIL, CountedPasswords, acting, last_code, letters, sign_up
from tests.surroundings import open_surroundings

NEWCOMER = Newcomer(name="李工", password=PASSWORD, agrees=True)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_surroundings(tmp_path, **WITH_MAIL) as around:
        desk = Desk(around, passwords=CountedPasswords())
        yield desk
        desk.close()


def joined(answers: list[Account | BaseException]) -> list[Account]:
    """Return those who were let in; the others were refused, and nothing else went wrong."""
    assert all(isinstance(one, Account | RefusalError) for one in answers)
    return [one for one in answers if isinstance(one, Account)]


async def test_of_many_who_take_one_invitation_at_once_one_joins(desk: Desk) -> None:
    owner = acting(await sign_up(desk))
    await desk.inviting.invite(owner, "li@example.cn", Role.VIEWER)
    found = re.search(r"/join/(\S+)", (await letters(desk.around))[-1].text)
    assert found
    takers = (desk.inviting.accept(who, found.group(1), NEWCOMER) for who in (HERE, ELSEWHERE, HERE, ELSEWHERE))
    assert len(joined(await asyncio.gather(*takers, return_exceptions=True))) == 1
    assert len(await desk.people.all(owner)) == 2


async def test_of_many_who_bring_one_code_at_once_one_signs_up(desk: Desk) -> None:
    flow = await desk.joining.sign_up(HERE, "zhao@example.cn", NEWCOMER, Particulars(name="某市电池有限公司"))
    code = await last_code(desk.around)
    tries = (desk.joining.confirm(HERE, flow, code) for _ in range(4))
    (account,) = joined(await asyncio.gather(*tries, return_exceptions=True))
    assert len(await desk.people.all(acting(account))) == 1


MADE = {
    "/profiles/new": {"do": "save", "name": "双击", "add:0.groups.0": "电池"},
    "/destinations/new": {"channel": "email", "address": "double@example.cn", "name": "双击"},
    "/fields/xsy-2.1.1/subscribe": {},
}


async def test_a_button_that_is_pressed_twice_makes_one_thing_and_leads_to_it_both_times(town: Town) -> None:
    desk, actor = town.house.desk, town.ours.actor

    async def pressed(path: str, form: dict[str, str], csrf: str) -> tuple[int, str]:
        async with town.house.bench.session.post(
            town.house.bench.address + path,
            headers=town.owner.headers,
            data={"csrf": csrf, **form},
            allow_redirects=False,
        ) as response:
            return response.status, response.headers.get("Location", "")

    async def had() -> int:
        return len((await desk.profiles.page(actor)).items) + len((await desk.destinations.page(actor)).items)

    for path, form in MADE.items():
        before = await had()
        answers = await asyncio.gather(*(pressed(path, form, town.owner.csrf) for _ in range(3)))
        assert len(set(answers)) == 1, path
        assert answers[0][0] == 303, path
        assert await had() == before + 1, path
    fresh = Forgery(desk.around.secrets).token(town.owner.cookie)
    before = await had()
    assert (await pressed("/profiles/new", MADE["/profiles/new"], fresh))[0] == 303
    assert await had() == before + 1, "from another page it is another wish"


async def test_what_was_refused_may_be_sent_again_from_the_same_page(town: Town) -> None:
    for _ in range(2):
        async with town.house.bench.session.post(
            town.house.bench.address + "/profiles/new",
            headers=town.owner.headers,
            data={"csrf": town.owner.csrf, "do": "save", "name": "空"},
        ) as response:
            assert response.status == 422
