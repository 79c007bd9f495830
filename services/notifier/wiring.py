"""The notifier's composition root."""

import asyncio
import random
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from services.notifier.bounces.settling import Settler
from services.notifier.bounces.watch import BounceWatch
from services.notifier.channels.email_proof import Proof
from services.notifier.channels.registry import channels_of
from services.notifier.delivery.answers import FOLDER, Answers
from services.notifier.delivery.attempts import Attempts, lease_seconds
from services.notifier.delivery.dispatch import Dispatcher
from services.notifier.delivery.turns import Turns
from services.notifier.errands.watch import ErrandWatch
from services.notifier.events.pushing import EventPusher
from services.notifier.intake import Intake
from services.notifier.pipeline import Notifier
from services.notifier.planning.loop import Planner
from services.notifier.planning.watching import Watching
from shared.runtime.members import open_share, process_name
from shared.runtime.ownership import Alone, Leased
from shared.runtime.patience import Patience
from shared.unsubscribe import Unsubscriber

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.runtime.ownership import Ownership
    from shared.runtime.role import Role, Surroundings


@asynccontextmanager
async def open_role(around: "Surroundings") -> "AsyncIterator[Role]":
    """Build the notifier; its connections are closed at the end."""
    instance = process_name(around.settings)
    async with (
        AsyncExitStack() as stack,
        channels_of(around) as channels,
        open_share(around, "notifier", instance) as share,
    ):
        answers = stack.enter_context(Answers(around.settings.data_dir / FOLDER))
        patience = Patience("notifier", around.clock, around.metrics, asyncio.Event())
        unsubscriber = Unsubscriber(around.secrets, around.settings.public_url)
        # Spreads retries; nothing secret hangs on it.
        chance = random.Random()  # noqa: S311
        attempts = Attempts(around, channels, unsubscriber, chance, patience, answers=answers, instance=instance)
        turns = Turns(around.store.lanes, hold_seconds=lease_seconds(around.settings))
        dispatcher = Dispatcher(around, channels, attempts, turns, patience, share=share)
        planner = Planner(around, channels, unsubscriber, patience, dispatcher.wake, share=share)

        def ownership() -> "Ownership":
            return Leased(instance, around.store.leases, patience) if around.settings.on_cluster else Alone()

        bounces = BounceWatch(
            around.settings, Proof(around.secrets), Settler(around.store, around.clock), ownership(), patience
        )
        errands = ErrandWatch(around, channels, ownership(), patience)
        pusher = EventPusher(around, channels, ownership(), patience)
        watching = Watching(around, channels, unsubscriber, patience, dispatcher.wake, share=share)
        yield Notifier(
            Intake(around, patience, planner.wake),
            planner,
            dispatcher,
            bounces,
            errands,
            pusher=pusher,
            watching=watching,
            patience=patience,
        )
