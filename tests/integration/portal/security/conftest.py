"""A furnished portal, its owner's session, and whatever else an attacker needs."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from services.portal.access.cookies import SESSION
from services.portal.access.forgery import Forgery
from services.portal.desk.actor import Actor, Role
from services.portal.desk.visitor import Visitor
from tests.integration.portal.api.bench import Tenant
from tests.integration.portal.api.test_tenants import FORM, House, opened


@dataclass(frozen=True, slots=True)
class Signed:
    """Somebody with a session.

    Attributes:
        cookie: of the session.
        csrf: what a page of ours would have put into a form.
    """

    actor: Actor
    cookie: str
    csrf: str

    @property
    def headers(self) -> dict[str, str]:
        """What a browser sends by itself."""
        return {"Cookie": f"{SESSION}={self.cookie}"}


@dataclass
class Town:
    """A furnished organisation, and those who come to it."""

    house: House
    ours: Tenant
    owner: Signed

    async def signed(self, actor: Actor) -> Signed:
        """Return a member in a browser."""
        account = await self.house.desk.people.me(actor)
        cookie = (await self.house.desk.sessions.open(account, Visitor(), by="password")).token
        return Signed(actor, cookie, Forgery(self.house.desk.around.secrets).token(cookie))

    async def colleague(self, role: Role) -> Signed:
        """Return another member of the organisation."""
        organisation = self.ours.actor.organisation_id
        account = await self.house.desk.people.add(
            organisation, role, way="command-line", email=f"{role}@colleague.example.cn"
        )
        return await self.signed(replace(self.ours.actor, account_id=account.id, role=role))

    def routes(self, method: str) -> list[tuple[str, str]]:
        """Return template and address of every route with this method; ids are those of the organisation."""
        found = {}
        for route in self.house.app.router.routes():
            if route.resource is not None and route.method == method:
                template = route.resource.canonical
                path = (self.house.filled(template) if "{" in template else template) or template
                path = path.replace("{code}", "xsy-2.1.1").replace("{rule}", "0")
                found[template] = re.sub(r"\{\w+\}", "x", path)
        return sorted(found.items())

    async def send(self, path: str, who: Signed, *, do: str = "remove", **headers: str) -> int:
        """Send a form, with this button pressed, as that member's browser would."""
        async with self.house.bench.session.post(
            self.house.bench.address + path,
            headers={**who.headers, **headers},
            data={**FORM, **self._chosen(), "do": do, "csrf": who.csrf},
            allow_redirects=False,
        ) as response:
            return response.status

    def _chosen(self) -> dict[str, str]:
        return {
            "profiles": self.house.things["profile"],
            "destinations": self.house.things["destination"],
            "schedule": "immediate",
            "add:0.groups.0": "电池",
        }

    async def get(self, path: str, who: Signed | None = None) -> tuple[int, str]:
        """Return status and text of a page."""
        async with self.house.bench.session.get(
            self.house.bench.address + path, headers=who.headers if who else {}, allow_redirects=False
        ) as response:
            return response.status, (await response.read()).decode("utf-8", "replace")

    async def standing(self) -> list[object]:
        """Return what the organisation has, to see whether an attack changed it."""
        desk, actor = self.house.desk, self.ours.actor
        return [
            (await desk.profiles.page(actor)).items,
            (await desk.destinations.page(actor)).items,
            (await desk.subscriptions.page(actor)).items,
            await desk.people.all(actor),
            await desk.tokens.of(actor),
            await desk.inviting.waiting(actor),
            await desk.sharing.all(actor),
            await desk.inbox.get(actor, "CN1A"),
            (await desk.organisations.mine(actor)).document,
        ]


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with opened(tmp_path) as house:
        ours = await house.bench.organisation("ours")
        await house.furnish(ours)
        town = Town(house, ours, Signed(ours.actor, "", ""))
        town.owner = await town.signed(ours.actor)
        yield town
