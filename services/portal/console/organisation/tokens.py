"""``/organisation/tokens``: what programs show; each value is shown once."""

from typing import TYPE_CHECKING

from services.portal.console.faults import shown_again
from services.portal.console.organisation.words import SCOPES
from services.portal.desk.actor import Permission
from services.portal.desk.refusals import RefusalError, Text

if TYPE_CHECKING:
    from aiohttp import web

    from services.portal.console.frame import Frame
    from services.portal.console.visit import Visit
    from services.portal.desk.tokens import Issued

_REMOVED = Text("令牌已删除，立即失效。", "The token was removed and counts no more.")

DAYS = {
    "90": Text("90 天", "90 days"),
    "365": Text("一年", "A year"),
    "": Text("一直有效", "Until it is removed"),
}


class TokensRoom:
    """The list, new ones, new values, removal."""

    def __init__(self, frame: "Frame") -> None:
        self._frame = frame
        self._tokens = frame.desk.tokens

    def routes(self) -> "list[web.RouteDef]":
        """Return them."""
        frame = self._frame
        return [
            frame.get("/organisation/tokens", self.shown),
            frame.post("/organisation/tokens", self.issue),
            frame.post("/organisation/tokens/{id}/rotate", self.rotate),
            frame.post("/organisation/tokens/{id}/remove", self.remove),
        ]

    async def shown(self, visit: "Visit") -> "web.Response":
        """The organisation's tokens."""
        return await self._page(visit)

    async def issue(self, visit: "Visit") -> "web.Response":
        """Make a token, and show its value this once."""
        scopes = [Permission(scope) for scope in visit.form.getall("scope", []) if scope in set(Permission)]
        try:
            issued = await self._tokens.issue(
                visit.actor, name=visit.field("name"), scopes=scopes, days=visit.number("days") or None
            )
        except RefusalError as error:
            return await self._page(visit, error=error)
        return await self._page(visit, issued=issued)

    async def rotate(self, visit: "Visit") -> "web.Response":
        """Give a token a new value, and show it this once."""
        return await self._page(visit, issued=await self._tokens.rotate(visit.actor, visit.request.match_info["id"]))

    async def remove(self, visit: "Visit") -> "web.Response":
        """Let a token count no more."""
        await self._tokens.remove(visit.actor, visit.request.match_info["id"])
        return visit.go("/organisation/tokens", _REMOVED)

    async def _page(
        self, visit: "Visit", *, issued: "Issued | None" = None, error: RefusalError | None = None
    ) -> "web.Response":
        actor = visit.actor
        return visit.page(
            "organisation_tokens.html",
            **shown_again(visit, error, {}),
            tokens=await self._tokens.of(actor),
            issued=issued,
            scopes=[(scope.value, visit.say(words)) for scope, words in SCOPES.items() if actor.may(scope)],
            chosen=visit.form.getall("scope", [Permission.READ.value]) if error else [Permission.READ.value],
            scope_words={scope.value: words for scope, words in SCOPES.items()},
            days=[(value, visit.say(words)) for value, words in DAYS.items()],
        )
