"""A mail server, a WeCom and webhook receivers in bad weather: ``python -m tests.crash.sending.sinks FILE SEED SMTP WECOM HOOK…`` (ports).

Of the calls, 10 % are refused with a server's error, 5 % get no answer before the caller gives up and 5 % a torn one; every other message
of the last two kinds is taken all the same. What is taken is journalled before anything is said of it, with its moment and the weather of its call.
"""

import asyncio
import signal
import sys
import time
from contextlib import AsyncExitStack
from contextvars import ContextVar
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from shared.clock import SystemClock
from shared.testing.mailbox import Mail, Mailbox
from shared.testing.receiver import FakeReceiver
from shared.testing.sinks import WEBHOOK_KEY, Journal
from shared.testing.vendor import Accepted, FakeVendor, Misbehaviour, Refusal
from shared.testing.wecom import FakeWeCom

if TYPE_CHECKING:
    from aiohttp import web

HANG_SECONDS = 5.0
"""Longer than the program waits."""


class Weather(StrEnum):
    """How a call goes."""

    FAIR = "fair"
    REFUSED = "refused"
    SILENT = "silent"
    SILENT_TAKEN = "silent, taken"
    TORN = "torn"
    TORN_TAKEN = "torn, taken"


SHARES = {
    Weather.REFUSED: 0.1,
    Weather.SILENT: 0.025,
    Weather.SILENT_TAKEN: 0.025,
    Weather.TORN: 0.025,
    Weather.TORN_TAKEN: 0.025,
}
FORECASTS = [Weather.FAIR, *SHARES]

_ANSWERS = {
    Weather.REFUSED: Misbehaviour(status=500),
    Weather.SILENT: Misbehaviour(hang_seconds=HANG_SECONDS),
    Weather.SILENT_TAKEN: Misbehaviour(hang_seconds=HANG_SECONDS, take=True),
    Weather.TORN: Misbehaviour(close=True),
    Weather.TORN_TAKEN: Misbehaviour(close=True, take=True),
}

_now: ContextVar[Weather] = ContextVar("weather")


class Sky:
    """Says how each call goes, one after another."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)
        self._weights = [1 - sum(SHARES.values()), *SHARES.values()]

    def next(self) -> Weather:
        """Return the weather of a call that begins; what is journalled in its task carries it."""
        (weather,) = self._chance.choices(FORECASTS, self._weights)
        _now.set(weather)
        return weather


class Stormy(FakeVendor):
    """Bad weather over a vendor that enforces its rules in fair weather."""

    sky: Sky
    journal: Journal

    async def serve(self, request: "web.Request", key: str) -> "web.StreamResponse":
        """Take a message as the weather wants it."""
        weather = self.sky.next()
        if weather is Weather.FAIR:
            return await super().serve(request, key)
        return await self.misbehave(_ANSWERS[weather], request, key, await request.read())

    def refuse(self, refusal: Refusal) -> "web.Response":
        """Journal that the program broke a rule: it never may."""
        self.journal.write({"refused": refusal.code, "text": refusal.text})
        return super().refuse(refusal)


class StormyWeCom(Stormy, FakeWeCom):
    """Robots."""


class StormyReceiver(Stormy, FakeReceiver):
    """Receivers of webhooks. Their status is all of their answer, so it is torn before that."""

    async def misbehave(
        self, answer: Misbehaviour, request: "web.Request", key: str, raw: bytes
    ) -> "web.StreamResponse":
        """Answer as the weather wants it."""
        if answer.close and request.transport is not None:
            request.transport.abort()
        return await super().misbehave(replace(answer, close=False), request, key, raw)


class StormyMailbox(Mailbox):
    """Mailboxes."""

    sky: Sky

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Take a mail as the weather wants it."""
        weather = self.sky.next()
        if weather is Weather.REFUSED:
            return "451 4.3.0 try again later"
        if weather not in {Weather.SILENT, Weather.TORN}:
            reply = await super().handle_DATA(server, session, envelope)
            if weather is Weather.FAIR:
                return reply
        if weather in {Weather.SILENT, Weather.SILENT_TAKEN}:
            await asyncio.sleep(HANG_SECONDS)
        assert isinstance(server.transport, asyncio.Transport)
        server.transport.abort()
        return "250 OK"


def _robot(message: Accepted) -> dict[str, Any]:
    return {"to": message.key, "delivery": None, "numbers": message.numbers}


def _hook(message: Accepted) -> dict[str, Any]:
    return {"to": message.key, "delivery": message.body["data"]["delivery_id"], "numbers": message.numbers}


def _mail(mail: Mail) -> dict[str, Any]:
    return {"to": mail.recipients[0], "delivery": mail.delivery_id, "numbers": mail.numbers}


async def serve(file: Path, seed: int, smtp: int, wecom: int, *hooks: int) -> None:
    """Serve until SIGTERM."""
    journal, sky, clock = Journal(file), Sky(seed), SystemClock()

    def take(line: dict[str, Any]) -> None:
        journal.write({**line, "weather": _now.get(), "at": time.time()})

    box = StormyMailbox(port=smtp, on_mail=lambda mail: take(_mail(mail)))
    box.sky = sky
    robots = StormyWeCom(clock=clock, port=wecom, on_accept=lambda message: take(_robot(message)))
    vendors: list[Stormy] = [robots]
    vendors += [
        StormyReceiver(clock=clock, secrets=[WEBHOOK_KEY], port=port, on_accept=lambda message: take(_hook(message)))
        for port in hooks
    ]
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(box)
        for vendor in vendors:
            vendor.sky, vendor.journal = sky, journal
            await stack.enter_async_context(vendor)
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), *(int(number) for number in sys.argv[2:])))
