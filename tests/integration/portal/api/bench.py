"""Two organisations with tokens, and a portal's API on a free port."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from services.notifier.outlets import ChannelOutlets
from services.portal.access.gate import AccessGate
from services.portal.api.routes import api_routes
from services.portal.desk.actor import PERMISSIONS, Actor, Permission, Role, Way
from services.portal.desk.desk import Desk
from shared.clock import Clock
from shared.filing.organisations import ORGANISATIONS, Organisation
from shared.ids import fresh_id
from shared.runtime.headers import add_headers
from shared.runtime.openapi import openapi_route
from shared.runtime.role import Surroundings
from shared.testing.advice import PlainAdvice
from tests.contract.made import publication
from tests.surroundings import open_surroundings

PUBLICATIONS = [publication(f"CN{n}A", title=f"一种固态电池{n}") for n in range(1, 6)]

Answer = tuple[int, Any, Any]
"""Status, headers, body: decoded JSON, or text."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """An organisation with one member and its token."""

    actor: Actor
    token: str


class Bench:
    """A portal that is asked."""

    def __init__(self, desk: Desk, address: str, session: aiohttp.ClientSession) -> None:
        self.desk = desk
        self.around = desk.around
        self.address = address
        self.session = session

    async def organisation(self, kind: str, role: Role = Role.OWNER) -> Tenant:
        """Make one; its id begins so, and is its own."""
        name = fresh_id(kind)
        await self.around.store.shelf(ORGANISATIONS).add(
            [Organisation(id=name, name=name, created_at=self.around.clock.now())]
        )
        account = await self.desk.people.add(name, role, way="command-line", email=f"{name}-{role}@example.cn")
        actor = Actor(account_id=account.id, organisation_id=name, role=role, way=Way.SESSION)
        return Tenant(actor, await self.token(actor, *PERMISSIONS[role]))

    async def token(self, actor: Actor, *scopes: Permission) -> str:
        """Make a token of a member."""
        maker = replace(actor, role=Role.OPERATOR)
        return (await self.desk.tokens.issue(maker, name="测试", scopes=scopes)).value

    async def ask(self, token: str | None, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """Send a request; header names are written with underscores."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        kwargs: dict[str, Any] = (
            {"data": body} if isinstance(body, bytes) else {"json": body} if body is not None else {}
        )
        async with self.session.request(method, f"{self.address}/api/v1{path}", headers=sent, **kwargs) as response:
            is_json = response.content_type.endswith("json")
            return (
                response.status,
                response.headers,
                await (response.json(content_type=None) if is_json else response.text()),
            )

    async def listed(self, token: str, path: str) -> list[dict[str, Any]]:
        """Return the items of a listing's first page."""
        items: list[dict[str, Any]] = (await self.ask(token, "GET", path))[2]["items"]
        return items

    async def raw(self, token: str, path: str) -> tuple[int, Any, bytes]:
        """Get a file."""
        headers = {"Authorization": f"Bearer {token}"}
        async with self.session.get(f"{self.address}/api/v1{path}", headers=headers) as response:
            return response.status, response.headers, await response.read()


@asynccontextmanager
async def open_bench(folder: Path, *, clock: Clock | None = None, **settings: object) -> AsyncIterator[Bench]:
    """Open one."""
    async with open_surroundings(folder, clock=clock, **settings) as bare:
        around = with_ports(bare)
        desk = Desk(around)
        app = web.Application()
        app.add_routes(api_routes(desk, AccessGate(desk)))
        app.add_routes([openapi_route(app)])
        app.on_response_prepare.append(add_headers(around.settings))
        runner = web.AppRunner(app)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            host, port = runner.addresses[0][:2]
            async with aiohttp.ClientSession() as session:
                yield Bench(desk, f"http://{host}:{port}", session)
        finally:
            await runner.cleanup()
            desk.close()


def with_ports(around: Surroundings) -> Surroundings:
    """Give surroundings what the process of a portal has."""
    return replace(around, outlets=ChannelOutlets(around.settings, around.clock), advice=PlainAdvice(PUBLICATIONS))
