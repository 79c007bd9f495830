"""The notifier is killed at random moments while it sends to a thousand destinations in bad weather: nothing is lost."""

import asyncio
import os
import random
import sys
import time
from pathlib import Path

import pytest

from services.cli.session import open_session
from shared.wire.subscription import Channel
from tests.crash.sending.scene import Sending, feed, open_sending, pending, planned, subscribe
from tests.crash.sending.verdict import Verdict, judge

KILLS = int(os.environ.get("ZHITUI_SENDING_KILLS", "60"))
SEED = int(os.environ.get("ZHITUI_SENDING_SEED") or random.randrange(2**32))
DELIVERIES = 5_000
WAITING = 1_000
"""So many wait before each start, so that every kill finds something to cut off."""

REST_SECONDS = 180.0


def say(verdict: Verdict, *, elapsed_seconds: float) -> None:
    kills = {channel.value: count for channel, count in verdict.by_kills.items()}
    sys.stdout.write(
        f"\nkill -9 of the notifier × {KILLS} (seed {SEED}) in {elapsed_seconds:.0f} s: {verdict.deliveries} deliveries, "
        f"{verdict.messages} messages, {len(verdict.lost)} lost, {verdict.by_weather} repeated for an answer that did not come, "
        f"{verdict.by_kills.total()} for a kill {kills}, {verdict.interrupted} attempts cut off\n"
    )


async def suffer(scene: Sending) -> Verdict:
    moments = random.Random(SEED)
    async with open_session(scene.settings()) as around:
        await subscribe(around, scene)
        for _ in range(KILLS):
            await feed(around, scene, waiting=WAITING)
            await asyncio.to_thread(scene.live_and_die, moments)
        scene.start()
        async with asyncio.timeout(REST_SECONDS):
            # What is due at one look is one message a destination, so nobody knows before how many there will be.
            while (left := await pending(around)) or await planned(around) < DELIVERIES:
                if not left:
                    await feed(around, scene, waiting=WAITING)
                await asyncio.sleep(0.2)
        scene.stop()
        return await judge(around, scene)


@pytest.mark.crash
async def test_kills_while_thousands_are_told_in_bad_weather_lose_nothing(tmp_path: Path) -> None:
    print(f"\n{KILLS} kills of the notifier, seed {SEED}", flush=True)  # noqa: T201 - a run that hangs can be had again, too
    began = time.monotonic()
    with open_sending(tmp_path, SEED) as scene:
        verdict = await suffer(scene)
        say(verdict, elapsed_seconds=time.monotonic() - began)
        assert verdict.complaints() == {}
        assert verdict.deliveries >= DELIVERIES
        assert verdict.interrupted > 0, "no kill cut off anything"
        assert verdict.at_once <= 1, (
            "one destination's messages go one after another: a kill cuts off one of them at most"
        )
        # A mail and a webhook are known again by their ids; a robot's group sees the repetition.
        assert verdict.by_kills[Channel.WECOM_ROBOT] <= KILLS
        # Alone a kill repeats less than one (docs/reliability.md); beside other programs calls take longer.
        assert verdict.by_kills.total() <= 2 * KILLS, "a kill repeats more than two messages"
