"""The judge is judged: it lets pass what one outbox could have done, and nothing else."""

import math

from tests.integration.scaleout.linearizable import DEAD, SENT, WAITING, Operation, Outbox, is_linearizable

OUTBOX = Outbox.of(["m-1", "m-2"])


def start(called: float, answered: float, answer: int | None, delivery: str = "m-1") -> Operation:
    return Operation(kind="start", delivery=delivery, called=called, answered=answered, answer=answer)


def finish(called: float, answered: float, outcome: str, *, number: int = 1) -> Operation:
    return Operation(kind="finish", delivery="m-1", called=called, answered=answered, number=number, outcome=outcome)


def read(called: float, state: str) -> Operation:
    return Operation(kind="read", delivery="m-1", called=called, answered=called + 1, answer=state)


def test_one_of_two_that_start_at_once_wins() -> None:
    assert is_linearizable([start(0, 5, 1), start(1, 4, None)], OUTBOX)
    assert is_linearizable([start(0, 5, None), start(1, 4, 1)], OUTBOX)


def test_two_winners_of_one_attempt_are_one_too_many() -> None:
    assert not is_linearizable([start(0, 5, 1), start(1, 4, 1)], OUTBOX)


def test_nobody_may_be_refused_what_nobody_has() -> None:
    assert not is_linearizable([start(0, 1, None)], OUTBOX)
    assert not is_linearizable([start(0, 1, 1), finish(2, 3, WAITING), start(4, 5, None)], OUTBOX)


def test_what_came_later_cannot_have_been_first() -> None:
    assert not is_linearizable([start(0, 1, None), start(2, 3, 1)], OUTBOX)


def test_messages_to_one_destination_go_one_after_another() -> None:
    assert not is_linearizable([start(0, 1, 1), start(2, 3, 1, "m-2")], OUTBOX)
    assert is_linearizable([start(0, 1, 1), finish(2, 3, SENT), start(4, 5, 1, "m-2")], OUTBOX)


def test_what_was_sent_is_never_sent_again() -> None:
    sent = [start(0, 1, 1), finish(2, 3, SENT)]
    assert is_linearizable([*sent, finish(4, 5, WAITING), start(6, 7, None), read(8, SENT)], OUTBOX)
    assert not is_linearizable([*sent, finish(4, 5, WAITING), start(6, 7, 2)], OUTBOX)


def test_a_late_word_that_it_was_sent_counts_and_any_other_does_not() -> None:
    taken_for_dead = [start(0, 1, 1), finish(2, 3, WAITING)]
    assert is_linearizable([*taken_for_dead, finish(4, 5, SENT), read(6, SENT)], OUTBOX)
    assert is_linearizable([*taken_for_dead, finish(4, 5, DEAD), read(6, WAITING)], OUTBOX)


def test_what_a_process_asked_before_it_died_may_have_happened_or_not() -> None:
    died = start(0, math.inf, None)
    assert is_linearizable([died, start(1, 2, None)], OUTBOX)
    assert is_linearizable([died, start(1, 2, 1)], OUTBOX)
    assert not is_linearizable([start(1, 2, None), Operation(kind="start", delivery="m-1", called=3)], OUTBOX)
