"""A desk over an embedded store."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from services.notifier.outlets import ChannelOutlets
from services.portal.desk.actor import Actor
from services.portal.desk.desk import Desk
from shared.filing.accounts import Account
from shared.runtime.role import Surroundings
from shared.testing.advice import PlainAdvice
from shared.testing.clock import ManualClock
from tests.people import WITH_MAIL, CountedPasswords, acting, sign_up
from tests.surroundings import open_surroundings


@pytest.fixture
async def around(tmp_path: Path) -> AsyncIterator[Surroundings]:
    async with open_surroundings(tmp_path, **WITH_MAIL) as made:
        yield replace(made, advice=PlainAdvice(), outlets=ChannelOutlets(made.settings, made.clock))


@pytest.fixture
def clock(around: Surroundings) -> ManualClock:
    assert isinstance(around.clock, ManualClock)
    return around.clock


@pytest.fixture
def passwords() -> CountedPasswords:
    return CountedPasswords()


@pytest.fixture
def desk(around: Surroundings, passwords: CountedPasswords) -> Iterator[Desk]:
    made = Desk(around, passwords=passwords)
    yield made
    made.close()


@pytest.fixture
async def account(desk: Desk) -> Account:
    """The owner of an organisation."""
    return await sign_up(desk)


@pytest.fixture
def owner(account: Account) -> Actor:
    return acting(account)
