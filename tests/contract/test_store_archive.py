"""The archive: every collection read at one moment and written as it is; a store closed to everybody."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from shared.archive.sections import encode_document
from shared.filing.kinds import KINDS
from shared.store.archived import (
    COLLECTIONS,
    QUARANTINE_PART_BYTES,
    Closure,
    ClosureState,
    Document,
    QuarantinePart,
    SavedProfile,
    UnsubscribeToken,
)
from shared.store.coordination import Standing
from shared.store.families import FamilyKey
from shared.store.filed import Kind
from shared.store.filing import FiledRecord
from shared.store.incoming import IngestRun, RunState
from shared.store.port import Store
from shared.store.records import Attempt, DeliveryState
from shared.wire.identity import item_key
from shared.wire.subscription import FamilyAlerts
from tests.contract.harness import Harness
from tests.contract.made import (
    NOW,
    alert,
    delivery,
    destination,
    item,
    later,
    match,
    profile,
    publication,
    source_state,
    subscription,
    version,
)

TRANSFER = msgspec.structs.replace(
    publication(), application_number="201710854123.4", event="transfer", event_detail="转让：甲公司 → 乙公司"
)


def filed(kind: Kind[Any]) -> list[Document]:
    """Return records of a kind: one with all that it may have, one with nothing, and one that is over where that can be."""
    text = "gAAAAsealed" if kind.sealed else "{}"
    full = FiledRecord(
        id="f-1",
        owner="o-1",
        order="2026",
        lookups=("x", "y"),
        expires_at=later(10**8) if kind.can_expire else None,
        revision=7,
        text=text,
    )
    over = [FiledRecord(id="f-3", lookups=("z",), expires_at=later(-(10**8)), text=text)] if kind.can_expire else []
    return [full, FiledRecord(id="f-2", text=text), *over]


ONE_OF_EACH: dict[str, list[Document]] = {
    "publications": [
        version(publication("CN0A")),
        msgspec.structs.replace(version(publication("CN1A"), accepted_at=later(9)), version=2),
        version(publication("CN2A")),
        msgspec.structs.replace(version(TRANSFER), source="legal-table"),
    ],
    "publication_versions": [
        msgspec.structs.replace(version(publication("CN1A", title="旧")), said_by={"title": "gazette-csv"})
    ],
    "profiles": [SavedProfile(profile=profile(f"p-{n}"), saved_at=later(n)) for n in range(3)],
    "destinations": [destination("d-1", address="gAAAAsealed", secret="gAAAAsealed")],
    "subscriptions": [
        msgspec.structs.replace(
            subscription("s-1", profiles=("p-1", "p-2")), events=("transfer",), family=FamilyAlerts.EACH
        )
    ],
    "unsubscribe_tokens": [UnsubscribeToken(token_hash="h-1", subscription_id="s-1", destination_id="d-1")],
    "matches": [match(number="CN1A")],
    "alerts": [
        alert("CN1A"),
        alert("CN2A", family_key="f-1"),
        msgspec.structs.replace(alert(item_key(TRANSFER)), publication=TRANSFER),
    ],
    "deliveries": [delivery("m-1", "CN1A"), delivery("m-2", "CN2A", page=2)],
    "delivery_attempts": [
        Attempt(delivery_id="m-1", destination_id="d-1", number=1, started_at=NOW, outcome=DeliveryState.SENT)
    ],
    "ingest_runs": [IngestRun(id="r-1", source="watch-folder", name="a.csv", state=RunState.DONE, started_at=NOW)],
    "quarantine_items": [QuarantinePart(id="q-1", offset=0, content=b"\x00raw", item=item("q-1"))],
    "source_states": [source_state("feed:wipo"), source_state("ops", since="2026-01-05")],
    "families": [FamilyKey(key="app:1", family_id="family-1", width=2)],
    **{kind.name: filed(kind) for kind in KINDS},
}


async def fill(store: Store) -> None:
    for name, documents in ONE_OF_EACH.items():
        await store.archive.write(name, documents)


async def held(store: Store) -> dict[str, list[bytes]]:
    async with store.archive.snapshot() as snapshot:
        return {
            name: sorted([encode_document(d) async for batch in snapshot.walk(name, batch_size=2) for d in batch])
            for name in COLLECTIONS
        }


def test_every_collection_is_tried() -> None:
    assert list(ONE_OF_EACH) == list(COLLECTIONS)


async def test_what_is_written_is_what_is_walked_over(store: Store) -> None:
    await fill(store)
    assert await held(store) == {name: sorted(map(encode_document, some)) for name, some in ONE_OF_EACH.items()}
    assert await store.archive.counts() == {name: len(some) for name, some in ONE_OF_EACH.items()}


async def test_writing_twice_is_writing_once(store: Store) -> None:
    await fill(store)
    once = await held(store)
    await fill(store)
    assert await held(store) == once


async def test_documents_written_are_found_by_those_who_work_with_them(store: Store, harness: Harness) -> None:
    await fill(store)
    assert (await store.publications.content_hashes(["CN1A"])).keys() == {"CN1A"}
    assert [v.publication.title for v in await store.publications.history("CN1A")] == ["旧", "一种固态电池"]
    assert await store.profiles.get("p-2") == profile("p-2")
    assert [await store.subscriptions.get("s-1")] == ONE_OF_EACH["subscriptions"]
    assert [one.source for one in await store.publications.events("CN1A")] == ["legal-table"]
    assert await store.subscriptions.find_token("h-1") == ("s-1", "d-1")
    assert {a.key.publication_number for a in await store.alerts.family(["f-1"])} == {"CN2A"}
    assert [d.id for d in await store.deliveries.due(later(1), limit=9)] == ["m-1", "m-2"]
    assert [a.number for a in await store.deliveries.attempts("m-1")] == [1]
    assert [run.id for run in await store.runs.recent()] == ["r-1"]
    async with store.quarantine.open("q-1") as path:
        assert path.read_bytes() == b"\x00raw"
    assert await store.sources.get("ops") == source_state("ops", since="2026-01-05")
    assert await store.families.join([["app:1"]]) == ["family-1"]


async def test_a_snapshot_stays_at_its_moment(store: Store) -> None:
    await fill(store)
    before = await held(store)
    async with store.archive.snapshot() as snapshot:
        await store.archive.write("profiles", [SavedProfile(profile=profile("late"), saved_at=NOW)])
        await store.archive.remove("alerts", [("s-1", "CN1A", "d-1")])
        walked = {
            name: sorted([encode_document(d) async for batch in snapshot.walk(name) for d in batch])
            for name in COLLECTIONS
        }
        assert walked == before
        assert await snapshot.counts() == {name: len(some) for name, some in ONE_OF_EACH.items()}
    after = await held(store)
    assert len(after["profiles"]) == 4
    assert len(after["alerts"]) == 2


async def test_removing_forgets_by_key_and_nothing_else_follows(store: Store) -> None:
    await fill(store)
    for name, documents in ONE_OF_EACH.items():
        key = COLLECTIONS[name].key(documents[0])
        await store.archive.remove(name, [key])
    assert await store.archive.counts() == {name: len(documents) - 1 for name, documents in ONE_OF_EACH.items()}
    assert await store.subscriptions.all() == []


async def test_clearing_forgets_all_and_keeps_the_closure(store: Store) -> None:
    await fill(store)
    closure = Closure(state=ClosureState.FILLING, reason="正在恢复。", since=NOW, source="b-1", done=("profiles",))
    await store.archive.close(closure)
    answered = await store.idempotency.begin("k-1", "a", lease_seconds=60)
    await store.idempotency.finish("k-1", answered.token, b"done", keep_seconds=60)
    await store.archive.clear()
    assert not any((await store.archive.counts()).values())
    assert (await store.idempotency.begin("k-1", "a", lease_seconds=60)).standing is Standing.BEGUN
    assert await store.archive.closure() == closure


async def test_lookups_that_changed_hands_are_written_in_any_order(store: Store) -> None:
    name = KINDS[0].name
    text = "gAAAAsealed"
    before = [FiledRecord(id="f-1", lookups=("x",), text=text), FiledRecord(id="f-2", lookups=("y", "z"), text=text)]
    after = [FiledRecord(id="f-2", lookups=("x",), text=text), FiledRecord(id="f-1", lookups=("y",), text=text)]
    await store.archive.write(name, before)
    for record in after:
        await store.archive.write(name, [record])
    assert (await held(store))[name] == sorted(map(encode_document, after))
    await store.archive.write(name, before)
    assert (await held(store))[name] == sorted(map(encode_document, before))


async def test_matches_told_in_pieces_are_one_document(store: Store) -> None:
    await store.alerts.record([match("p-2", "p-1", number="CN1A"), match("p-0", number="CN2A")], [])
    await store.alerts.record([match("p-1", "p-3", number="CN1A", at=later(5))], [])
    united = match("p-1", "p-2", "p-3", number="CN1A", at=later(5))
    expected = sorted(map(encode_document, [united, match("p-0", number="CN2A")]))
    assert (await held(store))["matches"] == expected
    assert (await store.archive.counts())["matches"] == 2


async def test_what_waits_is_looked_at_anew_whatever_it_was_to_wait_for(store: Store) -> None:
    await store.archive.write("alerts", [msgspec.structs.replace(alert("CN1A"), due_at=later(10**6))])
    assert [group.subscription_id for group in await store.alerts.due(later(1), limit=9)] == ["s-1"]


async def test_a_quarantined_input_is_cut_the_same_way_wherever_it_lies(store: Store, tmp_path: Path) -> None:
    large = tmp_path / "large"
    large.write_bytes(bytes(600_000))
    await store.quarantine.add([(item("q-1"), large)])
    async with store.archive.snapshot() as snapshot:
        parts = [part async for batch in snapshot.walk("quarantine_items") for part in batch]
    assert [(p.offset, len(p.content), p.item is not None) for p in parts if isinstance(p, QuarantinePart)] == [
        (0, QUARANTINE_PART_BYTES, False),
        (QUARANTINE_PART_BYTES, QUARANTINE_PART_BYTES, False),
        (2 * QUARANTINE_PART_BYTES, 600_000 - 2 * QUARANTINE_PART_BYTES, True),
    ]


@pytest.mark.parametrize("size", [0, 1, QUARANTINE_PART_BYTES, QUARANTINE_PART_BYTES + 1, 3 * QUARANTINE_PART_BYTES])
async def test_a_quarantined_input_of_any_size_comes_back_in_the_same_parts(store: Store, size: int) -> None:
    content = bytes(n % 251 for n in range(size))
    told = item("q-1")
    starts = range(0, max(size, 1), QUARANTINE_PART_BYTES)
    parts: list[Document] = [
        QuarantinePart(
            id="q-1",
            offset=start,
            content=content[start : start + QUARANTINE_PART_BYTES],
            item=told if start == starts[-1] else None,
        )
        for start in starts
    ]
    for _ in range(2):  # what was written halfway is written again
        for part in parts:
            await store.archive.write("quarantine_items", [part])
    async with store.quarantine.open("q-1") as path:
        assert path.read_bytes() == content
    assert (await held(store))["quarantine_items"] == sorted(map(encode_document, parts))
    assert (await store.archive.counts())["quarantine_items"] == 1


async def test_a_closure_is_seen_by_every_process_until_it_is_opened_again(store: Store, harness: Harness) -> None:
    other = (await harness.open()).store
    assert await other.archive.closure() is None
    closing = Closure(state=ClosureState.CLOSING, reason="正在搬家。", since=NOW)
    await store.archive.close(closing)
    assert await other.archive.closure() == closing
    filling = Closure(state=ClosureState.FILLING, reason="正在恢复。", since=NOW, source="b-1", done=("alerts",))
    await store.archive.close(filling)
    assert await other.archive.closure() == filling
    await other.archive.reopen()
    await other.archive.reopen()
    assert await store.archive.closure() is None
