"""A throw-away installation in this process, for the benchmarks of whole roles."""

import asyncio
import contextlib
import gc
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from shared.backends import open_backends
from shared.bus.port import Record
from shared.bus.topics import PROFILES
from shared.logs import configure_logs
from shared.metrics import Metrics
from shared.runtime.role import Role, Surroundings
from shared.secret_box import open_secret_box
from shared.settings import Settings, load_settings
from shared.store.records import DeliveryState
from shared.wire.events import ProfileSaved, encode_event
from shared.wire.profile import Profile
from shared.wire.subscription import Channel, Destination, DestinationState, Subscription


class SteppedClock:
    """The machine's clock with an offset, so that hourly alerts become due when the benchmark says so."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def now(self) -> datetime:
        """Return the present moment plus the offset."""
        return datetime.now(UTC) + self.offset

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


@contextlib.asynccontextmanager
async def open_installation(folder: Path, *, smtp_port: int) -> AsyncIterator[tuple[Surroundings, SteppedClock]]:
    """Open bus and store in the folder."""
    settings = load_settings(
        data_dir=folder, smtp_host="127.0.0.1", smtp_port=smtp_port, smtp_security="none", log_level="error"
    )
    async with open_with(settings) as opened:
        yield opened


@contextlib.asynccontextmanager
async def open_with(settings: Settings) -> AsyncIterator[tuple[Surroundings, SteppedClock]]:
    """Open bus and store as the settings say."""
    configure_logs(settings)
    clock = SteppedClock()
    secrets = open_secret_box(settings)
    async with open_backends(settings, clock, secrets) as backends:
        yield (
            Surroundings(
                settings=settings,
                bus=backends.bus,
                store=backends.store,
                clock=clock,
                metrics=Metrics(),
                secrets=secrets,
            ),
            clock,
        )


async def subscribe(around: Surroundings, profiles: Sequence[Profile], mailboxes: int, schedule: str) -> None:
    """Save the profiles; each mailbox has a subscription to an equal share of them, or to all when they are fewer."""
    now = around.clock.now()
    await around.bus.append(
        PROFILES, [Record(key=p.id, value=encode_event(ProfileSaved(profile=p, saved_at=now))) for p in profiles]
    )
    await around.store.profiles.put(profiles, saved_at=now)
    share = max(1, len(profiles) // mailboxes)
    for index in range(mailboxes):
        first = index * share % len(profiles)
        await around.store.destinations.put(
            Destination(
                id=f"box-{index}",
                channel=Channel.EMAIL,
                address=f"sme{index}@example.com",
                state=DestinationState.ACTIVE,
                created_at=now,
            )
        )
        await around.store.subscriptions.put(
            Subscription(
                id=f"sub-{index}",
                profiles=tuple(p.id for p in profiles[first : first + share]),
                destinations=(f"box-{index}",),
                schedule=schedule,
                created_at=now,
            )
        )


async def all_sent(around: Surroundings, channel: Channel, messages: int) -> bool:
    """Return whether so many messages were sent by a channel.

    They are counted only when none waits: counting thousands again and again would be most of what the store is asked.
    """
    if await around.store.deliveries.next_due_at() is not None:
        return False
    return (await around.store.deliveries.state_counts()).get((channel, DeliveryState.SENT), 0) == messages


async def run_until(roles: Sequence[Role], done: Callable[[], Awaitable[bool]]) -> tuple[float, float]:
    """Run the roles until the condition holds; return wall and CPU seconds until then."""
    gc.collect()
    gc.freeze()  # as `zhitui up` does before it begins
    stop = asyncio.Event()
    began, cpu_began = time.perf_counter(), time.process_time()
    async with asyncio.TaskGroup() as group:
        for role in roles:
            group.create_task(role.run(stop))
        while not await done():
            await asyncio.sleep(0.02)
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu_began
        stop.set()
    return seconds, cpu
