"""The portal's composition root."""

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from services.portal.pipeline import Portal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.runtime.role import Surroundings


@asynccontextmanager
async def open_role(around: "Surroundings") -> "AsyncIterator[Portal]":
    """Give the portal, wired."""
    yield Portal(around)
