"""A clock that a test turns."""

import asyncio
from datetime import UTC, datetime, timedelta


class ManualClock:
    """Stands still until it is told to move; sleepers wake when their time has come."""

    def __init__(self, start: datetime = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)) -> None:
        self._now = start
        self._sleepers: list[tuple[datetime, asyncio.Event]] = []

    def now(self) -> datetime:
        """Return the moment it stands at."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Wait until somebody has moved the clock so far."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken = asyncio.Event()
        self._sleepers.append((self._now + timedelta(seconds=seconds), woken))
        await woken.wait()

    async def advance(self, seconds: float) -> None:
        """Let everything run to its next sleep, move forward, and let everything run that woke up."""
        await _let_run()
        self.set(self._now + timedelta(seconds=seconds))
        await _let_run()

    def set(self, moment: datetime) -> None:
        """Jump to a moment, forward or back."""
        self._now = moment
        due = [woken for at, woken in self._sleepers if at <= moment]
        self._sleepers = [(at, woken) for at, woken in self._sleepers if at > moment]
        for woken in due:
            woken.set()


async def _let_run() -> None:
    for _ in range(20):
        await asyncio.sleep(0)
