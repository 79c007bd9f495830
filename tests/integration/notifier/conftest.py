"""A notifier on a real store, with stand-ins of the outside and a clock that the test turns."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from services.notifier.channels.port import ChannelAdapter
from services.notifier.channels.registry import open_channels
from services.notifier.delivery.answers import FOLDER, Answers
from services.notifier.delivery.attempts import Attempts
from services.notifier.delivery.verdict import Verdict
from services.notifier.planning.loop import Planner
from shared.backends import open_backends
from shared.metrics import Metrics
from shared.runtime.members import Everything
from shared.runtime.patience import Patience
from shared.runtime.role import Surroundings
from shared.secret_box import open_secret_box
from shared.settings import Settings
from shared.store.records import Alert, Delivery
from shared.testing.clock import ManualClock
from shared.testing.mailbox import Mailbox
from shared.testing.wecom import FakeWeCom
from shared.unsubscribe import Unsubscriber
from shared.wire.subscription import Channel, Destination, Subscription
from tests.unit.notifier.making import KEY, alert, subscription


@dataclass
class Bench:
    """Everything a test turns and looks at."""

    around: Surroundings
    clock: ManualClock
    wecom: FakeWeCom
    mailbox: Mailbox
    channels: dict[Channel, ChannelAdapter]
    planner: Planner
    attempts: Attempts
    patience: Patience

    async def plan(
        self, destination: Destination, *alerts: Alert, subscribed: Subscription | None = None
    ) -> list[Delivery]:
        """Record alerts for the destination and plan them a second later."""
        store = self.around.store
        await store.destinations.put(destination)
        await store.subscriptions.put(subscribed or subscription(destination.id))
        owed = alerts or (alert(destination_id=destination.id, created_at=self.clock.now()),)
        await store.alerts.record([], owed)
        await self.clock.advance(2)
        await self.planner.plan_due()
        return await store.deliveries.recent()

    async def send(self, delivery: Delivery) -> Verdict:
        """Make one attempt."""
        destination = await self.around.store.destinations.get(delivery.destination_id)
        assert destination is not None
        verdict = await self.attempts.make(delivery, destination)
        assert verdict is not None
        return verdict

    async def stored(self, delivery: Delivery) -> Delivery:
        """Return what the store has of it now."""
        found = await self.around.store.deliveries.get(delivery.id)
        assert found is not None
        return found


@pytest.fixture
def changes() -> dict[str, object]:
    """Settings that a test wants otherwise."""
    return {}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def answers(tmp_path: Path) -> Iterator[Answers]:
    with Answers(tmp_path / FOLDER) as answers:
        yield answers


@pytest.fixture
async def bench(
    tmp_path: Path, answers: Answers, changes: dict[str, object], clock: ManualClock
) -> AsyncIterator[Bench]:
    async with FakeWeCom(clock=clock, keys=[KEY]) as wecom, Mailbox() as mailbox:
        values: dict[str, object] = {
            "data_dir": tmp_path,
            "smtp_host": "127.0.0.1",
            "smtp_port": mailbox.port,
            "smtp_security": "none",
            "wecom_base_url": wecom.base_url,
            "send_timeout_seconds": 0.3,
            "public_url": "https://zt.example.cn",
        }
        settings = Settings(**{**values, **changes})  # type: ignore[arg-type]
        secrets = open_secret_box(settings)
        async with (
            open_backends(settings, clock, secrets) as backends,
            open_channels(settings, clock, idempotency=backends.store.idempotency, secrets=secrets) as channels,
        ):
            around = Surroundings(
                settings=settings,
                bus=backends.bus,
                store=backends.store,
                clock=clock,
                metrics=Metrics(),
                secrets=secrets,
            )
            patience = Patience("notifier", clock, around.metrics, asyncio.Event())
            unsubscriber = Unsubscriber(secrets, settings.public_url)
            yield Bench(
                around=around,
                clock=clock,
                wecom=wecom,
                mailbox=mailbox,
                channels=channels,
                planner=Planner(around, channels, unsubscriber, patience, asyncio.Event(), share=Everything()),
                attempts=Attempts(
                    around, channels, unsubscriber, random.Random(1), patience, answers=answers, instance="local"
                ),
                patience=patience,
            )
