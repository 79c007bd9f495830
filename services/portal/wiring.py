"""The portal's composition root."""

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from services.portal.access.gate import AccessGate
from services.portal.desk.desk import Desk
from services.portal.pipeline import Portal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from services.portal.desk.passwords import Passwords
    from shared.runtime.role import Surroundings


@asynccontextmanager
async def open_role(around: "Surroundings", *, passwords: "Passwords | None" = None) -> "AsyncIterator[Portal]":
    """Give the portal, wired; tests may hash passwords with less work."""
    desk = Desk(around, passwords=passwords)
    portal = Portal(around, desk, AccessGate(desk))
    try:
        yield portal
    finally:
        await portal.close()
        desk.close()
