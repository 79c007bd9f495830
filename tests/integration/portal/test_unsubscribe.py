"""Unsubscribing by the link in a mail."""

import re

import aiohttp
import msgspec
import pytest

from shared.errors import StorageFullError
from shared.runtime.role import Surroundings
from shared.unsubscribe import token_hash
from tests.integration.portal.seed import seed

TOKEN = "correct-horse"  # a made-up secret


@pytest.fixture
async def link(around: Surroundings, address: str) -> str:
    await seed(around)
    await around.store.subscriptions.save_tokens([(token_hash(TOKEN), "电池", "研发部邮箱")])
    return f"{address}/u/{TOKEN}"


async def ask(method: str, url: str, *, data: dict[str, str] | None = None, **headers: str) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, url, data=data, headers=headers, allow_redirects=False) as response,
    ):
        return response.status, await response.text()


async def opted_out(around: Surroundings) -> tuple[str, ...]:
    subscription = await around.store.subscriptions.get("电池")
    assert subscription is not None
    return subscription.opted_out


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_looking_never_unsubscribes(around: Surroundings, link: str, method: str) -> None:
    status, text = await ask(method, link)
    assert status == 200
    assert await opted_out(around) == ()
    if method == "GET":
        assert "w***@example.cn" in text
        assert "固态电池隔膜" in text
        assert 'method="post"' in text


@pytest.mark.parametrize("data", [{"List-Unsubscribe": "One-Click"}, {"confirm": "yes"}])
async def test_one_post_unsubscribes_without_sign_in_or_redirect(
    around: Surroundings, link: str, data: dict[str, str]
) -> None:
    status, text = await ask("POST", link, data=data)
    assert status == 200
    assert "已退订" in text
    assert await opted_out(around) == ("研发部邮箱",)


async def test_a_mail_program_may_send_its_button_as_multipart(around: Surroundings, link: str) -> None:
    form = aiohttp.FormData({"List-Unsubscribe": "One-Click"}, default_to_multipart=True)
    async with aiohttp.ClientSession() as session, session.post(link, data=form) as response:
        assert response.status == 200
    assert await opted_out(around) == ("研发部邮箱",)


async def test_unsubscribing_twice_is_unsubscribing_once(around: Surroundings, link: str) -> None:
    for _ in range(2):
        assert (await ask("POST", link, data={"List-Unsubscribe": "One-Click"}))[0] == 200
    assert await opted_out(around) == ("研发部邮箱",)


async def test_a_bare_post_changes_nothing(around: Surroundings, link: str) -> None:
    assert (await ask("POST", link))[0] == 400
    assert await opted_out(around) == ()


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_unknown_link_is_told_so(address: str, method: str) -> None:
    status, text = await ask(method, f"{address}/u/wrong", data={"confirm": "yes"} if method == "POST" else None)
    assert status == 404
    assert "链接无效" in text


async def test_everybody_may_unsubscribe_not_only_people_at_this_machine(link: str) -> None:
    assert (await ask("GET", link, Host="zhitui.example.cn"))[0] == 200


async def test_a_full_disk_asks_to_try_again(around: Surroundings, link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def opt_out(_subscription: str, _destination: str) -> bool:
        raise StorageFullError("磁盘已满")

    monkeypatch.setattr(around.store.subscriptions, "opt_out", opt_out)
    status, text = await ask("POST", link, data={"confirm": "yes"})
    assert status == 503
    assert "再试" in text


async def test_the_link_still_works_when_its_subscription_and_destination_are_gone(
    around: Surroundings, link: str
) -> None:
    await around.store.subscriptions.save_tokens([(token_hash("old"), "没了", "也没了")])
    status, text = await ask("GET", link.replace(TOKEN, "old"))
    assert (status, "您的邮箱" in text) == (200, True)
    assert (await ask("POST", link.replace(TOKEN, "old"), data={"confirm": "yes"}))[0] == 200


@pytest.fixture
async def link_of_two(around: Surroundings, link: str) -> str:
    stored = await around.store.subscriptions.get("电池")
    assert stored is not None
    await around.store.subscriptions.put(msgspec.structs.replace(stored, id="隔膜"))
    await around.store.subscriptions.save_tokens([(token_hash("battery-staple"), "隔膜", "研发部邮箱")])
    return f"{link}.battery-staple"


async def left(around: Surroundings) -> list[str]:
    return [one.id for one in await around.store.subscriptions.all() if "研发部邮箱" in one.opted_out]


async def test_the_page_of_a_message_of_two_subscriptions_asks_which(around: Surroundings, link_of_two: str) -> None:
    status, text = await ask("GET", link_of_two)
    assert status == 200
    choices = re.findall(r'name="choice" value="(\w+)" checked', text)
    assert len(set(choices)) == 2
    assert (await ask("POST", link_of_two, data={"confirm": "yes"}))[0] == 400
    assert (await ask("POST", link_of_two, data={"confirm": "yes", "choice": "0" * 16}))[0] == 400
    assert await left(around) == []
    status, text = await ask("POST", link_of_two, data={"confirm": "yes", "choice": choices[1]})
    assert (status, "已退订" in text) == (200, True)
    assert await left(around) == ["隔膜"]


async def test_a_mail_programs_button_leaves_every_subscription_of_the_message(
    around: Surroundings, link_of_two: str
) -> None:
    assert (await ask("POST", link_of_two, data={"List-Unsubscribe": "One-Click"}))[0] == 200
    assert await left(around) == ["电池", "隔膜"]


@pytest.mark.parametrize("more", [".nobody", ".", ".battery-staple" * 10])
async def test_an_address_with_a_part_that_nobody_was_given_is_none(
    around: Surroundings, link_of_two: str, more: str
) -> None:
    assert (await ask("POST", link_of_two + more, data={"List-Unsubscribe": "One-Click"}))[0] == 404
    assert await left(around) == []
