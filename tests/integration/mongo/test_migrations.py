"""Getting to a version: an empty database sets itself up, others wait for their operator, whatever is killed goes on."""

import asyncio
from datetime import UTC, datetime

import msgspec
import pytest

from shared.errors import MisconfiguredError, RetryLaterError
from shared.secret_box import SecretBox
from shared.settings import Settings
from shared.store.mongo import migrations
from shared.store.mongo.leases import MongoLeases
from shared.store.mongo.link import Link
from shared.store.mongo.schema import MIGRATIONS
from shared.store.mongo.schema_changes import Change, missing
from shared.store.mongo.store import open_mongo_store
from shared.testing.clock import ManualClock
from tests.contract.made import publication, version

CLOCK = ManualClock()


class KilledError(Exception):
    """Stands for SIGKILL: nothing after it happens."""


async def names(link: Link) -> set[str]:
    return set(await link.database.list_collection_names())


async def reach(link: Link, version: int) -> None:
    step = {"_id": version, "title": "", "applied_at": datetime.now(UTC)}
    await link[MIGRATIONS].insert_one(step)


async def test_an_empty_database_is_set_up_by_the_first_who_open_it_all_at_once(
    settings: Settings, link: Link, secrets: SecretBox
) -> None:
    async def one() -> None:
        async with open_mongo_store(settings, CLOCK, secrets) as store:
            await store.ping()

    await asyncio.gather(*(one() for _ in range(5)))
    assert await migrations.version_of(link) == migrations.LATEST
    assert await migrations.changes_to(link) == []
    assert await link[MIGRATIONS].count_documents({}) == len(migrations.HISTORY)


async def test_looking_at_what_would_be_done_changes_nothing(link: Link) -> None:
    before = await names(link)
    assert len(await migrations.changes_to(link)) > 20
    assert await names(link) == before == set()


async def test_a_runner_killed_at_any_step_is_gone_on_with(
    link: Link, monkeypatch: pytest.MonkeyPatch, settings: Settings, secrets: SecretBox
) -> None:
    steps = 0
    while True:
        with monkeypatch.context() as patch:
            patch.setattr(migrations, "missing", killed_after(1))
            try:
                await migrations.migrate(link, CLOCK)
            except KilledError:
                steps += 1
            else:
                break
        assert await migrations.version_of(link) == 0
    assert steps > 20
    assert await migrations.changes_to(link) == []
    async with open_mongo_store(settings, CLOCK, secrets) as store:
        assert await store.subscriptions.changes(after=0, limit=1) == []


def killed_after(most: int):  # type: ignore[no-untyped-def]  # noqa: ANN201 - a stand-in for `missing`
    """Let so many changes be made, and be killed when a further one is begun."""

    async def some(link: Link) -> list[Change]:
        async def die() -> None:
            raise KilledError

        changes = await missing(link)
        return [*changes[:most], *(Change("", die) for _ in changes[most : most + 1])]

    return some


async def test_two_runners_do_not_run_at_once_and_the_second_says_what_to_wait_for(link: Link) -> None:
    lease = await MongoLeases(link).acquire(migrations.LEASE, "somebody", seconds=60)
    assert lease is not None
    with pytest.raises(RetryLaterError, match="正在升级"):
        await migrations.migrate(link, CLOCK)
    await MongoLeases(link).release(lease)
    assert await migrations.migrate(link, CLOCK) == len(migrations.HISTORY)
    assert await migrations.migrate(link, CLOCK) == 0


async def test_a_newer_database_is_left_alone(settings: Settings, link: Link, secrets: SecretBox) -> None:
    await reach(link, migrations.LATEST + 1)
    with pytest.raises(MisconfiguredError, match="升级知推"):
        async with open_mongo_store(settings, CLOCK, secrets):
            pass
    with pytest.raises(MisconfiguredError, match="升级知推"):
        await migrations.migrate(link, CLOCK)
    assert await names(link) == {MIGRATIONS}


async def test_an_older_database_is_left_to_its_operator(
    settings: Settings, link: Link, secrets: SecretBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_mongo_store(settings, CLOCK, secrets):
        pass
    following = migrations.Migration(migrations.LATEST + 1, "下一版")
    monkeypatch.setattr(migrations, "HISTORY", (*migrations.HISTORY, following))
    monkeypatch.setattr(migrations, "LATEST", following.version)
    with pytest.raises(MisconfiguredError, match="zhitui store migrate"):
        async with open_mongo_store(settings, CLOCK, secrets):
            pass
    told: list[str] = []
    assert await migrations.migrate(link, CLOCK, told.append) == 1
    assert told == [f"版本 {following.version}：下一版"]
    async with open_mongo_store(settings, CLOCK, secrets) as store:
        await store.ping()


async def test_a_database_of_somebody_else_is_not_taken_over(
    settings: Settings, link: Link, secrets: SecretBox
) -> None:
    await link["publications"].insert_one({"book": 1})
    with pytest.raises(MisconfiguredError, match="ZHITUI_MONGO_DATABASE"):
        async with open_mongo_store(settings, CLOCK, secrets):
            pass
    assert await names(link) == {"publications"}


async def test_a_changed_rule_and_a_changed_index_are_brought_back(
    settings: Settings, link: Link, secrets: SecretBox
) -> None:
    async with open_mongo_store(settings, CLOCK, secrets):
        pass
    await link.database.command("collMod", "alerts", validator={})
    await link["alerts"].drop_index("due")
    await link["alerts"].create_index([("due", 1)], name="due")
    await link["deliveries"].drop_index("one_sending")
    assert [change.what for change in await migrations.changes_to(link)] == [
        "更新集合 alerts 的校验规则",
        "重建 alerts 的索引 due",
        "给 deliveries 建索引 one_sending",
    ]
    await migrations.migrate(link, CLOCK)
    assert await migrations.changes_to(link) == []


async def test_publications_of_an_older_database_are_found_by_their_application(
    settings: Settings, link: Link, secrets: SecretBox
) -> None:
    application = "201710854123.4"
    stored = version(msgspec.structs.replace(publication(), application_number=application))
    async with open_mongo_store(settings, CLOCK, secrets) as store:
        await store.publications.save([stored])
    later = ("application_number", "source", "said_by")
    await link["publications"].update_many({}, {"$unset": dict.fromkeys(later, "")})
    await link[MIGRATIONS].delete_many({"_id": {"$gte": 3}})
    await migrations.migrate(link, CLOCK)
    async with open_mongo_store(settings, CLOCK, secrets) as store:
        assert await store.publications.documents(numbers=[], applications=[application]) == [stored]
