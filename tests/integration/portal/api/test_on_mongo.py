"""The API over MongoDB: what it promises does not hang on the store."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pymongo import AsyncMongoClient

from shared.clock import SystemClock
from tests.integration.portal.api.bench import Bench, open_bench
from tests.integration.portal.api.test_editing import BATTERY, MAIL, MEMBRANE
from tests.servers import mongo_address


@pytest.fixture
async def city(tmp_path: Path) -> AsyncIterator[Bench]:
    name, address = f"t{uuid.uuid4().hex[:12]}", mongo_address()
    async with open_bench(
        tmp_path, clock=SystemClock(), store="mongo", mongo_uri=address, mongo_database=name
    ) as bench:
        yield bench
    async with AsyncMongoClient[dict[str, object]](address) as client:
        await client.drop_database(name)


@pytest.mark.city
async def test_edits_once_pages_and_tenants_hold_on_mongodb_too(city: Bench) -> None:
    ours, theirs = await city.organisation("ours"), await city.organisation("theirs")
    made = [await city.ask(ours.token, "POST", "/profiles", BATTERY, Idempotency_Key="k") for _ in range(2)]
    assert made[0][0] == 201
    assert made[0][2] == made[1][2]
    path = f"/profiles/{made[0][2]['id']}"
    edits = await asyncio.gather(*(city.ask(ours.token, "PUT", path, MEMBRANE, If_Match='"1"') for _ in range(3)))
    assert sorted(status for status, _, _ in edits) == [200, 412, 412]
    assert (await city.ask(theirs.token, "GET", path))[0] == 404
    mails = [(await city.ask(ours.token, "POST", "/destinations", {**MAIL, "name": str(n)}))[2]["id"] for n in range(3)]
    _, _, first = await city.ask(ours.token, "GET", "/destinations?limit=2")
    _, _, rest = await city.ask(ours.token, "GET", f"/destinations?limit=2&after={first['next']}")
    assert [one["id"] for one in (*first["items"], *rest["items"])] == mails
    assert rest["next"] is None
    draft = {"profiles": [made[0][2]["id"]], "destinations": mails[:1]}
    assert (await city.ask(ours.token, "POST", "/subscriptions", draft))[0] == 201
    assert (await city.ask(ours.token, "DELETE", path, If_Match='"2"'))[2]["code"] == "in-use"
    _, _, proof = await city.ask(ours.token, "POST", f"/destinations/{mails[0]}/proofs")
    assert (await city.ask(ours.token, "GET", f"/destinations/{mails[0]}/proofs/{proof['id']}"))[2][
        "state"
    ] == "waiting"
    for listing in ("matches", "deliveries", "events"):
        assert await city.listed(ours.token, f"/{listing}") == []
