"""Of twenty requests at one moment none passes what an organisation may have."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from services.notifier.outlets import ChannelOutlets
from services.portal.desk import inviting, sharing, tokens
from services.portal.desk import wecom as connecting
from services.portal.desk.actor import Actor, Permission, Role
from services.portal.desk.cards import Slice
from services.portal.desk.desk import Desk
from services.portal.desk.drafts import DestinationDraft
from services.portal.desk.inbox import Wanted
from services.portal.desk.inbox_rows import grouped
from services.portal.desk.refusals import ConflictError, RefusalError
from services.portal.desk.throttle import Throttle
from services.portal.desk.wecom import WecomDesk
from services.portal.desk.wecom_drafts import CorpDraft
from services.portal.wecom.corps import Corps
from shared.wire.subscription import Channel
from tests.contract.made import alert
from tests.people import WITH_MAIL, CountedPasswords, acting, sign_up
from tests.surroundings import open_surroundings

MOST, AT_ONCE = 3, 20


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_surroundings(tmp_path, **WITH_MAIL) as made:
        around = replace(made, outlets=ChannelOutlets(made.settings, made.clock))
        desk = Desk(around, passwords=CountedPasswords())
        yield desk
        desk.close()


@dataclass(frozen=True, slots=True)
class Limited:
    """Something of which there is a limit: the module that has it, how the n-th is made, how many there are."""

    module: ModuleType
    make: Callable[[Desk, Actor, int], Awaitable[object]]
    count: Callable[[Desk, Actor], Awaitable[int]]


def connections(desk: Desk) -> WecomDesk:
    return WecomDesk(desk.around, desk.audit, Corps(desk.around))


async def listed(found: Awaitable[Any]) -> int:
    return len(await found)


LIMITED = {
    "tokens": Limited(
        tokens,
        lambda desk, actor, n: desk.tokens.issue(actor, name=f"第 {n} 个", scopes=[Permission.READ]),
        lambda desk, actor: listed(desk.tokens.of(actor)),
    ),
    "invitations": Limited(
        inviting,
        lambda desk, actor, n: desk.inviting.invite(actor, f"li{n}@example.cn", Role.VIEWER),
        lambda desk, actor: listed(desk.inviting.waiting(actor)),
    ),
    "share links": Limited(
        sharing,
        lambda desk, actor, n: desk.sharing.share(actor, Wanted(), title=f"第 {n} 份", days=7),
        lambda desk, actor: listed(desk.sharing.all(actor)),
    ),
    "connections": Limited(
        connecting,
        lambda desk, actor, n: connections(desk).connect(
            actor, CorpDraft(corp_id="ww0theirs", agent_id=n + 1, secret="a-secret-of-theirs")
        ),
        lambda desk, actor: listed(connections(desk).all(actor)),
    ),
}


@pytest.mark.parametrize("name", LIMITED)
async def test_of_twenty_that_are_asked_for_at_once_no_more_come_to_be_than_there_may(
    desk: Desk, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited, owner = LIMITED[name], acting(await sign_up(desk))
    monkeypatch.setattr(limited.module, "LIMIT", replace(limited.module.LIMIT, most=MOST))

    async def no_throttle(*_: object, **__: object) -> None:
        pass

    async def something(*_: object, **__: object) -> object:
        return Slice(grouped([alert()]))

    monkeypatch.setattr(Throttle, "mail", no_throttle)
    monkeypatch.setattr(desk.inbox, "page", something)
    asked = await asyncio.gather(*(limited.make(desk, owner, n) for n in range(AT_ONCE)), return_exceptions=True)
    refused = [one for one in asked if isinstance(one, BaseException)]
    assert {(type(one), one.code if isinstance(one, RefusalError) else "") for one in refused} == {
        (ConflictError, limited.module.LIMIT.code)
    }
    there = await limited.count(desk, owner)
    assert there == AT_ONCE - len(refused)
    assert there <= MOST
    for n in range(there, MOST):
        await limited.make(desk, owner, AT_ONCE + n)
    with pytest.raises(ConflictError):
        await limited.make(desk, owner, 2 * AT_ONCE)
    assert await limited.count(desk, owner) == MOST


async def test_nor_of_what_has_a_card(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = acting(await sign_up(desk))
    cards = desk.destinations._cards  # the limit of two hundred takes two hundred writes to reach
    monkeypatch.setattr(cards, "_limit", replace(cards._limit, most=MOST))
    feed = DestinationDraft(channel=Channel.FEED, address="self")
    asked = await asyncio.gather(*(desk.destinations.make(owner, feed) for _ in range(AT_ONCE)), return_exceptions=True)
    made = [one for one in asked if not isinstance(one, ConflictError)]
    assert len(made) <= MOST
    assert len((await desk.destinations.page(owner)).items) == len(made)
    assert len(await desk.around.store.destinations.all()) == len(made)
