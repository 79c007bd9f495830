"""Was everything that several processes saw of some deliveries possible for one outbox that does one thing at a time?

The search of Wing and Gong (1993), with the memory of Lowe (2017): take any operation that may have been first, see whether its
answer is what the outbox would have given, go on with the rest; no set of operations is looked at twice in one state.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

WAITING, SENDING, SENT, DEAD = "waiting", "sending", "sent", "dead"


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What a process asked, and what it was told.

    Attributes:
        kind: ``start``, ``finish``, ``retry`` or ``read``.
        number: of the attempt that is finished.
        outcome: that it is finished with.
        answer: the attempt's number or ``None`` (start), whether it was dead (retry), the state (read).
        called, answered: moments on one clock; infinity when the process died before it heard.
    """

    kind: str
    delivery: str
    called: float
    answered: float = math.inf
    number: int = 0
    outcome: str = ""
    answer: object = None

    @property
    def heard(self) -> bool:
        """Whether the answer is known."""
        return self.answered < math.inf


class Outbox(NamedTuple):
    """The deliveries to one destination: (id, state, outcomes of its attempts) each."""

    deliveries: tuple[tuple[str, str, tuple[str, ...]], ...]

    @classmethod
    def of(cls, names: Iterable[str]) -> "Outbox":
        return cls(tuple((name, WAITING, ()) for name in sorted(names)))

    def after(self, operation: Operation) -> tuple["Outbox", object]:
        """Return what the outbox is after it, and what it answers: what `Deliveries` promises, in a few lines."""
        _, state, outcomes = self._of(operation.delivery)
        if operation.kind == "read":
            return self, state
        if operation.kind == "start":
            if state != WAITING or any(other == SENDING for _, other, _ in self.deliveries):
                return self, None
            return self._with(operation.delivery, SENDING, (*outcomes, SENDING)), len(outcomes) + 1
        if operation.kind == "retry":
            return (self._with(operation.delivery, WAITING, outcomes), True) if state == DEAD else (self, False)
        before = outcomes[operation.number - 1] if operation.number <= len(outcomes) else None
        if before is None or before == SENT or (before != SENDING and operation.outcome != SENT):
            return self, None
        ended = (*outcomes[: operation.number - 1], operation.outcome, *outcomes[operation.number :])
        is_last = operation.number == len(outcomes)
        return self._with(operation.delivery, operation.outcome if is_last else state, ended), None

    def _of(self, name: str) -> tuple[str, str, tuple[str, ...]]:
        return next(one for one in self.deliveries if one[0] == name)

    def _with(self, name: str, state: str, outcomes: tuple[str, ...]) -> "Outbox":
        return Outbox(tuple((name, state, outcomes) if one[0] == name else one for one in self.deliveries))


def is_linearizable(operations: Iterable[Operation], outbox: Outbox) -> bool:
    """Say whether some order of the operations, true to who came after whom, explains every answer."""
    history = sorted(operations, key=lambda operation: operation.called)
    everything = (1 << len(history)) - 1
    heard = sum(1 << index for index, operation in enumerate(history) if operation.heard)
    seen: set[tuple[int, Outbox]] = set()
    waiting = [(0, outbox)]
    while waiting:
        done, state = waiting.pop()
        if done & heard == heard:
            return True
        left = everything & ~done
        ends = min(history[index].answered for index in _bits(left))
        for index in _bits(left):
            operation = history[index]
            if operation.called > ends:
                break
            following, answer = state.after(operation)
            if operation.heard and operation.kind != "finish" and answer != operation.answer:
                continue
            step = (done | 1 << index, following)
            if step not in seen:
                seen.add(step)
                waiting.append(step)
    return False


def _bits(mask: int) -> Iterable[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
