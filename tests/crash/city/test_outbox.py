from datetime import UTC, datetime

import pytest

from shared.store.records import Attempt, DeliveryState
from tests.crash.city.outbox import judge

SENT, WAITING, SENDING = DeliveryState.SENT, DeliveryState.WAITING, DeliveryState.SENDING


def attempt(number: int, outcome: DeliveryState, *, ambiguous: bool = False) -> Attempt:
    return Attempt(
        delivery_id="m",
        destination_id="d",
        number=number,
        started_at=datetime(2026, 1, 6, tzinfo=UTC),
        outcome=outcome,
        ambiguous=ambiguous,
    )


TAKEN = attempt(1, SENT)
UNKNOWN_THEN_TAKEN = [attempt(1, WAITING, ambiguous=True), attempt(2, SENT)]
REFUSED_THEN_TAKEN = [attempt(1, WAITING), attempt(2, SENT)]


@pytest.mark.parametrize(
    ("attempts", "copies"),
    [
        ([TAKEN], {1}),
        (UNKNOWN_THEN_TAKEN, {1}),
        (UNKNOWN_THEN_TAKEN, {2}),
        (REFUSED_THEN_TAKEN, {1}),
        ([TAKEN, attempt(2, SENT)], {2}),
    ],
)
def test_what_the_attempts_explain_is_right(attempts: list[Attempt], copies: set[int]) -> None:
    assert judge(attempts, copies) is None


@pytest.mark.parametrize(
    ("attempts", "copies"),
    [
        ([TAKEN], {0}),
        ([TAKEN], {2}),
        ([TAKEN], {1, 2}),
        (UNKNOWN_THEN_TAKEN, {3}),
        (REFUSED_THEN_TAKEN, {2}),
        ([attempt(1, WAITING, ambiguous=True)], {1}),
        ([attempt(1, SENDING), attempt(2, SENT)], {1}),
        ([attempt(2, SENT)], {1}),
    ],
)
def test_what_they_do_not_explain_is_found(attempts: list[Attempt], copies: set[int]) -> None:
    assert judge(attempts, copies) is not None
