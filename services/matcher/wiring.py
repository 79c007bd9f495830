"""The matcher's composition root."""

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from services.matcher.pipeline import Matcher

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.runtime.role import Role, Surroundings


@asynccontextmanager
async def open_role(around: "Surroundings") -> "AsyncIterator[Role]":
    """Wire the matcher."""
    yield Matcher(around)
