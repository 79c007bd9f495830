"""The notifier's composition root."""

import asyncio
import random
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from services.notifier.channels.registry import open_channels
from services.notifier.delivery.attempts import Attempts
from services.notifier.delivery.dispatch import Dispatcher
from services.notifier.delivery.limiter import Limiter
from services.notifier.intake import Intake
from services.notifier.pipeline import Notifier
from services.notifier.planning.loop import Planner
from shared.runtime.patience import Patience
from shared.unsubscribe import Unsubscriber

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.runtime.role import Role, Surroundings


@asynccontextmanager
async def open_role(around: "Surroundings") -> "AsyncIterator[Role]":
    """Build the notifier; its connections are closed at the end."""
    async with open_channels(around.settings) as channels:
        patience = Patience("notifier", around.clock, around.metrics, asyncio.Event())
        unsubscriber = Unsubscriber(around.secrets, around.settings.public_url)
        # Spreads retries; nothing secret hangs on it.
        attempts = Attempts(around, channels, unsubscriber, random.Random(), patience)  # noqa: S311
        dispatcher = Dispatcher(around, channels, attempts, Limiter(around.store.deliveries), patience)
        planner = Planner(around, channels, unsubscriber, patience, dispatcher.wake)
        yield Notifier(Intake(around, patience, planner.wake), planner, dispatcher, patience)
