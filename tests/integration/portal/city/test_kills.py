"""Portals and notifiers that are killed at work, and portals that work at the same: nothing is twice, nothing is lost, no log forks."""

import asyncio
import random
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from services.portal.desk.audit import Audit
from shared.filing.audit_entries import AUDIT_ENTRIES
from shared.store.filed import Position
from tests.integration.portal.api.bench import Tenant
from tests.integration.portal.api.test_editing import BATTERY, MAIL
from tests.integration.portal.city.scene import PORTALS, City, until

pytestmark = [pytest.mark.city, pytest.mark.asyncio(loop_scope="package")]

KILLS, A_KIND = 2, 4
SEED = 20260105


@pytest_asyncio.fixture(loop_scope="package")
async def tenant(city: City) -> AsyncIterator[Tenant]:
    yield await city.tenant()


async def insisted(city: City, tenant: Tenant, key: str, path: str, body: object) -> str:
    """Send a request until it is answered, to one portal and then the other, as a client does behind a balancer."""
    portal = 0

    async def made() -> str:
        nonlocal portal
        try:
            status, answer = await city.ask(tenant.token, portal, "POST", path, body, key=key)
        except (aiohttp.ClientError, OSError):  # it is gone
            portal = 1 - portal
            return ""
        assert status in {201, 409, 503}, answer
        return str(answer["id"]) if status == 201 else ""

    return await until(made)


async def test_what_is_asked_for_of_portals_that_are_killed_is_made_once(city: City, tenant: Tenant) -> None:
    chance = random.Random(SEED)
    profile = await insisted(city, tenant, "p", "/profiles", BATTERY)
    mail = await insisted(city, tenant, "d", "/destinations", MAIL)
    told = {"profiles": [profile], "destinations": [mail]}
    answered: dict[str, list[str]] = {"profiles": [profile], "destinations": [mail], "subscriptions": []}
    bodies: dict[str, object] = {"profiles": BATTERY, "destinations": MAIL, "subscriptions": told}
    wanted = [(listing, n) for listing in answered for n in range(A_KIND)]
    for round_ in range(KILLS):
        asking = [
            asyncio.create_task(insisted(city, tenant, f"{round_}-{n}", f"/{listing}", bodies[listing]))
            for listing, n in wanted
        ]
        await asyncio.sleep(chance.uniform(0.02, 0.2))
        city.cluster.kill_one(PORTALS[0])
        for (listing, _), made_id in zip(wanted, await asyncio.gather(*asking), strict=True):
            answered[listing].append(made_id)
        await city.whole()
    for listing, made in answered.items():
        assert len(set(made)) == len(made), listing
        assert sorted(await city.listed(tenant.token, 1, listing)) == sorted(made), f"seed {SEED}"
    assert (await Audit(city.around).verify(tenant.actor.organisation_id)).faults == []


async def test_two_portals_write_one_log_that_does_not_fork(city: City, tenant: Tenant) -> None:
    organisation, each = tenant.actor.organisation_id, 10
    before = (await Audit(city.around).verify(organisation)).entries
    answers = await asyncio.gather(
        *(city.ask(tenant.token, n % 2, "POST", "/profiles", BATTERY) for n in range(2 * each))
    )
    assert {status for status, _ in answers} == {201}
    verdict = await Audit(city.around).verify(organisation)
    assert (verdict.faults, verdict.entries) == ([], before + 2 * each)
    told = await city.around.store.shelf(AUDIT_ENTRIES).page(
        organisation, after=Position("", ""), limit=500, newest_first=False
    )
    assert {one.document.thing for one in told} >= {answer["id"] for _, answer in answers}


async def test_of_those_who_edit_at_both_portals_one_is_first(city: City, tenant: Tenant) -> None:
    _, made = await city.ask(tenant.token, 0, "POST", "/profiles", BATTERY)
    path = f"{city.at(0)}/api/v1/profiles/{made['id']}"

    async def edited(n: int) -> int:
        headers = {"Authorization": f"Bearer {tenant.token}", "If-Match": '"1"'}
        address = path.replace(city.at(0), city.at(n % 2))
        async with city.session.put(address, json={**BATTERY, "name": f"名称{n}"}, headers=headers) as response:
            return response.status

    assert sorted(await asyncio.gather(*map(edited, range(6)))) == [200, *[412] * 5]


async def test_guesses_are_counted_together_whichever_portal_is_asked(city: City) -> None:
    async with city.wandering() as page:
        statuses = []
        for _ in range(7):
            await page.open("/sign-in")
            await page.send("/sign-in", email="nobody@firm.example.cn", password="not the password")
            statuses.append(page.status)
    assert statuses[4] != 429
    assert statuses[5:] == [429, 429], "five in five minutes, not five at each portal"


async def running_errands(city: City) -> str:
    """Return the name of the notifier that runs errands."""
    (owner,) = [lease.owner for lease in await city.around.store.leases.held() if lease.name.endswith("errands")]
    by_pid = {str(process.pid): name for name, process in city.cluster.processes.items()}
    return next(by_pid[part] for part in owner.split("-") if part in by_pid)


async def test_a_code_arrives_though_the_notifier_dies_that_sends_it(
    city: City, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, mail = await city.ask(tenant.token, 0, "POST", "/destinations", {**MAIL, "address": "slow@firm.example.cn"})
    seen = len(city.mailbox.mails)
    with monkeypatch.context() as slow:
        slow.setattr(city.mailbox, "_answer_seconds", 30.0)  # it is taken, and the notifier does not hear of it
        _, proof = await city.ask(tenant.token, 1, "POST", f"/destinations/{mail['id']}/proofs")

        async def sent() -> bool:
            return len(city.mailbox.mails) > seen

        await until(sent)
        city.cluster.kill_one(await running_errands(city))  # the other one takes over when the lease is over

    async def outcome() -> str:
        _, told = await city.ask(tenant.token, 0, "GET", f"/destinations/{mail['id']}/proofs/{proof['id']}")
        return "" if told["state"] == "waiting" else str(told["state"])

    assert await until(outcome) == "done"
    code = await city.code("告诉为您登记的人", to="slow@firm.example.cn")
    status, confirmed = await city.ask(tenant.token, 1, "POST", f"/destinations/{mail['id']}/confirm", {"code": code})
    assert (status, confirmed["state"]) == (200, "active")
    assert 1 <= len(city.mailbox.mails[seen:]) <= 2, "the one that was on its way may come again"
