"""``/`` sends on to where its visitor belongs; ``/language`` changes the console's language."""

from typing import TYPE_CHECKING

from services.portal.console.translations import LANGUAGES
from services.portal.console.visit import LANGUAGE_COOKIE, local_path
from services.portal.loopback import is_at_this_machine

if TYPE_CHECKING:
    from aiohttp import web

    from services.portal.console.frame import Frame
    from services.portal.console.visit import Visit

_YEAR_SECONDS = 31_536_000


def home_routes(frame: "Frame") -> "list[web.RouteDef]":
    """Return them."""

    async def home(visit: "Visit") -> "web.Response":
        """Who is signed in goes to the alerts, somebody at this machine to the operator's page, everybody else signs in."""
        if visit.guest:
            return visit.go("/inbox" if frame.has("/inbox") else "/profiles")
        return visit.go("/centre" if is_at_this_machine(visit.request) else "/sign-in")

    async def language(visit: "Visit") -> "web.Response":
        """Change the language of the console, in this browser."""
        response = visit.go(local_path(visit.field("next")))
        if visit.field("language") in LANGUAGES:
            response.set_cookie(
                LANGUAGE_COOKIE, visit.field("language"), max_age=_YEAR_SECONDS, path="/", httponly=True,
                samesite="Lax", secure=frame.is_secure,
            )  # fmt: skip
        return response

    return [frame.get("/", home), frame.post("/language", language)]
