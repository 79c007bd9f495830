"""What becomes of a delivery after an attempt: a pure function of the error, the attempts before, and chance."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from shared.errors import (
    ChannelMisconfiguredError,
    DestinationGoneError,
    RateLimitedError,
    Reason,
    RetryLaterError,
    ZhituiError,
)
from shared.settings import AmbiguousSends
from shared.store.records import DeliveryState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from services.notifier.channels.port import Receipt
    from shared.store.records import Attempt

RETRY_SECONDS = (5.0, 60.0, 300.0, 1800.0, 7200.0, 18_000.0, 36_000.0, 36_000.0)
"""Waits after the first, second … failure: 28 hours in all."""

FEW_TRIES = 3
"""For answers whose code nobody knows: the vendor said no, only not why."""

RATE_TRIES = 60
"""How often "too fast" is waited out before it counts as a failure that will not end."""

STUCK_SECONDS = 900.0
"""How long a channel whose account is refused is left alone: vendors ban who hammers."""

JITTER = 0.2

_NOT_THE_MESSAGES_FAULT = {Reason.RATE_LIMITED, Reason.CONFIGURATION, Reason.AUTH, Reason.INTERRUPTED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How an attempt ended.

    Attributes:
        next_attempt_at: for ``WAITING``.
        disable: the destination will not come back; the sentence for people.
        channel_stuck: nothing of this channel can be sent for now.
        message_id: what the vendor calls the message that it took.
    """

    state: DeliveryState
    next_attempt_at: "datetime | None" = None
    reason: Reason | None = None
    vendor_code: str | None = None
    detail: str | None = None
    ambiguous: bool = False
    disable: str | None = None
    channel_stuck: bool = False
    message_id: str | None = None


def taken(receipt: "Receipt | None") -> Verdict:
    """Return how an attempt ended whose message the vendor took."""
    if receipt is None:
        return Verdict(state=DeliveryState.SENT)
    return Verdict(state=DeliveryState.SENT, message_id=receipt.message_id, detail=receipt.note or None)


def recognised(idempotent: "bool | timedelta", made: "Sequence[Attempt]", at: "datetime") -> bool:
    """Return whether a repetition at that moment would be known as one.

    Args:
        idempotent: see `ChannelAdapter.idempotent`.
        made: the attempts; the first that may have arrived counts.
        at: when it would be sent.
    """
    if isinstance(idempotent, bool):
        return idempotent
    arrived = (a.started_at for a in made if a.ambiguous or a.outcome is DeliveryState.SENDING)
    return at - min(arrived, default=at) < idempotent


def judge_failure(  # noqa: PLR0911 - one case, one answer
    error: Exception,
    earlier: "Sequence[Attempt]",
    *,
    now: "datetime",
    chance: float,
    idempotent: bool,
    policy: AmbiguousSends,
) -> Verdict:
    """Return what a failed attempt means.

    Args:
        error: as the channel raised it.
        earlier: the attempts before this one, oldest first.
        now: when it ended.
        chance: 0..1, spreads the retries.
        idempotent: whether sending twice does no harm on this channel.
        policy: what to do when the vendor may have taken the message and it does harm.
    """
    since_retry = _since_given_up(earlier)
    reason = _reason(error)
    ambiguous = isinstance(error, RetryLaterError) and error.ambiguous
    # An earlier try may have, too, where the vendor knew a repetition for a while and forgets it before the next one.
    may_have_arrived = ambiguous or any(attempt.ambiguous for attempt in since_retry)
    failed = Verdict(
        state=DeliveryState.DEAD,
        reason=reason,
        vendor_code=error.vendor_code if isinstance(error, ZhituiError) else None,
        detail=_sentence(error),
        ambiguous=ambiguous,
    )
    match error:
        case DestinationGoneError():
            return replace(failed, disable=str(error))
        case ChannelMisconfiguredError():
            return replace(_waiting(failed, now, STUCK_SECONDS), channel_stuck=True)
        case RetryLaterError() if may_have_arrived and not idempotent and policy is AmbiguousSends.HOLD:
            return replace(failed, state=DeliveryState.HELD)
        case RateLimitedError():
            tries = sum(attempt.reason is Reason.RATE_LIMITED for attempt in since_retry) + 1
            wait = (error.after_seconds or RETRY_SECONDS[1]) * (1 + JITTER * chance)
            return _waiting(failed, now, wait) if tries < RATE_TRIES else _exhausted(failed)
        case RetryLaterError():
            tries = sum(attempt.reason not in _NOT_THE_MESSAGES_FAULT for attempt in since_retry) + 1
            next_wait = retry_seconds(tries, chance=chance, at_least=error.after_seconds)
            most_tries = FEW_TRIES if reason is Reason.REJECTED else error.most_tries or tries + 1
            if next_wait is None or tries >= most_tries:
                return _exhausted(failed)
            return _waiting(failed, now, next_wait)
        case _:
            return failed


def retry_seconds(tries: int, *, chance: float, at_least: float | None = None) -> float | None:
    """Return the wait after so many failures, ± `JITTER`; ``None`` when the schedule is used up."""
    if tries > len(RETRY_SECONDS):
        return None
    wait = RETRY_SECONDS[tries - 1] * (1 - JITTER + 2 * JITTER * chance)
    return max(wait, at_least or 0.0)


def judge_interrupted(*, now: "datetime", idempotent: bool, policy: AmbiguousSends) -> Verdict:
    """Return what becomes of a delivery whose sender died with the message perhaps on its way."""
    held = not idempotent and policy is AmbiguousSends.HOLD
    return Verdict(
        state=DeliveryState.HELD if held else DeliveryState.WAITING,
        next_attempt_at=None if held else now,
        reason=Reason.INTERRUPTED,
        detail="发送途中程序中断，不知道对方是否已收到",
        ambiguous=True,
    )


def judge_late(*, now: "datetime") -> Verdict:
    """Return what becomes of a delivery whose sender stood still for so long that it did not send it any more."""
    return Verdict(
        state=DeliveryState.WAITING,
        next_attempt_at=now,
        reason=Reason.INTERRUPTED,
        detail="进程停顿太久，没有发出，重新排队",
    )


def _waiting(failed: Verdict, now: "datetime", seconds: float) -> Verdict:
    return replace(failed, state=DeliveryState.WAITING, next_attempt_at=now + timedelta(seconds=seconds))


def _exhausted(failed: Verdict) -> Verdict:
    return replace(failed, reason=Reason.EXHAUSTED, detail=f"多次重试仍未成功，最后一次：{failed.detail}")


def _since_given_up(attempts: "Sequence[Attempt]") -> "Sequence[Attempt]":
    # A person who retries a dead delivery gets the whole schedule again.
    for place in range(len(attempts) - 1, -1, -1):
        if attempts[place].outcome in {DeliveryState.DEAD, DeliveryState.HELD}:
            return attempts[place + 1 :]
    return attempts


def _reason(error: Exception) -> Reason:
    if isinstance(error, ZhituiError):
        return error.reason or Reason.SERVER
    return Reason.REJECTED


def _sentence(error: Exception) -> str:
    if isinstance(error, ZhituiError):
        return str(error)
    # A mistake of our own: its text may hold anything, an address too.
    return f"程序内部错误（{type(error).__name__}），详情见日志"
