"""A process of its own that works on the store of its environment's settings, with a clock that may be wrong.

``lane URL KEY HOURS``: takes turns and calls a robot. ``outbox SEED HOURS``: starts and finishes deliveries and prints what it
asked and was told, a JSON object a line. Both until they are killed.
"""

import asyncio
import json
import random
import secrets
import sys
import time
from datetime import UTC, datetime, timedelta

import aiohttp

from shared.backends import open_backends
from shared.errors import InvalidInputError
from shared.secret_box import open_secret_box
from shared.settings import load_settings
from shared.store.port import Store
from shared.store.records import Attempt, DeliveryState

CALLS, WINDOW_SECONDS, MARGIN_SECONDS, HOLD_SECONDS = 20, 3.0, 0.1, 2.0
DESTINATIONS = {"d-1": ("m-1", "m-2"), "d-2": ("m-3",)}


class WrongClock:
    """The machine's clock, set wrong."""

    def __init__(self, hours: float) -> None:
        self._ahead = timedelta(hours=hours)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def lane(store: Store, url: str, key: str) -> None:
    body = {"msgtype": "text", "text": {"content": "CN1A"}}
    async with aiohttp.ClientSession() as session:
        while True:
            turn = secrets.token_hex(8)
            since = time.monotonic()
            wait = await store.lanes.take(
                "robot", turn, calls=CALLS, window_seconds=WINDOW_SECONDS + MARGIN_SECONDS, hold_seconds=HOLD_SECONDS
            )
            if wait:
                await asyncio.sleep(wait)
                continue
            called = time.monotonic() - since < HOLD_SECONDS / 2
            if called:
                async with session.post(f"{url}/cgi-bin/webhook/send", params={"key": key}, json=body) as answer:
                    await answer.read()
            await store.lanes.done("robot", turn, window_seconds=WINDOW_SECONDS + MARGIN_SECONDS if called else 0)


async def outbox(store: Store, chance: random.Random) -> None:
    names = [name for names in DESTINATIONS.values() for name in names]
    while True:
        name = chance.choice(names)
        asked = tell(kind="start", delivery=name)
        attempt = await store.deliveries.start(
            name, owner=str(chance.random()), now=datetime.now(UTC), lease_seconds=0.05
        )
        tell(answers=asked, answer=attempt and attempt.number)
        if attempt is None:
            for interrupted, its_attempt in await store.deliveries.interrupted(owner="nobody"):
                await finish(store, interrupted.id, its_attempt, DeliveryState.WAITING)
            await asyncio.sleep(chance.random() * 0.02)
            continue
        await asyncio.sleep(chance.random() * 0.1)  # often longer than the lease
        (outcome,) = chance.choices([DeliveryState.WAITING, DeliveryState.DEAD, DeliveryState.SENT], [20, 9, 1])
        await finish(store, name, attempt, outcome)
        if outcome is DeliveryState.DEAD:
            await retry(store, name)


async def retry(store: Store, name: str) -> None:
    asked = tell(kind="retry", delivery=name)
    try:
        await store.deliveries.retry(name, now=datetime(2020, 1, 1, tzinfo=UTC))
    except InvalidInputError:
        tell(answers=asked, answer=False)
    else:
        tell(answers=asked, answer=True)


async def finish(store: Store, name: str, attempt: Attempt, outcome: DeliveryState) -> None:
    asked = tell(kind="finish", delivery=name, number=attempt.number, outcome=outcome.value)
    await store.deliveries.finish(
        attempt, state=outcome, now=datetime.now(UTC), next_attempt_at=datetime(2020, 1, 1, tzinfo=UTC)
    )
    tell(answers=asked)


def tell(**said: object) -> str:
    """Print it with the moment; return what names it."""
    name = secrets.token_hex(8)
    print(json.dumps({"id": name, "at": time.monotonic(), **said}), flush=True)  # noqa: T201 - this is its output
    return name


async def main(kind: str, *arguments: str) -> None:
    settings = load_settings()
    async with open_backends(settings, WrongClock(float(arguments[-1])), open_secret_box(settings)) as backends:
        if kind == "lane":
            await lane(backends.store, *arguments[:2])
        else:
            await outbox(backends.store, random.Random(arguments[0]))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
