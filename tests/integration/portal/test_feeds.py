"""Feeds by their secret address: valid, cheap to ask again, gone when the address is replaced."""

import json
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlsplit

import aiohttp
import feedparser  # type: ignore[import-untyped]
import msgspec
import pytest

from services.cli.destination import replace_key, save
from services.notifier.channels.port import Means
from services.notifier.channels.registry import CHANNELS
from services.notifier.planning.planner import Portion, make_plan
from services.portal.feeds.content import MAX_ENTRIES
from shared.errors import InvalidInputError, RetryLaterError
from shared.runtime.role import Surroundings
from shared.store.records import Alert, DeliveryState
from shared.wire.subscription import Channel, DestinationState
from tests.integration.portal.feed_rules import check_atom, check_json_feed
from tests.unit.notifier.making import alert, publication, subscription

NASTY = "一种<b>电池</b> & \x00\x0b\ufffe]]>\ud7ff🔋\n隔膜"


async def made(around: Surroundings, destination_id: str = "news") -> dict[str, str]:
    """Add a feed; return its paths by their ends."""
    prepared = await save(around, destination_id, "feed", "self", options={}, verified=False)
    assert prepared.destination.state is DestinationState.ACTIVE
    return paths(prepared.told)


def paths(told: str) -> dict[str, str]:
    found = [urlsplit(word.partition("：")[2]).path for word in told.split() if "/feeds/" in word]
    return {path.rpartition(".")[2]: path for path in found}


def owed(number: int, title: str = "一种固态电池的隔膜") -> Alert:
    return alert(publication(f"CN{110000000 + number}A", title), destination_id="news")


async def tell(around: Surroundings, *alerts: Alert) -> None:
    """Plan and send, by the calls that the notifier makes."""
    store, now = around.store, around.clock.now()
    destination = await store.destinations.get("news")
    assert destination is not None
    channel = CHANNELS[Channel.FEED](Means(settings=around.settings, clock=around.clock))
    plan = make_plan([Portion(subscription("news"), alerts)], destination, channel, now=now)
    await store.alerts.record([], alerts)
    assert await store.alerts.plan([plan]) == [True]
    for delivery in plan.deliveries:
        attempt = await store.deliveries.start(delivery.id, owner="x", now=now, lease_seconds=60)
        assert attempt is not None
        await store.deliveries.finish(attempt, state=DeliveryState.SENT, now=now)


async def ask(url: str, **headers: str) -> tuple[int, bytes, Mapping[str, str]]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with aiohttp.ClientSession() as session, session.get(url, headers=named) as answer:
        return answer.status, await answer.read(), answer.headers


async def test_what_was_told_stands_in_both_forms_newest_first(around: Surroundings, address: str) -> None:
    where = await made(around)
    await tell(around, owed(1), owed(2, NASTY))
    around.clock.set(around.clock.now() + timedelta(hours=1))  # type: ignore[attr-defined] # a clock that tests turn
    await tell(around, owed(3))
    status, raw, headers = await ask(address + where["atom"])
    assert (status, headers["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    check_atom(raw)
    read = feedparser.parse(raw)
    assert not read.bozo
    assert [entry.title[-14:] for entry in read.entries] == [f"（CN{110000000 + n}A）" for n in (3, 1, 2)]
    assert "画像“固态电池隔膜”规则 1" in read.entries[0].content[0].value
    assert "<b>" not in raw.decode()
    status, raw, headers = await ask(address + where["json"])
    assert (status, headers["Content-Type"]) == (200, "application/feed+json; charset=utf-8")
    check_json_feed(raw)
    items = json.loads(raw)["items"]
    assert [item["id"] for item in items] == [entry.id for entry in read.entries]
    assert [item["_zhitui"]["publication_number"][-2:] for item in items] == ["3A", "1A", "2A"]


async def test_an_empty_feed_is_valid(around: Surroundings, address: str) -> None:
    where = await made(around)
    _, raw, _ = await ask(address + where["atom"])
    check_atom(raw)
    _, raw, _ = await ask(address + where["json"])
    check_json_feed(raw)


@pytest.mark.parametrize("ending", ["atom", "json"])
async def test_a_reader_that_has_it_is_told_so_until_there_is_more(
    around: Surroundings, address: str, ending: str
) -> None:
    url = address + (await made(around))[ending]
    await tell(around, owed(1))
    _, first, headers = await ask(url)
    assert "Last-Modified" not in headers  # within this second there may be more
    status, body, again = await ask(url, If_None_Match=headers["ETag"])
    assert (status, body, again["ETag"]) == (304, b"", headers["ETag"])
    around.clock.set(around.clock.now() + timedelta(minutes=5))  # type: ignore[attr-defined]
    _, _, headers = await ask(url)
    assert (await ask(url, If_Modified_Since=headers["Last-Modified"]))[0] == 304
    await tell(around, owed(2))
    status, second, changed = await ask(url, If_None_Match=headers["ETag"], If_Modified_Since=headers["Last-Modified"])
    assert status == 200
    assert changed["ETag"] != headers["ETag"]
    assert len(second) > len(first)
    assert (await ask(url, If_Modified_Since=headers["Last-Modified"]))[0] == 200


async def test_ids_stay_when_the_address_changes_and_the_old_address_is_gone(
    around: Surroundings, address: str
) -> None:
    old = await made(around)
    await tell(around, owed(1))
    _, before, _ = await ask(address + old["json"])
    new = paths(await replace_key(around, "news"))
    assert (await ask(address + old["json"]))[0] == 404
    status, after, _ = await ask(address + new["json"])
    assert (status, after) == (200, before)


async def test_adding_a_feed_anew_keeps_its_address(around: Surroundings, address: str) -> None:
    where = await made(around)
    await tell(around, owed(1))
    prepared = await save(around, "news", "feed", "self", options={}, verified=True)
    assert prepared.told == ""
    _, raw, _ = await ask(address + where["json"])
    assert len(json.loads(raw)["items"]) == 1


async def test_who_gets_an_id_that_was_used_before_reads_nothing_of_it(around: Surroundings, address: str) -> None:
    old = await made(around)
    await tell(around, owed(1))
    await around.store.destinations.remove("news")
    assert (await ask(address + old["json"]))[0] == 404
    around.clock.set(around.clock.now() + timedelta(seconds=1))  # type: ignore[attr-defined]
    new = await made(around)
    _, raw, _ = await ask(address + new["json"])
    assert json.loads(raw)["items"] == []
    assert (await ask(address + old["json"]))[0] == 404


async def test_nobody_reads_a_feed_without_its_whole_address(around: Surroundings, address: str) -> None:
    where = (await made(around))["atom"]
    token = where.removeprefix("/feeds/").removesuffix(".atom")
    other = (await made(around, "other"))["atom"].removeprefix("/feeds/").removesuffix(".atom")
    stored = await around.store.destinations.get("news")
    assert stored is not None
    assert token not in stored.address
    wrong = [
        token[:-1],
        token[::-1],
        other[:32] + token[32:],
        token[:31] + ("-" if token[31] == "_" else "_") + token[32:],
        stored.address,
        "x",
        "-",
    ]
    answers = [await ask(f"{address}/feeds/{one}.atom") for one in wrong]
    assert {(status, body) for status, body, _ in answers} == {(404, answers[0][1])}
    assert answers[0][2]["Cache-Control"] == "no-store"
    assert (await ask(f"{address}/feeds/{token}.rss"))[0] == 404
    assert (await ask(f"{address}/u/{token}"))[0] == 404


async def test_a_destination_of_another_channel_is_no_feed(around: Surroundings, address: str) -> None:
    where = await made(around)
    stored = await around.store.destinations.get("news")
    assert stored is not None
    for changed in ({"channel": Channel.WECOM_ROBOT}, {"state": DestinationState.DISABLED}):
        await around.store.destinations.put(msgspec.structs.replace(stored, **changed))
        assert (await ask(address + where["atom"]))[0] == 404


async def test_caches_and_search_engines_keep_out(around: Surroundings, address: str) -> None:
    _, _, headers = await ask(address + (await made(around))["atom"])
    assert headers["Cache-Control"].startswith("private, max-age=")
    assert "noindex" in headers["X-Robots-Tag"]
    assert headers["Referrer-Policy"] == "no-referrer"


async def test_a_flood_is_cut_between_deliveries(around: Surroundings, address: str) -> None:
    where = await made(around)
    await tell(around, *(owed(n) for n in range(MAX_ENTRIES + 150)))
    _, raw, _ = await ask(address + where["json"])
    told = [item["_zhitui"]["publication_number"] for item in json.loads(raw)["items"]]
    assert told == [f"CN{110000000 + n}A" for n in range(MAX_ENTRIES)]
    assert len(raw) < 1_000_000


async def test_a_store_that_does_not_answer_makes_readers_come_again(
    around: Surroundings, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = await made(around)

    async def fails(*_: object, **__: object) -> None:
        raise RetryLaterError("暂时不行")

    monkeypatch.setattr(around.store.deliveries, "recent", fails)
    status, _, headers = await ask(address + where["atom"])
    assert (status, headers["Retry-After"], headers["Cache-Control"]) == (503, "60", "no-store")


@pytest.mark.parametrize(("given", "options"), [("https://x.example/", {}), ("self", {"format": "rss"})])
async def test_only_self_can_be_asked_for(around: Surroundings, given: str, options: dict[str, str]) -> None:
    with pytest.raises(InvalidInputError, match="feed"):
        await save(around, "news", "feed", given, options=options, verified=True)
