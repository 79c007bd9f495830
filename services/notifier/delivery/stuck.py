"""Channels whose account or settings their vendor refuses: nothing of them is sent until it is worth asking again."""

from typing import TYPE_CHECKING

from shared.logs import get_logger

if TYPE_CHECKING:
    from datetime import datetime

    from services.notifier.delivery.verdict import Verdict
    from shared.metrics import Metrics
    from shared.wire.subscription import Channel

_log = get_logger("notifier")


class StuckChannels:
    """Which channels are stuck, and why; the operator sees it as a metric and in the log."""

    def __init__(self, metrics: "Metrics") -> None:
        self._metrics = metrics
        self._stuck: dict[Channel, tuple[datetime, str]] = {}
        self._free: set[Channel] = set()

    @property
    def reasons(self) -> "dict[Channel, str]":
        """What the operator is told of each."""
        return {channel: reason for channel, (_, reason) in self._stuck.items()}

    def until(self, channel: "Channel", now: "datetime") -> "datetime | None":
        """Return when a channel may be tried again, ``None``: now."""
        until = self._stuck[channel][0] if channel in self._stuck else now
        return until if until > now else None

    def stick(self, channel: "Channel", verdict: "Verdict") -> None:
        """Note that an attempt was refused because of the account or the settings."""
        if verdict.next_attempt_at is not None:
            self._stuck[channel] = (verdict.next_attempt_at, verdict.detail or "")
            self._free.discard(channel)
            self._metrics.notifier_channel_stuck.labels(channel).set(1)
            _log.error("channel_stuck", channel=channel, reason=verdict.reason, detail=verdict.detail)

    def free(self, channel: "Channel") -> None:
        """Note that its vendor took, or refused, something for another reason."""
        if channel not in self._free:
            self._stuck.pop(channel, None)
            self._free.add(channel)
            self._metrics.notifier_channel_stuck.labels(channel).set(0)
