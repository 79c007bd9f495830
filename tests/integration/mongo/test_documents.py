"""What lies in MongoDB: documents that people can read, secrets sealed, wrong writers refused, hot questions answered by an index."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pymongo.errors import OperationFailure, WriteError

from shared.errors import MisconfiguredError
from shared.filing.accounts import ACCOUNTS
from shared.secret_box import SecretBox
from shared.settings import Settings
from shared.store.filed import Position
from shared.store.mongo.link import Link
from shared.store.mongo.retention import INDEX
from shared.store.mongo.schema import COLLECTIONS
from shared.store.mongo.store import MongoStore, open_mongo_store
from shared.store.records import GroupPlan, WantedDeliveries
from shared.testing.clock import ManualClock
from tests.contract.made import NOW, alert, delivery, destination, item, match, profile, subscription, version

Written = dict[str, Any]


async def fill(store: MongoStore) -> None:
    await store.publications.save([version(alert().publication)])
    await store.profiles.put([profile()], saved_at=NOW)
    await store.destinations.put(destination(address="wang@example.cn", secret="saltysalt"))
    await store.subscriptions.put(subscription())
    await store.alerts.record([match()], [alert("CN1A"), alert("CN2A", family_key="f-1")])
    plan = GroupPlan(deliveries=(delivery("m-1", "CN1A"),), planned=((alert("CN1A").key, "m-1"),))
    assert await store.alerts.plan([plan]) == [True]
    await store.quarantine.add([(item(), b"raw")])


async def test_moments_are_dates_for_people_and_whole_microseconds_for_comparing(store: MongoStore, link: Link) -> None:
    await fill(store)
    found = await link["deliveries"].find_one({"created_at": {"$lte": NOW}})
    assert found is not None
    assert int(found["created_at"]) == int(NOW.timestamp() * 1000)
    assert found["created_at_us"] == round(NOW.timestamp() * 1_000_000)
    assert found["created_at_us"] % 1000 == 456


async def test_addresses_and_options_lie_sealed(store: MongoStore, link: Link) -> None:
    await fill(store)
    found = await link["destinations"].find_one({})
    assert "wang" not in str(found)
    assert "saltysalt" not in str(found)


async def test_an_address_in_the_clear_is_refused_by_the_server_itself(store: MongoStore, link: Link) -> None:
    await fill(store)
    with pytest.raises(WriteError):
        await link["destinations"].update_one({}, {"$set": {"address": "wang@example.cn"}})


async def test_a_key_of_another_installation_opens_nothing_and_says_what_to_do(
    store: MongoStore, settings: Settings
) -> None:
    await fill(store)
    stranger = SecretBox("A" * 43 + "=")
    async with open_mongo_store(settings, ManualClock(), stranger) as other:
        with pytest.raises(MisconfiguredError, match=r"secret\.key"):
            await other.destinations.get("d-1")


async def test_twenty_alerts_of_one_publication_keep_it_once(store: MongoStore, link: Link) -> None:
    await store.alerts.record([], [alert(subscription_id=f"s-{n}") for n in range(20)])
    assert await link["alerts"].count_documents({}) == 20
    assert await link["told_publications"].count_documents({}) == 1


SPOILED: list[tuple[str, Written]] = [
    ("publications", {"$unset": {"content_hash": ""}}),
    ("publications", {"$set": {"publication.titel": "一种固态电池"}}),
    ("profiles", {"$set": {"min_score": 2}}),
    ("subscriptions", {"$set": {"profiles": []}}),
    ("alerts", {"$set": {"state": "told"}}),
    ("alerts", {"$set": {"due": "tomorrow"}}),
    ("matches", {"$set": {"count": -1}}),
    ("deliveries", {"$set": {"state": "lost"}}),
    ("deliveries", {"$unset": {"next_attempt_at_us": ""}}),
    ("deliveries", {"$push": {"tries": {"number": 1}}}),
    ("quarantine_items", {"$set": {"size_bytes": "3"}}),
]


async def test_a_wrong_writer_is_refused(store: MongoStore, link: Link) -> None:
    await fill(store)
    for collection, change in SPOILED:
        with pytest.raises(WriteError):
            await link[collection].update_one({}, change)


async def test_every_collection_has_a_rule_that_allows_nothing_unnamed(store: MongoStore, link: Link) -> None:
    there = {one["name"]: one["options"] async for one in await link.database.list_collections()}
    assert there.keys() == COLLECTIONS.keys()
    for options in there.values():
        assert options["validator"]["$jsonSchema"]["additionalProperties"] is False
        assert options.get("validationAction", "error") == "error"


BEFORE = Position("2026-02-01T00:00:00.000000", "CN9A s-1")

QUESTIONS: dict[str, Callable[[MongoStore], Any]] = {
    "what is due": lambda store: store.alerts.due(NOW, limit=5),
    "what waits": lambda store: store.alerts.pending([("s-1", "d-1")], limit=5),
    "who was told of the family": lambda store: store.alerts.family(["f-1"]),
    "what to send": lambda store: store.deliveries.due(NOW, limit=5),
    "when to send next": lambda store: store.deliveries.next_due_at(),
    "when to plan next": lambda store: store.alerts.next_due_at(),
    "what was sent": lambda store: store.deliveries.recent(limit=5),
    "what is on its way": lambda store: store.deliveries.interrupted(owner="one"),
    "what was found": lambda store: store.alerts.record([match()], []),
    "what is known": lambda store: store.publications.content_hashes(["CN1A"]),
    "whose subscriptions changed": lambda store: store.subscriptions.changes(after=0, limit=5),
    "what it told": lambda store: store.alerts.of_delivery("m-1"),
    "what people read": lambda store: store.alerts.inbox(["s-1", "s-2"], since=NOW, before=BEFORE, limit=5),
    "who tells a publication": lambda store: store.alerts.find(["s-1", "s-2"], "CN1A"),
    "what went to some": lambda store: store.deliveries.recent(
        WantedDeliveries(destination_ids=("d-1", "d-2")), after=BEFORE, limit=5
    ),
    "what an organisation has": lambda store: store.shelf(ACCOUNTS).page("o-1", after=BEFORE, limit=5),
    "whose a lookup is": lambda store: store.shelf(ACCOUNTS).find("x"),
    "what is in quarantine": lambda store: store.quarantine.recent(limit=5),
    "forget a destination": lambda store: store.destinations.remove("d-1"),
    "forget a subscription": lambda store: store.subscriptions.remove("s-1"),
}


async def test_hot_questions_read_by_index_and_sort_nothing(store: MongoStore, link: Link) -> None:
    await fill(store)
    for question, ask in QUESTIONS.items():
        await link.database.command("profile", 2)
        await ask(store)
        await link.database.command("profile", 0)
        kinds = {"op": {"$in": ["query", "update", "remove", "command"]}, "planSummary": {"$exists": True}}
        asked = await link["system.profile"].find(kinds).to_list()
        await link["system.profile"].drop()
        assert asked, question
        assert [seen["planSummary"] for seen in asked if "COLLSCAN" in seen["planSummary"]] == [], question
        assert [seen["command"] for seen in asked if seen.get("hasSortStage")] == [], question


async def test_what_guards_nothing_goes_after_the_time_that_the_settings_say(
    settings: Settings, store: MongoStore, link: Link, secrets: SecretBox
) -> None:
    async def ages() -> dict[str, int]:
        return {
            name: index["expireAfterSeconds"]
            for name in COLLECTIONS
            if (index := (await link[name].index_information()).get(INDEX)) is not None
        }

    days = timedelta(days=400).total_seconds()
    assert await ages() == {"matches": days, "ingest_runs": days}
    shorter = settings.model_copy(update={"mongo_keep_matches_days": 30})
    async with open_mongo_store(shorter, ManualClock(), secrets):
        pass
    assert (await ages())["matches"] == timedelta(days=30).total_seconds()


async def test_a_large_content_lies_in_parts_and_a_try_that_was_cut_short_is_gone_on_with(
    store: MongoStore, link: Link, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "large.zip"
    source.write_bytes(bytes(range(256)) * 4096)
    chunks = store.quarantine._chunks
    insert = chunks.insert_one
    left = [2]

    async def cut(document: Written) -> None:
        if not left[0]:
            raise OperationFailure("killed")
        left[0] -= 1
        await insert(document)

    with monkeypatch.context() as patch:
        patch.setattr(chunks, "insert_one", cut)
        with pytest.raises(OperationFailure):
            await store.quarantine.add([(item(), source)])
    assert await store.quarantine.get("q-1") is None
    assert await link["quarantine_chunks"].count_documents({}) == 2
    await store.quarantine.add([(msgspec.structs.replace(item(), size_bytes=1 << 20), source)])
    assert await link["quarantine_chunks"].count_documents({}) == 5
    async with store.quarantine.open("q-1") as path:
        assert path.read_bytes() == source.read_bytes()
