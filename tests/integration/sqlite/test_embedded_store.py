"""What the embedded store promises beyond the port: secrets sealed, files safe before rows, queries by index."""

import asyncio
import contextlib
import sqlite3
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography.fernet import Fernet

from shared.backends import open_backends
from shared.embedded import MIGRATIONS
from shared.errors import MisconfiguredError, StorageFullError
from shared.secret_box import SecretBox
from shared.settings import load_settings
from shared.sqlite.database import Database, open_database
from shared.sqlite.moments import to_microseconds
from shared.store.embedded import attempts, delivery_rows, intake_schema
from shared.store.embedded import deliveries as deliveries_module
from shared.store.embedded.quarantine import EmbeddedQuarantine
from shared.store.embedded.store import EmbeddedStore
from shared.store.quarantined import Held, Wanted
from shared.store.records import GroupPlan
from shared.testing.clock import ManualClock
from tests.contract.made import NOW, delivery, destination, item


@pytest.fixture
def store(installation: Database) -> EmbeddedStore:
    return EmbeddedStore(installation, SecretBox(Fernet.generate_key().decode()), ManualClock())


async def test_addresses_and_options_lie_sealed_in_the_file(store: EmbeddedStore, installation: Database) -> None:
    await store.destinations.put(destination(address="topsecret@example.cn", secret="saltysalt"))
    ((doc,),) = await installation.read(lambda c: c.execute("SELECT doc FROM destinations").fetchall())
    assert b"topsecret" not in doc
    assert b"saltysalt" not in doc


async def test_a_key_of_another_installation_opens_nothing_and_says_what_to_do(
    store: EmbeddedStore, installation: Database
) -> None:
    await store.destinations.put(destination())
    stranger = EmbeddedStore(installation, SecretBox(Fernet.generate_key().decode()), ManualClock())
    with pytest.raises(MisconfiguredError, match=r"secret\.key"):
        await stranger.destinations.get("d-1")


async def test_large_quarantined_content_is_a_file_and_small_content_a_row(store: EmbeddedStore, folder: Path) -> None:
    await store.quarantine.add([(item("q-small"), b"x" * 65_536), (item("q-large"), b"x" * 65_537)])
    assert [path.name for path in (folder / "quarantine").iterdir()] == ["q-large"]
    async with store.quarantine.open("q-small") as path:
        assert not path.is_relative_to(folder)
    assert not path.exists()


async def test_a_file_that_cannot_be_written_leaves_no_row_and_no_rest(
    store: EmbeddedStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("shared.store.embedded.quarantine_files.os.fsync", full)
        with pytest.raises(StorageFullError, match="No space left"):
            await store.quarantine.add([(item("q-small"), b"1"), (item("q-large"), b"x" * 100_000)])
    assert await store.quarantine.recent() == []
    assert list((folder / "quarantine").iterdir()) == []
    await store.quarantine.add([(item("q-large"), b"x" * 100_000)])
    assert (await store.quarantine.get("q-large")) is not None


async def test_due_deliveries_are_found_by_index_in_a_backlog_of_a_hundred_thousand(
    store: EmbeddedStore, installation: Database
) -> None:
    backlog = [delivery(f"m-{n}", destination_id=f"d-{n % 50}", due=NOW + timedelta(seconds=n)) for n in range(100_000)]
    await store.alerts.plan([GroupPlan(deliveries=tuple(backlog), planned=())])
    loop = asyncio.get_running_loop()
    started = loop.time()
    due = await store.deliveries.due(NOW + timedelta(days=9), limit=100)
    assert await store.deliveries.next_due_at() == NOW
    assert loop.time() - started < 0.2
    assert [d.id for d in due] == [f"m-{n}" for n in range(100)]

    def plan(connection: sqlite3.Connection) -> str:
        rows = connection.execute(f"EXPLAIN QUERY PLAN {deliveries_module._DUE}", (0, "[]", "[]")).fetchall()
        return " ".join(row[3] for row in rows)

    steps = await installation.read(plan)
    assert "deliveries_due" in steps
    assert "TEMP B-TREE FOR" not in steps.replace("TEMP B-TREE FOR IN", "")


@pytest.mark.parametrize("statement", [attempts.FREE, attempts.BEGUN, attempts.UPDATE, delivery_rows.UPDATE])
async def test_attempts_are_written_down_without_going_through_all_that_waits(
    store: EmbeddedStore, installation: Database, statement: str
) -> None:
    await store.alerts.plan([GroupPlan(deliveries=(delivery(),), planned=())])  # there is something to go through

    def plan(connection: sqlite3.Connection) -> list[str]:
        return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", ("[]",))]

    first, *steps = await installation.read(plan)
    assert "VIRTUAL TABLE" in first
    assert steps
    assert not [step for step in steps if "SCAN" in step or "(state=?" in step]


async def test_a_store_that_cannot_write_says_so_when_asked(store: EmbeddedStore, installation: Database) -> None:
    pages = await installation.write(lambda c: int(c.execute("PRAGMA page_count").fetchone()[0]))
    await installation.write(lambda c: c.execute(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(StorageFullError):
        await store.quarantine.add([(item(), b"x" * 50_000)])
    await installation.write(lambda c: c.execute("PRAGMA max_page_count = 1000000"))
    await store.ping()


@pytest.mark.parametrize("choice", [{"bus": "kafka"}, {"store": "mongo"}])
async def test_a_backend_that_this_version_lacks_is_refused_by_name(folder: Path, choice: dict[str, str]) -> None:
    settings = load_settings(data_dir=folder, **choice)
    (chosen,) = choice.values()
    with pytest.raises(MisconfiguredError, match=chosen):
        await open_backends(settings, ManualClock(), SecretBox(Fernet.generate_key().decode())).__aenter__()


async def test_items_of_an_older_version_are_found_and_weighed(folder: Path) -> None:
    before = MIGRATIONS[: MIGRATIONS.index(intake_schema.V3)]
    old = msgspec.to_builtins(item())
    for field in ("last_seen_at", "count", "digest", "kept_bytes"):
        del old[field]
    row = ("q-1", "gazette.csv", "bad-number", to_microseconds(NOW), msgspec.json.encode(old), b"raw")
    async with open_database(folder / "old" / "zhitui.db", before) as database:
        await database.write(
            lambda c: c.execute(
                "INSERT INTO quarantine_items (id, name, reason_code, quarantined_at, doc, content)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                row,
            )
        )
    async with open_database(folder / "old" / "zhitui.db", MIGRATIONS) as database:
        quarantine = EmbeddedQuarantine(database)
        wanted = Wanted(source="gazette-csv", since=NOW, before=NOW + timedelta(seconds=1))
        assert [one async for batch in quarantine.walk(wanted) for one in batch] == [item()]
        assert await quarantine.held() == {"bad-number": Held(count=1, size_bytes=3)}
        await quarantine.add([(item(), b"raw")])
        assert [one.count for one in await quarantine.recent()] == [2]


async def test_what_is_forgotten_leaves_no_trace_in_the_pages_of_the_file(
    store: EmbeddedStore, installation: Database, folder: Path
) -> None:
    def holds_it() -> bool:
        files = [path for path in folder.rglob("*") if path.is_file()]
        return any(b"SECRET-OF-A-PERSON" in path.read_bytes() for path in files)

    await store.quarantine.add(
        [(item("q-1"), b"SECRET-OF-A-PERSON" * 100), (item("q-2"), b"SECRET-OF-A-PERSON" * 9000)]
    )
    with contextlib.closing(sqlite3.connect(installation.path)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert await asyncio.to_thread(holds_it)
    await store.quarantine.forget(["q-1", "q-2"])
    assert not await asyncio.to_thread(holds_it)
