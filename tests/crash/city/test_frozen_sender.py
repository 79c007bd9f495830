"""A notifier stands still between the vendor's taking a message and its own writing that down, until another has taken over."""

import asyncio
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from services.cli.session import open_session
from shared.store.records import DeliveryState, WantedDeliveries
from tests.crash.city.city import City, open_city
from tests.crash.city.run import run, tell

if TYPE_CHECKING:
    from shared.settings import Settings

SEED = 8
TIMES = 2
ANSWER_SECONDS = 1.0
FROZEN_SECONDS = 45.0
"""Until its delivery's lease is over, and another one looks what was left behind and sends it again."""


async def sender(settings: "Settings", city: City) -> str:
    """Return the process that is sending right now."""
    async with open_session(settings) as around, asyncio.timeout(120):
        while True:
            for delivery in await around.store.deliveries.recent(WantedDeliveries(state=DeliveryState.SENDING)):
                pid = int((delivery.owner or "-0-").split("-")[-2])
                for name, process in city.processes.items():
                    if process.pid == pid:
                        return name
            await asyncio.sleep(0.02)


@pytest.mark.crash
def test_a_notifier_that_stood_still_while_it_sent_is_counted_and_repeats_nothing_itself(tmp_path: Path) -> None:
    def suffer(city: City) -> None:
        for _ in range(TIMES):
            victim = asyncio.run(sender(city.settings(), city))
            city.signal(victim, signal.SIGSTOP)
            city.done["SIGSTOP while sending", victim] += 1
            time.sleep(FROZEN_SECONDS)
            city.signal(victim, signal.SIGCONT)

    with open_city(tmp_path, answer_seconds=ANSWER_SECONDS) as city:
        found = run(city, lambda *_: suffer(city), seed=SEED)
        tell(found, seed=SEED, command="notifiers frozen while they send")
        assert found.verdict.complaints() == {}, city.logs()
        assert found.verdict.ambiguous >= 1
        assert found.verdict.messages - found.verdict.deliveries >= 1
