"""One notifier on one file, a thousand destinations in bad weather, and matches that a test puts on the bus."""

import os
import random
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import pytest

from shared.bus.port import Record
from shared.bus.topics import MATCHES
from shared.settings import Settings, load_settings
from shared.store.records import AlertState, DeliveryState
from shared.testing.sinks import WEBHOOK_KEY
from shared.wire.content import content_hash
from shared.wire.events import Change, PublicationMatched, encode_event, matched_key
from shared.wire.match import Match
from shared.wire.publication import Publication
from shared.wire.subscription import Channel, Destination, DestinationState, Subscription
from tests.crash.scene import Scene, number_of
from tools.services.ports import answers, free_ports

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from shared.runtime.role import Surroundings

MAILBOXES, ROBOTS, HOOKS = 400, 200, 400
HOOK_HOSTS = 8
SUBSCRIPTIONS_OF_EACH = 5
TOLD_OF_EACH = 100
"""Destinations that are told of one publication, each by another message."""

SEND_TIMEOUT_SECONDS = 0.5

IN_FLOW, FLOW_SECONDS = 0.5, 30.0
"""So many of the kills wait until messages flow, at most so long: on a busy machine others come before anything is sent."""

SETTINGS = {
    "ZHITUI_HTTP_PORT": "0",
    "ZHITUI_SMTP_HOST": "127.0.0.1",
    "ZHITUI_SMTP_SECURITY": "none",
    "ZHITUI_INTRANET_RECEIVERS": "127.0.0.1",
    "ZHITUI_SEND_TIMEOUT_SECONDS": str(SEND_TIMEOUT_SECONDS),
    "ZHITUI_LOG_FORMAT": "json",
}


@dataclass
class Sending(Scene):
    """See the module.

    Attributes:
        addresses: destination id → its channel, and where the sinks say that a message went.
        profiles: profile id and the destination that is told of it, in the order in which they are found.
        due: (destination id, publication number) that must be told.
        publications: how many were matched.
        kills: moments of them, by the wall's clock.
    """

    addresses: dict[str, tuple[Channel, str]] = field(default_factory=dict)
    profiles: list[tuple[str, str]] = field(default_factory=list)
    due: set[tuple[str, str]] = field(default_factory=set)
    publications: int = 0
    kills: list[float] = field(default_factory=list)

    def start_in_weather(self, seed: int) -> None:
        """Start the sinks, and point the program at them."""
        ports = free_ports(2 + HOOK_HOSTS)
        smtp, wecom, *hooks = ports
        self.sinks = self._launch(
            "sinks.log", "tests.crash.sending.sinks", str(self.journal), str(seed), *(str(port) for port in ports)
        )
        self.environment = {
            **os.environ,
            **SETTINGS,
            "ZHITUI_DATA_DIR": str(self.root / "data"),
            "ZHITUI_SMTP_PORT": str(smtp),
            "ZHITUI_WECOM_BASE_URL": f"http://127.0.0.1:{wecom}",
        }
        self.addresses = {
            **{f"box{n}": (Channel.EMAIL, f"sme{n}@example.com") for n in range(MAILBOXES)},
            **{f"robot{n}": (Channel.WECOM_ROBOT, f"693a91f6-7000-4000-8000-{n:012}") for n in range(ROBOTS)},
            **{
                f"hook{n}": (Channel.WEBHOOK, f"http://127.0.0.1:{hooks[n % HOOK_HOSTS]}/receiver{n}")
                for n in range(HOOKS)
            },
        }
        names = list(self.addresses)
        random.Random(seed).shuffle(names)
        self.profiles = [(f"{name}-{n}", name) for n in range(SUBSCRIPTIONS_OF_EACH) for name in names]
        self._wait(lambda: all(answers(port) for port in ports), "the sinks do not listen")

    def settings(self) -> Settings:
        """Return the program's settings."""
        with pytest.MonkeyPatch.context() as patch:
            for name in self.environment.keys() - os.environ.keys():
                patch.setenv(name, self.environment[name])
            return load_settings()

    def start(self) -> None:
        """Start the notifier; it is not ready yet when this returns."""
        self.address_file.unlink(missing_ok=True)
        self.program = self._launch("notifier.log", "tests.crash.sending.program")

    def live_and_die(self, moments: random.Random) -> None:
        """Start the notifier and kill it: some in its first moments, most while it plans and sends."""
        self.start()
        if moments.random() < 0.1:
            time.sleep(moments.uniform(0.0, 0.5))
        else:
            self.wait_listening()
            if moments.random() < IN_FLOW:
                self._wait_for_flow()
            time.sleep(moments.uniform(0.0, 0.5))
        self.kills.append(time.time())
        self.kill()

    def _wait_for_flow(self) -> None:
        told, deadline = self._told_bytes(), time.monotonic() + FLOW_SECONDS
        while self._told_bytes() == told and time.monotonic() < deadline:
            time.sleep(0.01)

    def _told_bytes(self) -> int:
        return self.journal.stat().st_size if self.journal.exists() else 0


async def subscribe(around: "Surroundings", scene: Sending) -> None:
    """Give each destination its subscriptions, each to a profile of its own."""
    store, now = around.store, around.clock.now()
    for name, (channel, address) in scene.addresses.items():
        await store.destinations.put(
            Destination(
                id=name,
                channel=channel,
                address=address,
                options={"secret": WEBHOOK_KEY} if channel is Channel.WEBHOOK else {},
                state=DestinationState.ACTIVE,
                created_at=now,
            )
        )
    subscriptions = [
        Subscription(id=f"s-{profile}", profiles=(profile,), destinations=(name,), created_at=now)
        for profile, name in scene.profiles
    ]
    await store.archive.write("subscriptions", subscriptions)


async def feed(around: "Surroundings", scene: Sending, *, waiting: int) -> None:
    """Put as many matches on the bus as it takes for so many messages to wait."""
    missing = waiting - await pending(around)
    records = []
    while missing > 0:
        first = scene.publications * TOLD_OF_EACH % len(scene.profiles)
        number, told = number_of(scene.publications), scene.profiles[first : first + TOLD_OF_EACH]
        records.append(_matched(around, number, [profile for profile, _ in told]))
        scene.due.update((name, number) for _, name in told)
        scene.publications += 1
        missing -= TOLD_OF_EACH
    if records:
        await around.bus.append(MATCHES, records)


async def pending(around: "Surroundings") -> int:
    """Return how much is not told yet: records on the bus, alerts, deliveries."""
    alerts = await around.store.alerts.state_counts()
    deliveries = await around.store.deliveries.state_counts()
    return (
        TOLD_OF_EACH * await around.bus.lag(MATCHES, "notifier")
        + alerts.get(AlertState.PENDING, 0)
        + sum(count for (_, state), count in deliveries.items() if state is not DeliveryState.SENT)
    )


async def planned(around: "Surroundings") -> int:
    """Return how many messages there are, told or not."""
    return sum((await around.store.deliveries.state_counts()).values())


def _matched(around: "Surroundings", number: str, profiles: list[str]) -> Record:
    publication = Publication(
        publication_number=number, kind="A", title="一种固态电池的隔膜及其制备方法", published_on=date(2026, 1, 6)
    )
    event = PublicationMatched(
        publication=publication,
        content_hash=content_hash(publication),
        change=Change.NEW,
        matches=tuple(Match(profile_id=one, publication_number=number, score=1.0, rule=0) for one in profiles),
        profile_names=dict.fromkeys(profiles, "固态电池隔膜"),
        matched_at=around.clock.now(),
    )
    return Record(key=matched_key(publication), value=encode_event(event))


@contextmanager
def open_sending(root: "Path", seed: int) -> "Iterator[Sending]":
    """Give a scene with sinks running; end all processes afterwards."""
    scene = Sending(root)
    try:
        scene.start_in_weather(seed)
        yield scene
    finally:
        scene.close()
