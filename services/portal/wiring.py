"""The portal's composition root."""

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from services.portal.desk.refusals import ForbiddenError
from services.portal.pipeline import Portal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp import web

    from services.portal.desk.actor import Actor
    from shared.runtime.role import Surroundings


@asynccontextmanager
async def open_role(around: "Surroundings") -> "AsyncIterator[Portal]":
    """Give the portal, wired."""
    yield Portal(around, _Closed())


class _Closed:
    """Lets nobody in: there are no accounts yet."""

    async def actor_of(self, _request: "web.Request") -> "Actor | None":
        return None

    def form_token(self, _request: "web.Request") -> str:
        return ""

    def check_form(self, request: "web.Request", _token: str) -> None:
        origin = request.headers.get("Origin")
        if origin and origin.partition("://")[2] != request.headers.get("Host"):
            raise ForbiddenError
