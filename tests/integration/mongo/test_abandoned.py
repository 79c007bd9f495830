"""A process that dies in the middle of a transaction keeps nobody from working for longer than a moment."""

import asyncio

import pytest
from pymongo.asynchronous.client_session import AsyncClientSession

from shared.store.mongo import abandoned
from shared.store.mongo.abandoned import end_abandoned
from shared.store.mongo.link import Link
from shared.store.mongo.store import MongoStore
from tests.contract.made import subscription

pytestmark = pytest.mark.city

QUIET_SECONDS = 0.2


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(abandoned, "QUIET_SECONDS", QUIET_SECONDS)


async def change(link: Link, profile_id: str, session: AsyncClientSession) -> None:
    await link["subscriptions"].update_one({"_id": "s-1"}, {"$set": {"profiles": [profile_id]}}, session=session)


async def profiles_of(store: MongoStore) -> tuple[str, ...]:
    found = await store.subscriptions.get("s-1")
    assert found is not None
    return found.profiles


async def test_what_a_dead_process_left_locked_is_free_within_a_moment(store: MongoStore, link: Link) -> None:
    await store.subscriptions.put(subscription())
    async with link.database.client.start_session() as session:  # of somebody who is killed before the end
        await session.start_transaction()
        await change(link, "p-half", session)
        sweeping = asyncio.create_task(end_abandoned(link))
        async with asyncio.timeout(10):
            await store.subscriptions.put(subscription(profiles=("p-whole",)))
        sweeping.cancel()
    assert await profiles_of(store) == ("p-whole",)


async def test_a_long_transaction_that_goes_on_is_left_alone(store: MongoStore, link: Link) -> None:
    await store.subscriptions.put(subscription())
    sweeping = asyncio.create_task(end_abandoned(link))
    async with link.database.client.start_session() as session:
        await session.start_transaction()
        for n in range(40):
            await change(link, f"p-{n}", session)
            await asyncio.sleep(QUIET_SECONDS / 4)
        await session.commit_transaction()
    sweeping.cancel()
    assert await profiles_of(store) == ("p-39",)
