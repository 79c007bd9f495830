"""A channel whose receivers answer, or do not, as one says; nothing leaves the process."""

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

from shared.errors import Reason, RetryLaterError
from shared.wire.subscription import Channel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from services.notifier.channels.port import Frame, Message, Rate, Receipt
    from shared.store.records import Alert
    from shared.wire.subscription import Destination


class ScriptedChannel:
    """Answers as a webhook channel would.

    Args:
        answer_seconds: of a receiver that lives.
        timeout_seconds: after which a silent receiver is given up.

    Attributes:
        silent: destinations that do not answer now.
        sent: delivery ids in the order in which they were taken.
        calls: how often each destination was called.
        at_once: so many calls are under way; most_at_once: were at a time.
    """

    name = Channel.WEBHOOK
    idempotent = True
    shuns_round_minutes = False
    rate: "Rate | None" = None

    def __init__(self, *, answer_seconds: float, timeout_seconds: float) -> None:
        self.silent: set[str] = set()
        self.sent: list[str] = []
        self.calls: Counter[str] = Counter()
        self.most_at_once = 0
        self.at_once = 0
        self._answer_seconds = answer_seconds
        self._timeout_seconds = timeout_seconds

    def lane(self, destination: "Destination") -> str:
        """Return the destination's own."""
        return destination.id

    def check(self, address: str, options: "Mapping[str, str]") -> str:
        """Take everything."""
        del options
        return address

    def paginate(
        self, destination: "Destination", frame: "Frame", alerts: "Sequence[Alert]"
    ) -> "list[tuple[Alert, ...]]":
        """Put all into one message."""
        del destination, frame
        return [tuple(alerts)]

    async def send(self, message: "Message") -> "Receipt | None":
        """Answer, or be silent until the time is over."""
        destination_id = message.destination.id
        self.calls[destination_id] += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if destination_id in self.silent:
                await asyncio.sleep(self._timeout_seconds)
                raise RetryLaterError("没有在时限内回答", reason=Reason.TIMEOUT, ambiguous=True)
            await asyncio.sleep(self._answer_seconds)
        finally:
            self.at_once -= 1
        self.sent.append(message.id)
        return None

    async def send_test(self, destination: "Destination", now: "datetime") -> None:
        """Do nothing."""

    async def close(self) -> None:
        """Do nothing."""
