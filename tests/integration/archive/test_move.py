"""A running embedded installation moves to Kafka and MongoDB: nothing is lost, nothing doubled, nobody writes beside it."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from aiokafka.protocol.admin import DeleteTopicsRequest

from shared.archive.mending import mend_topics
from shared.archive.move import Move
from shared.archive.progress import Silence
from shared.bus.kafka.cluster import open_cluster
from shared.bus.kafka.connecting import link_of
from shared.bus.port import Record
from shared.bus.topics import MATCHES, PROFILES, PUBLICATIONS
from shared.errors import InvalidInputError, MisconfiguredError
from shared.filing.accounts import ACCOUNTS, Account
from shared.runtime.closed import refuse_closed
from shared.runtime.role import Surroundings
from shared.store.port import Store
from shared.store.records import Attempt
from shared.wire.events import ProfileSaved, encode_event
from tests.contract.made import NOW, alert, delivery, item, profile, publication, subscription, version
from tests.integration.archive.conftest import Opens
from tests.integration.archive.filled import fill, held
from tests.surroundings import open_surroundings

pytestmark = pytest.mark.city


def attempt(delivery_id: str) -> Attempt:
    return Attempt(delivery_id=delivery_id, destination_id="d-1", number=1, started_at=NOW)


class Steps(Silence):
    """Does something when a step begins."""

    def __init__(self, at: Callable[[str], None]) -> None:
        self._at = at

    def step(self, text: str) -> None:
        self._at(text)


def move_of(
    source: Surroundings,
    target: Surroundings,
    *,
    running: Callable[[], dict[str, int]] = dict,
    at: Callable[[str], None] = lambda _: None,
) -> Move:
    return Move(source, target, running=running, settings="请改设置。", progress=Steps(at))


async def test_everything_is_there_afterwards_and_only_there_can_be_worked(opens: Opens, cluster: Surroundings) -> None:
    source = await opens("source")
    await fill(source, 1)
    before = await held(source)
    plan = await move_of(source, cluster).plan()
    assert (plan.documents["alerts"], plan.records["topic:zhitui.profiles.v1"]) == (40, 45)
    assert not plan.in_the_way
    assert await source.store.archive.closure() is None, "looking changed something"
    assert await move_of(source, cluster).run(patience_seconds=1)
    assert await held(cluster) == before
    await refuse_closed(cluster.store)
    with pytest.raises(MisconfiguredError, match="这个安装已经搬走：请改设置。"):
        await refuse_closed(source.store)
    with pytest.raises(MisconfiguredError, match="已经搬走"):
        await source.store.profiles.put([profile()], saved_at=NOW)
    assert await cluster.bus.lag(PUBLICATIONS, "matcher") == sum(before[PUBLICATIONS.name].values())
    assert await cluster.bus.lag(MATCHES, "notifier") == sum(before[MATCHES.name].values())


async def change_accounts(store: Store) -> None:
    """Let one account take over the address of another, which comes before it among what changed."""
    accounts = store.shelf(ACCOUNTS)
    first = Account(id="a-1", organisation_id="o-1", email_key="x", role="owner", created_at=NOW)
    second = msgspec.structs.replace(first, id="a-2", email_key="y")
    assert await accounts.add([second, first])
    assert await accounts.replace(msgspec.structs.replace(first, email_key=None), revision=1) == 2
    assert await accounts.replace(msgspec.structs.replace(second, email_key="x"), revision=1) == 2
    assert await accounts.add([msgspec.structs.replace(first, id="a-3", email_key="y")])
    assert await accounts.remove("a-3")


async def test_what_changes_while_it_is_copied_comes_along(opens: Opens, cluster: Surroundings, tmp_path: Path) -> None:
    source = await opens("source")
    await fill(source, 2)
    changed = asyncio.Event()

    async def change() -> None:
        store, bus = source.store, source.bus
        await store.publications.save([version(publication("CN999A"))])
        fresh = profile("late")
        event = encode_event(ProfileSaved(profile=fresh, saved_at=NOW))
        await bus.append(PROFILES, [Record(key="late", value=event), Record(key="p-3", value=None)])
        await store.profiles.put([fresh], saved_at=NOW)
        await store.profiles.remove("p-3")
        await store.destinations.remove("d-2")
        await store.subscriptions.put(subscription("s-new"))
        await store.subscriptions.remove("s-3")
        await store.alerts.record([], [alert("CN999A")])
        (waiting,) = await store.deliveries.due(NOW.replace(year=2030), limit=1)
        await store.deliveries.start(waiting.id, owner="local", now=NOW, lease_seconds=60)
        await bus.append(PUBLICATIONS, [Record(key="CN999A", value=b"{}")])
        large = tmp_path / "large"
        large.write_bytes(bytes(range(256)) * 3_000)
        await store.quarantine.add([(item("q-large"), large), (item("q-small"), b"small")])
        await store.archive.remove("quarantine_items", [("q-0",)])
        await change_accounts(store)
        changed.set()

    running: dict[str, int] = {"ingest": 1}
    stopping = asyncio.Event()

    def ask() -> dict[str, int]:
        stopping.set()
        return running

    async def work_and_end() -> None:
        await stopping.wait()
        await change()
        running.clear()

    working = asyncio.create_task(work_and_end())
    assert await move_of(source, cluster, running=ask).run(patience_seconds=20)
    await working
    assert changed.is_set()
    assert await held(cluster) == await held(source)
    assert await cluster.store.profiles.get("late") == profile("late")
    assert await cluster.store.profiles.get("p-3") is None
    found = await cluster.store.shelf(ACCOUNTS).find("x")
    assert found is not None
    assert found.document.id == "a-2"


async def test_attempts_of_deliveries_that_came_while_it_was_copied_come_with_them(
    opens: Opens, cluster: Surroundings
) -> None:
    source = await opens("source")
    archive = source.store.archive
    old, new = delivery("m-old"), delivery("m-new")

    async def work() -> None:
        await archive.write("delivery_attempts", [attempt("m-old")])
        await archive.write("deliveries", [new])
        await archive.write("delivery_attempts", [attempt("m-new")])

    working: list[asyncio.Task[None]] = []

    def ask() -> dict[str, int]:
        if not working:
            working.append(asyncio.create_task(work()))
        return {} if working[0].done() else {"notifier": 1}

    await archive.write("deliveries", [old])
    assert await move_of(source, cluster, running=ask).run(patience_seconds=20)
    assert [a.number for a in await cluster.store.deliveries.attempts("m-new")] == [1]
    assert [a.number for a in await cluster.store.deliveries.attempts("m-old")] == [1]


async def test_a_move_that_was_cut_short_at_any_step_goes_on(opens: Opens, cluster: Surroundings) -> None:
    source = await opens("source")
    await fill(source, 3)
    before = await held(source)
    seen = 0
    cuts = 0

    def cut(_: str) -> None:
        nonlocal seen, cuts
        seen += 1
        if seen > cuts:
            cuts += 1
            seen = 0
            raise KeyboardInterrupt

    while True:
        try:
            assert await move_of(source, cluster, at=cut).run(patience_seconds=1)
            break
        except KeyboardInterrupt:
            assert (await source.store.archive.closure()) is not None
    assert cuts > 12
    assert await held(cluster) == before
    assert await move_of(source, cluster).run(patience_seconds=1), "done twice it is done once"
    await refuse_closed(cluster.store)


async def test_roles_that_do_not_end_are_named_and_nothing_is_closed_for_good(
    opens: Opens, cluster: Surroundings
) -> None:
    source = await opens("source")
    await fill(source, 1)
    with pytest.raises(MisconfiguredError, match=r"matcher（进程号 4711）.*--back"):
        await move_of(source, cluster, running=lambda: {"matcher": 4711}).run(patience_seconds=0.1)
    await source.store.profiles.put([profile("still")], saved_at=NOW)
    with pytest.raises(MisconfiguredError, match="正在把数据搬到新的后端"):
        await refuse_closed(source.store)
    await move_of(source, cluster).run(patience_seconds=1)
    assert await cluster.store.profiles.get("still") == profile("still")


async def test_before_the_switch_there_is_a_way_back(opens: Opens, cluster: Surroundings) -> None:
    source = await opens("source")
    await fill(source, 1)
    before = await held(source)
    assert not await move_of(source, cluster).run(patience_seconds=1, before_switch=True)
    for around in (source, cluster):
        with pytest.raises(MisconfiguredError):
            await refuse_closed(around.store)
    await move_of(source, cluster).back()
    await refuse_closed(source.store)
    await refuse_closed(cluster.store)
    assert await held(source) == before
    assert not any((await cluster.store.archive.counts()).values())
    await source.store.profiles.put([profile("p-after")], saved_at=NOW)
    assert await source.store.archive.changes.count() == 0  # type: ignore[attr-defined]
    assert await move_of(source, cluster).run(patience_seconds=1)
    assert await cluster.store.profiles.get("p-after") == profile("p-after")
    with pytest.raises(InvalidInputError, match="不能再退回"):
        await move_of(source, cluster).back()


async def test_a_target_that_holds_something_is_left_alone(opens: Opens, cluster: Surroundings) -> None:
    source = await opens("source")
    await fill(source, 1)
    await cluster.store.profiles.put([profile("theirs")], saved_at=NOW)
    assert (await move_of(source, cluster).plan()).in_the_way == ["订阅画像 profiles 1 条"]
    with pytest.raises(InvalidInputError, match="目标不是空的"):
        await move_of(source, cluster).run(patience_seconds=1)
    assert await cluster.store.profiles.get("theirs") == profile("theirs")
    await source.store.profiles.put([profile("goes-on")], saved_at=NOW)
    assert await move_of(source, cluster).run(patience_seconds=1, replace=True)
    assert await held(cluster) == await held(source)


async def test_a_difference_is_found_and_nothing_is_switched(opens: Opens, cluster: Surroundings) -> None:
    source = await opens("source")
    await fill(source, 1)

    assert not await move_of(source, cluster).run(patience_seconds=1, before_switch=True)
    damaged = msgspec.structs.replace(profile("p-1"), name="不对")
    await cluster.store.profiles.put([damaged], saved_at=NOW)
    with pytest.raises(InvalidInputError, match="搬过去的与原来的不同：订阅画像"):
        await move_of(source, cluster).run(patience_seconds=1)
    with pytest.raises(MisconfiguredError):
        await refuse_closed(cluster.store)


async def test_only_embedded_installations_are_moved(opens: Opens, cluster: Surroundings) -> None:
    source = await opens("source")
    with pytest.raises(MisconfiguredError, match="只能从内置后端搬走"):
        move_of(cluster, source)


async def test_topics_that_a_kill_left_deleted_are_made_again_as_they_were(
    opens: Opens, cluster: Surroundings, tmp_path: Path
) -> None:
    source = await opens("source")
    await fill(source, 1)
    assert not await move_of(source, cluster).run(patience_seconds=1, before_switch=True)
    name = f"{cluster.settings.kafka_prefix}{PUBLICATIONS.name}"
    async with open_cluster(link_of(cluster.settings)) as admin:
        await admin.send_to_controller(DeleteTopicsRequest([name], 10_000), "删除主题")
    await mend_topics(cluster.settings, cluster.clock, cluster.secrets)
    async with open_surroundings(tmp_path / "again", **cluster.settings.model_dump(exclude={"data_dir"})) as again:
        assert len(await again.bus.ends(PUBLICATIONS)) == 3
