"""Lets people and programs in, and out again."""

import secrets as random_letters
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from services.portal.access.address import address_of, unknown_proxy
from services.portal.access.cookies import DEVICE, DEVICE_SECONDS, GUEST, SESSION, Cookies
from services.portal.access.devices import device_of
from services.portal.access.forgery import Forgery, check_origin
from services.portal.access.limits import ADDRESS, MEMBER, TOKEN, Allowance, Limits
from services.portal.desk.sessions import AT_MOST
from services.portal.desk.visitor import Visitor
from shared.networks import parse_networks

if TYPE_CHECKING:
    from services.portal.desk.actor import Actor
    from services.portal.desk.desk import Desk
    from shared.filing.accounts import Account

GUEST_BYTES = 18

_LANGUAGE = "language"
"""The cookie of the console's language switch."""

_READING = frozenset({"GET", "HEAD", "OPTIONS"})

_ACTOR: web.RequestKey["Actor | None"] = web.RequestKey("access.actor", object)  # type: ignore[arg-type]
_VISITOR: web.RequestKey[Visitor] = web.RequestKey("access.visitor", Visitor)
_FRESH_GUEST: web.RequestKey[str] = web.RequestKey("access.guest", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls the API.

    Attributes:
        actor: ``None``: nobody is signed in.
        allowance: what is left of the caller's quota, for the answer's headers.
    """

    actor: "Actor | None"
    allowance: Allowance


class AccessGate:
    """The portal's doors, for the console and for the API.

    Attributes:
        unknown_proxy: address of a proxy that was last met and that no setting names: all who come through it count as one.
    """

    def __init__(self, desk: "Desk") -> None:
        settings = desk.around.settings
        self._desk = desk
        self._public_url = settings.public_url
        self._trusted = parse_networks(settings.trusted_proxies)
        self._cookies = Cookies(secure=(settings.public_url or "").startswith("https://"))
        self._forgery = Forgery(desk.around.secrets)
        self._limits = Limits(desk.around.clock)
        self.unknown_proxy: str | None = None

    def visitor(self, request: "web.Request") -> Visitor:
        """Return what is known of who asks before they say who they are; asked again, it is known already."""
        if _VISITOR not in request:
            request[_VISITOR] = self._visitor(request)
        return request[_VISITOR]

    def _visitor(self, request: "web.Request") -> Visitor:
        self.unknown_proxy = unknown_proxy(request, self._trusted) or self.unknown_proxy
        chosen = request.cookies.get(_LANGUAGE) or request.headers.get("Accept-Language", "zh").strip().lower()
        return Visitor(
            address=address_of(request, self._trusted),
            device_mark=self._cookies.read(request, DEVICE),
            device=device_of(request.headers.get("User-Agent", "")),
            language="en" if chosen.startswith("en") else "zh",
        )

    async def actor_of(self, request: "web.Request") -> "Actor | None":
        """Return who is signed in in this browser, ``None``: nobody; asked again, it is known already."""
        if _ACTOR not in request:
            token = self._cookies.read(request, SESSION)
            found = await self._desk.sessions.actor(token, self.visitor(request)) if token else None
            request[_ACTOR] = found[0] if found else None
        return request[_ACTOR]

    async def caller(self, request: "web.Request") -> Caller:
        """Return who calls the API: by a bearer token, else by the session of a page of ours.

        Raises:
            TooManyError: the caller's quota is used up.
            ForbiddenError: a session's request that changes something brings no token of a page of ours.
        """
        visitor = self.visitor(request)
        scheme, _, value = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            found = await self._desk.tokens.actor(value.strip(), visitor)
            if found is not None:
                actor, token = found
                return Caller(actor=actor, allowance=self._limits.take(TOKEN, token.id))
        elif (signed_in := await self.actor_of(request)) is not None:
            allowance = self._limits.take(MEMBER, signed_in.account_id)
            if request.method not in _READING:
                self.check_form(request, request.headers.get("X-CSRF-Token", ""))
            return Caller(actor=signed_in, allowance=allowance)
        return Caller(actor=None, allowance=self._limits.take(ADDRESS, visitor.network))

    def form_token(self, request: "web.Request") -> str:
        """Return what this browser's forms, and the ``X-CSRF-Token`` of its scripts, must bring along."""
        return self._forgery.token(self._browser(request, fresh=True))

    def check_form(self, request: "web.Request", token: str) -> None:
        """Refuse a POST that was not made by a form of ours.

        Raises:
            ForbiddenError: its token or its origin is another's.
        """
        check_origin(request.headers, self._public_url)
        self._forgery.check_token(self._browser(request, fresh=False), token)

    def leave(self, request: "web.Request", response: "web.StreamResponse") -> None:
        """Give a browser that was shown a form for the first time the cookie that the form goes with."""
        if _FRESH_GUEST in request:
            self._cookies.write(response, GUEST, request[_FRESH_GUEST])

    async def sign_in(
        self, request: "web.Request", response: "web.StreamResponse", account: "Account", *, by: str
    ) -> None:
        """Begin a session in this browser, for a member who has just proved to be the one.

        Whatever the browser held before counts no more: nobody can have planted it (session fixation).

        Args:
            request: that proved it.
            response: takes the cookies.
            account: the member.
            by: how it was proved, see `services.portal.desk.sessions.Sessions.open`.
        """
        await self._end(request)
        opened = await self._desk.sessions.open(account, self.visitor(request), by=by)
        self._cookies.write(response, SESSION, opened.token, seconds=round(AT_MOST.total_seconds()))
        self._cookies.write(response, DEVICE, self._desk.devices.mark(account), seconds=DEVICE_SECONDS)
        self._cookies.forget(response, GUEST)
        request.pop(_FRESH_GUEST, None)

    async def sign_out(self, request: "web.Request", response: "web.StreamResponse") -> None:
        """End this browser's session; it stays known as one of its owner's."""
        await self._end(request)
        self._cookies.forget(response, SESSION)

    async def _end(self, request: "web.Request") -> None:
        actor, token = await self.actor_of(request), self._cookies.read(request, SESSION)
        if actor is not None:
            await self._desk.sessions.close(actor, token)
        request[_ACTOR] = None

    def _browser(self, request: "web.Request", *, fresh: bool) -> str:
        held = self._cookies.read(request, SESSION) if request.get(_ACTOR) else self._cookies.read(request, GUEST)
        if held:
            return held
        if fresh and _FRESH_GUEST not in request:
            request[_FRESH_GUEST] = random_letters.token_urlsafe(GUEST_BYTES)
        return request.get(_FRESH_GUEST) or ""
