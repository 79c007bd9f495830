"""Every route of the portal is asked by one organisation for what is another's: none tells that it is there.

A route that is new, and that this module cannot fill, fails the test: say below whose its parameters are.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from services.portal.access.cookies import SESSION
from services.portal.access.forgery import Forgery
from services.portal.access.gate import AccessGate
from services.portal.desk.actor import PERMISSIONS, Permission, Role
from services.portal.desk.desk import Desk
from services.portal.desk.drafts import DestinationDraft, SubscriptionDraft
from services.portal.desk.inbox import Wanted
from services.portal.desk.visitor import Visitor
from services.portal.pipeline import Portal
from shared.filing.events import EVENTS, Event, EventType
from shared.filing.invitations import INVITATIONS, Invitation
from shared.filing.wecom_corps import WECOM_CORPS, WecomCorp
from shared.runtime.doors import make_app
from shared.wire.subscription import Channel
from tests.contract.made import alert, delivery, match, plan, why
from tests.integration.portal.api.bench import Bench, Tenant, with_ports
from tests.surroundings import open_surroundings

OPEN = {
    "/assets/{name}": "files that everybody may read",
    "/join/{token}": "the token is the right",
    "/u/{token}": "the token is the right",
    "/shared/{token}": "the token is the right",
    "/u/confirm/{token}": "the token is the right",
    "/feeds/{token}.{ending}": "the token is the right",
    "/{file}": "files by which WeCom checks whose this address is",
    "/wecom/{corp}": "the vendor's signature or one-time code is the right",
    "/profiles/live/ipc/{rule}": "a place in the form that is sent",
    "/profiles/live/regions/{rule}": "a place in the form that is sent",
    "/fields/{code}": "the catalogue is everybody's",
    "/api/v1/fields/{code}": "the catalogue is everybody's",
    "/api/v1/publications/{number}": "publications are everybody's",
    "/{nowhere}": "answers that there is no such page",
    "/api/v1/{rest}": "answers that there is no such address",
}
"""Routes whose parameters are no organisation's, and why; those below them as well."""

OWNED = {
    "/start/verify/{id}": "destination",
    "/start/done/{id}": "subscription",
    "/profiles/{id}": "profile",
    "/organisation/invitations/{id}": "invitation",
    "/organisation/members/{id}": "member",
    "/organisation/account/sessions/{id}": "session",
    "/organisation/tokens/{id}": "token",
    "/organisation/wecom/{id}": "wecom",
    "/destinations/{id}": "destination",
    "/subscriptions/{id}": "subscription",
    "/deliveries/{id}": "delivery",
    "/events/{id}": "event",
    "/inbox/{id}": "match",
    "/api/v1/members/{member_id}": "member",
    "/api/v1/invitations/{invitation_id}": "invitation",
    "/api/v1/tokens/{token_id}": "token",
    "/api/v1/profiles/{profile_id}": "profile",
    "/api/v1/subscriptions/{subscription_id}": "subscription",
    "/api/v1/destinations/{destination_id}": "destination",
    "/api/v1/deliveries/{delivery_id}": "delivery",
    "/api/v1/events/{event_id}": "event",
    "/api/v1/matches/{key}": "match",
    "/api/v1/share-links/{share_link_id}": "share_link",
}
"""Whose the first parameter is of routes that begin so; a second one may only be a ``{proof_id}``."""

DRAFT = {"rules": [{"groups": [["电池"]]}]}
BODIES: dict[str, object] = {
    "PUT /api/v1/profiles/{profile_id}": DRAFT,
    "PUT /api/v1/profiles/{profile_id}/field": {"automatic": True},
    "POST /api/v1/profiles/{profile_id}/restore": {"version": 1},
    "PUT /api/v1/subscriptions/{subscription_id}": {"profiles": ["p"], "destinations": ["d"]},
    "PUT /api/v1/destinations/{destination_id}": {"name": "x"},
    "POST /api/v1/destinations/{destination_id}/confirm": {"code": "ABCD-2345"},
    "PUT /api/v1/matches/{key}/feedback": {"verdict": "relevant"},
    "PATCH /api/v1/members/{member_id}": {"role": "viewer"},
}
FORM = {
    "do": "remove",
    "revision": "1",
    "number": "1",
    "version": "1",
    "code": "ABCD-2345",
    "role": "viewer",
    "name": "x",
}
"""Fields that forms of the console have; who may not ask is not told which of them are missing."""


class House:
    """A whole portal with two organisations, one of which has one of everything."""

    def __init__(self, desk: Desk, app: web.Application, bench: Bench) -> None:
        self.desk, self.app, self.bench = desk, app, bench
        self.things: dict[str, str] = {}

    async def furnish(self, ours: Tenant) -> None:
        """Make one of everything."""
        desk, actor, around = self.desk, ours.actor, self.desk.around
        made = await desk.following.subscribe(actor, "xsy-2.1.1")
        place = await desk.destinations.make(actor, DestinationDraft(channel=Channel.EMAIL, address="wang@example.cn"))
        told = await desk.subscriptions.make(
            actor, SubscriptionDraft(profiles=(made.card.id,), destinations=(place.card.id,))
        )
        proof = await desk.proofs.send(actor, place.card.id)
        found = alert("CN1A", why(made.card.id), subscription_id=told.card.id, destination_id=place.card.id)
        await around.store.alerts.record([match(made.card.id)], [found])
        await around.store.alerts.plan([plan(delivery("m-1", destination_id=place.card.id), found)])
        now = around.clock.now()
        await around.store.shelf(INVITATIONS).add(
            [
                Invitation(
                    id="i-1",
                    organisation_id=actor.organisation_id,
                    email="zhao@example.cn",
                    role="viewer",
                    token_key="k",
                    invited_by=actor.account_id,
                    created_at=now,
                    expires_at=now.replace(year=now.year + 1),
                )
            ]
        )
        await around.store.shelf(WECOM_CORPS).add(
            [
                WecomCorp(
                    id="c-1",
                    organisation_id=actor.organisation_id,
                    corp_id="ww1",
                    agent_id=1,
                    secret="s",
                    token="t",
                    aes_key="k" * 43,
                    created_at=now,
                    created_by=actor.account_id,
                )
            ]
        )
        await around.store.shelf(EVENTS).add(
            [
                Event(
                    id="ev-1",
                    organisation_id=actor.organisation_id,
                    type=EventType.DESTINATION_DISABLED,
                    at=now,
                    destination_id=place.card.id,
                )
            ]
        )
        shared = await desk.sharing.share(actor, Wanted(), title="电池", days=7)
        account = await desk.people.me(actor)
        await desk.sessions.open(account, Visitor(), by="password")
        self.things = {
            "profile": made.card.id,
            "destination": place.card.id,
            "subscription": told.card.id,
            "proof_id": proof.id,
            "delivery": "m-1",
            "event": "ev-1",
            "match": "CN1A",
            "invitation": "i-1",
            "wecom": "c-1",
            "share_link": shared.link.id,
            "member": actor.account_id,
            "session": (await desk.sessions.of(actor))[0].id,
            "token": (await desk.tokens.of(actor))[0].id,
        }

    def routes(self) -> list[tuple[str, str]]:
        """Return method and template of every route with parameters, by template."""
        return sorted(
            {
                (route.resource.canonical, route.method)
                for route in self.app.router.routes()
                if route.resource is not None and "{" in route.resource.canonical and route.method != "HEAD"
            }
        )

    def filled(self, template: str) -> str | None:
        """Return a template with ids of the furnished organisation, ``None`` of one that is open.

        Raises:
            AssertionError: nobody said whose its parameters are.
        """
        if _begins(template, OPEN):
            return None
        owned = _begins(template, OWNED)
        assert owned, f"{template} is new: say in OPEN or OWNED whose its parameters are"
        path = re.sub(r"\{\w+\}", self.things[OWNED[owned]], template, count=1)
        return re.sub(r"\{(\w+)\}", lambda found: self.things[found[1]], path)

    async def ask(self, who: Tenant, cookie: str, method: str, template: str, path: str) -> int:
        """Ask as a member does: with a token, or with a session and a form."""
        headers: dict[str, str]
        sent: dict[str, Any] = {}
        if template.startswith("/api/"):
            headers = {"Authorization": f"Bearer {who.token}", "If-Match": '"1"'}
            if (body := BODIES.get(f"{method} {template}")) is not None:
                sent["json"] = body
        else:
            headers = {"Cookie": f"{SESSION}={cookie}"}
            if method == "POST":
                csrf = Forgery(self.desk.around.secrets).token(cookie)
                sent["data"] = {**FORM, "csrf": csrf}
        async with self.bench.session.request(
            method, self.bench.address + path, headers=headers, allow_redirects=False, **sent
        ) as response:
            return response.status


def _begins(template: str, table: dict[str, str]) -> str:
    """Return the longest key that a template is or lies below, ``""``: none."""
    parts = template.split("/")
    fits = [key for key in table if parts[: len(key.split("/"))] == key.split("/")]
    return max(fits, key=len, default="")


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[House]:
    async with open_surroundings(folder) as bare:
        around = with_ports(bare)
        desk = Desk(around)
        portal = Portal(around, desk, AccessGate(desk))
        app = make_app([portal], around)
        runner = web.AppRunner(app)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            host, port = runner.addresses[0][:2]
            async with aiohttp.ClientSession() as session:
                yield House(desk, app, Bench(desk, f"http://{host}:{port}", session))
        finally:
            await runner.cleanup()
            desk.close()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened(tmp_path) as made:
        yield made


async def test_no_route_tells_one_organisation_of_anothers_things(house: House) -> None:
    ours, theirs = await house.bench.organisation("ours"), await house.bench.organisation("theirs")
    await house.furnish(ours)
    cookies = [
        (await house.desk.sessions.open(await house.desk.people.me(who.actor), Visitor(), by="password")).token
        for who in (ours, theirs)
    ]
    told, walked, hidden = [], 0, []
    for template, method in house.routes():
        path = house.filled(template)
        if path is None:
            continue
        walked += 1
        status = await house.ask(theirs, cookies[1], method, template, path)
        if status != 404:
            told.append(f"{method} {template}: {status}")
        if method == "GET" and await house.ask(ours, cookies[0], method, template, path) not in {200, 302, 303}:
            hidden.append(template)
    assert not told
    assert not hidden, "these are not shown to their owner either, so that the rest proves nothing of them"
    assert walked > 30


async def test_what_another_organisation_tried_changed_nothing(house: House) -> None:
    ours, theirs = await house.bench.organisation("ours"), await house.bench.organisation("theirs")
    await house.furnish(ours)
    desk, things = house.desk, house.things
    cookie = (await desk.sessions.open(await desk.people.me(theirs.actor), Visitor(), by="password")).token

    async def all_of_it() -> list[object]:
        return [
            await desk.profiles.get(ours.actor, things["profile"]),
            await desk.destinations.get(ours.actor, things["destination"]),
            await desk.subscriptions.get(ours.actor, things["subscription"]),
            await desk.deliveries.get(ours.actor, "m-1"),
            await desk.people.all(ours.actor),
            await desk.tokens.of(ours.actor),
            await desk.inviting.waiting(ours.actor),
            len(await desk.sessions.of(ours.actor)),
            await desk.sharing.all(ours.actor),
            await desk.inbox.get(ours.actor, "CN1A"),
        ]

    before = await all_of_it()
    for template, method in house.routes():
        path = house.filled(template)
        if path is not None and method != "GET":
            await house.ask(theirs, cookie, method, template, path)
    assert await all_of_it() == before


async def test_a_subscription_cannot_name_anothers_profile_or_destination(house: House) -> None:
    ours, theirs = await house.bench.organisation("ours"), await house.bench.organisation("theirs")
    await house.furnish(ours)
    draft = {"profiles": [house.things["profile"]], "destinations": [house.things["destination"]]}
    status, _, body = await house.bench.ask(theirs.token, "POST", "/subscriptions", draft)
    assert (status, {fault["pointer"] for fault in body["faults"]}) == (422, {"/profiles/0", "/destinations/0"})
    for query in (
        "deliveries?destination_id=" + house.things["destination"],
        "matches?subscription_id=" + house.things["subscription"],
    ):
        assert (await house.bench.ask(theirs.token, "GET", "/" + query))[0] == 404
    for listing in ("profiles", "destinations", "subscriptions", "deliveries", "matches"):
        _, _, body = await house.bench.ask(theirs.token, "GET", f"/{listing}")
        assert body["items"] == []


_BARE = (Permission.EXPORT, Permission.READ)
"""Scopes that tokens have alone: what is asked needs another one."""


async def test_every_endpoint_refuses_a_token_without_its_scope(house: House) -> None:
    ours = await house.bench.organisation("ours")
    await house.furnish(ours)
    bare = {scope: replace(ours, token=await house.bench.token(ours.actor, scope)) for scope in _BARE}
    for template, method in house.routes():
        path = house.filled(template)
        if path is not None and template.startswith("/api/"):
            useless = bare[Permission.READ if template.startswith("/api/v1/share-links") else Permission.EXPORT]
            assert await house.ask(useless, "", method, template, path) == 403, f"{method} {template}"
    assert Permission.EXPORT in PERMISSIONS[Role.VIEWER]
