"""What becomes of a delivery after a failed attempt."""

from datetime import timedelta

import msgspec

from services.notifier.delivery.verdict import (
    RETRY_SECONDS,
    Verdict,
    judge_failure,
    judge_interrupted,
    judge_late,
    recognised,
)
from shared.errors import (
    ChannelMisconfiguredError,
    DestinationGoneError,
    RateLimitedError,
    Reason,
    RefusedMessageError,
    RetryLaterError,
)
from shared.settings import AmbiguousSends
from shared.store.records import Attempt, DeliveryState
from tests.unit.notifier.making import NOW


def tries(*reasons: Reason, last: DeliveryState = DeliveryState.WAITING) -> list[Attempt]:
    attempts = [
        Attempt(
            delivery_id="d",
            destination_id="box",
            number=n,
            started_at=NOW,
            outcome=DeliveryState.WAITING,
            reason=reason,
        )
        for n, reason in enumerate(reasons, start=1)
    ]
    if last is not DeliveryState.WAITING:
        attempts.append(
            Attempt(delivery_id="d", destination_id="box", number=len(attempts) + 1, started_at=NOW, outcome=last)
        )
    return attempts


def judge(error: Exception, earlier: list[Attempt] | None = None, **changes: object) -> Verdict:
    values: dict[str, object] = {"now": NOW, "chance": 0.5, "idempotent": True, "policy": AmbiguousSends.RESEND}
    return judge_failure(error, earlier or [], **{**values, **changes})  # type: ignore[arg-type]


def test_failures_wait_longer_and_longer_and_end_in_a_dead_letter_with_its_reason() -> None:
    error = RetryLaterError("服务器忙", reason=Reason.SERVER, vendor_code="HTTP 500")
    for count, wait in enumerate(RETRY_SECONDS):
        verdict = judge(error, tries(*[Reason.SERVER] * count))
        assert verdict.state is DeliveryState.WAITING
        assert verdict.next_attempt_at == NOW + timedelta(seconds=wait)
    verdict = judge(error, tries(*[Reason.SERVER] * len(RETRY_SECONDS)))
    assert verdict.state is DeliveryState.DEAD
    assert verdict.reason is Reason.EXHAUSTED
    assert verdict.vendor_code == "HTTP 500"
    assert "服务器忙" in str(verdict.detail)


def test_chance_spreads_the_waits_by_a_fifth() -> None:
    error = RetryLaterError("x", reason=Reason.TIMEOUT)
    retries = [judge(error, chance=chance).next_attempt_at for chance in (0.0, 1.0)]
    assert retries == [NOW + timedelta(seconds=4), NOW + timedelta(seconds=6)]


def test_the_vendors_own_wait_is_kept() -> None:
    verdict = judge(RetryLaterError("x", after_seconds=600, reason=Reason.SERVER))
    assert verdict.next_attempt_at == NOW + timedelta(seconds=600)


def test_too_fast_is_waited_out_often_before_it_counts() -> None:
    error = RateLimitedError("x", after_seconds=65, reason=Reason.RATE_LIMITED)
    verdict = judge(error, tries(*[Reason.RATE_LIMITED] * 30))
    assert verdict.state is DeliveryState.WAITING
    assert verdict.next_attempt_at is not None
    assert timedelta(seconds=65) <= verdict.next_attempt_at - NOW <= timedelta(seconds=78)
    assert judge(error, tries(*[Reason.RATE_LIMITED] * 60)).state is DeliveryState.DEAD


def test_waiting_out_a_rate_does_not_use_up_the_schedule() -> None:
    verdict = judge(RetryLaterError("x", reason=Reason.SERVER), tries(*[Reason.RATE_LIMITED] * 30))
    assert verdict.next_attempt_at == NOW + timedelta(seconds=RETRY_SECONDS[0])


def test_an_answer_that_nobody_knows_is_tried_three_times() -> None:
    error = RetryLaterError("x", reason=Reason.REJECTED, vendor_code="99999")
    assert judge(error, tries(Reason.REJECTED)).state is DeliveryState.WAITING
    assert judge(error, tries(Reason.REJECTED, Reason.REJECTED)).state is DeliveryState.DEAD


def test_a_vendors_own_limit_of_tries_is_kept() -> None:
    busy = RetryLaterError("x", most_tries=4, reason=Reason.SERVER, vendor_code="-1")
    assert judge(busy, tries(*[Reason.SERVER] * 2)).state is DeliveryState.WAITING
    assert judge(busy, tries(*[Reason.SERVER] * 3)).state is DeliveryState.DEAD


def test_a_person_who_retries_gets_the_whole_schedule_again() -> None:
    verdict = judge(RetryLaterError("x", reason=Reason.SERVER), tries(*[Reason.SERVER] * 8, last=DeliveryState.DEAD))
    assert verdict.state is DeliveryState.WAITING


def test_a_refused_message_is_dead_and_its_destination_lives() -> None:
    verdict = judge(RefusedMessageError("x", reason=Reason.TOO_LONG))
    assert (verdict.state, verdict.reason, verdict.disable) == (DeliveryState.DEAD, Reason.TOO_LONG, None)


def test_a_destination_that_is_gone_is_disabled() -> None:
    verdict = judge(DestinationGoneError("已被移出群", reason=Reason.GONE))
    assert (verdict.state, verdict.disable) == (DeliveryState.DEAD, "已被移出群")


def test_a_refused_account_stops_the_channel_and_loses_nothing() -> None:
    verdict = judge(ChannelMisconfiguredError("x", reason=Reason.AUTH))
    assert (verdict.state, verdict.channel_stuck) == (DeliveryState.WAITING, True)
    assert verdict.next_attempt_at == NOW + timedelta(minutes=15)


def test_a_mistake_of_our_own_is_a_dead_letter_whose_text_tells_no_secret() -> None:
    verdict = judge(KeyError("key=693a91f6"))
    assert verdict.state is DeliveryState.DEAD
    assert "693a91f6" not in str(verdict.detail)


def test_a_lost_answer_is_resent_or_held_as_the_policy_says() -> None:
    lost = RetryLaterError("x", reason=Reason.TIMEOUT, ambiguous=True)
    assert judge(lost, idempotent=False).state is DeliveryState.WAITING
    assert judge(lost, idempotent=False, policy=AmbiguousSends.HOLD).state is DeliveryState.HELD
    assert judge(lost, idempotent=True, policy=AmbiguousSends.HOLD).state is DeliveryState.WAITING
    assert judge(lost).ambiguous


def test_an_interrupted_delivery_is_resent_or_held_as_the_policy_says() -> None:
    states = {
        (idempotent, policy): judge_interrupted(now=NOW, idempotent=idempotent, policy=policy).state
        for idempotent in (True, False)
        for policy in AmbiguousSends
    }
    assert states == {
        (True, AmbiguousSends.RESEND): DeliveryState.WAITING,
        (True, AmbiguousSends.HOLD): DeliveryState.WAITING,
        (False, AmbiguousSends.RESEND): DeliveryState.WAITING,
        (False, AmbiguousSends.HOLD): DeliveryState.HELD,
    }


def test_what_was_never_sent_waits_again_at_once_and_uses_up_no_try() -> None:
    verdict = judge_late(now=NOW)
    assert (verdict.state, verdict.next_attempt_at, verdict.ambiguous) == (DeliveryState.WAITING, NOW, False)
    after = judge(RetryLaterError("x", reason=Reason.SERVER), tries(Reason.INTERRUPTED))
    assert after.next_attempt_at == NOW + timedelta(seconds=RETRY_SECONDS[0])


def test_what_may_have_arrived_earlier_is_held_once_its_repetition_would_not_be_known() -> None:
    error = RetryLaterError("忙", reason=Reason.SERVER)
    made = [msgspec.structs.replace(tries(Reason.TIMEOUT)[0], ambiguous=True), *tries(Reason.SERVER)]
    assert judge(error, made, idempotent=True, policy=AmbiguousSends.HOLD).state is DeliveryState.WAITING
    assert judge(error, made, idempotent=False, policy=AmbiguousSends.HOLD).state is DeliveryState.HELD
    assert judge(error, made, idempotent=False).state is DeliveryState.WAITING


def test_a_repetition_is_known_for_as_long_as_the_vendor_remembers_the_first_that_may_have_arrived() -> None:
    (attempt,) = tries(Reason.TIMEOUT)
    made = [attempt, msgspec.structs.replace(attempt, ambiguous=True, started_at=NOW)]
    hours = timedelta(hours=4)
    assert recognised(hours, made, NOW + timedelta(hours=3))
    assert not recognised(hours, made, NOW + hours)
    assert recognised(hours, [attempt], NOW + timedelta(days=9))
    assert not recognised(idempotent=False, made=made, at=NOW)
