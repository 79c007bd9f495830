"""A page of the inbox costs what it shows, however much was told before, and whoever else is told."""

import sqlite3

import pytest
from cryptography.fernet import Fernet

from shared.secret_box import SecretBox
from shared.sqlite.database import Database
from shared.store.embedded import inbox
from shared.store.embedded.store import EmbeddedStore
from shared.store.positions import of_alert
from shared.testing.clock import ManualClock
from tests.contract.made import alert, later

PAGE = 20
FEW, MANY = 100, 3_000


async def steps(database: Database, ids: list[str], *, page: int) -> int:
    """Return how many hundreds of steps of SQLite's machine a page takes."""

    def work(connection: sqlite3.Connection) -> int:
        before, taken = None, 0

        def step() -> None:
            nonlocal taken
            taken += 1

        for number in range(page):
            connection.set_progress_handler(step if number == page - 1 else None, 100)
            shown = inbox.page(connection, ids, None, before, PAGE)
            before = of_alert(shown[-1])
            assert len(shown) == PAGE
        connection.set_progress_handler(None, 0)
        return taken

    return await database.read(work)


@pytest.mark.parametrize("subscriptions", [1, 5])
async def test_a_page_costs_no_more_where_thirty_times_as_much_was_told(
    installation: Database, subscriptions: int
) -> None:
    store = EmbeddedStore(installation, SecretBox(Fernet.generate_key().decode()), ManualClock())
    for who, told in (("few", FEW), ("many", MANY)):
        alerts = [
            alert(f"CN{n}A", subscription_id=f"{who}-{n % subscriptions}", at=later(n % 500)) for n in range(told)
        ]
        await store.alerts.record([], alerts)
    for page in (1, 4):
        few, many = [
            await steps(installation, [f"{who}-{n}" for n in range(subscriptions)], page=page)
            for who in ("few", "many")
        ]
        assert many < 3 * few
