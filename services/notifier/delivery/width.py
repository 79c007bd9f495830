"""How many calls are worth being out at a time, learnt from how long answers take.

A receiver that works on one message after another takes no more of them a second when more wait for it: each only takes longer. One
that is far away takes twice as many from twice as many calls. So the width is doubled for a while, now and then, and stays so where
answers take no longer; and it is halved, and stays so where they take less. What counts is the quarter of answers that is quickest:
some always take long.

Answers become quicker for other reasons, too: a program that has just started is slow, and so is a busy machine. So the width before
is looked at once more before the double one stays, and all further doublings are held against that.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

FEWEST = 2
MOMENT_SECONDS = 0.001
MOMENT_CALLS = 4
"""Of who answers within that moment few calls are out however many may be, as sending takes longer; many at a time cost less each."""

MOST = 256
"""More than there are places."""

ENOUGH_A_SECOND = 2500.0
ANSWERS = 8
"""So many at least are looked at together."""

LIKE = 1.4
FIRST_REST = 1
REST = 8
"""So many looks without a trial."""


class Width:
    """See the module.

    Attributes:
        calls: so many are worth it now.
    """

    def __init__(self) -> None:
        self._looks = _looks()
        self.calls = next(self._looks)
        self._seconds: list[float] = []
        self._skipped = 0

    def answered(self, seconds: float) -> None:
        """Learn how long an answer took while others waited for a call to end."""
        if self._skipped:  # it began with another width
            self._skipped -= 1
            return
        self._seconds.append(seconds)
        if len(self._seconds) >= max(ANSWERS, self.calls):
            quick = sorted(self._seconds)[len(self._seconds) // 4]
            self._seconds.clear()
            before, self.calls = self.calls, self._looks.send(quick)
            self._skipped = before if self.calls != before else 0


def _looks() -> "Generator[int, float, None]":
    """Give how many calls shall be out until the next look, and be sent how many seconds the quicker answers took until then."""
    calls, rest, is_wider_next = FEWEST, FIRST_REST, True
    while True:
        for _ in range(rest):
            seconds = yield calls
            if calls <= MOMENT_CALLS:
                calls = MOMENT_CALLS if seconds <= MOMENT_SECONDS else FEWEST
        calls = yield from _widened(calls, seconds) if is_wider_next else _narrowed(calls, seconds)
        rest, is_wider_next = REST, calls == FEWEST or not is_wider_next


def _widened(calls: int, seconds: float) -> "Generator[int, float, int]":
    """Double the width as long as answers take no longer than they did."""
    wide = _double(calls, seconds)
    if wide == calls or (doubled := (yield wide)) >= LIKE * seconds:
        return calls
    seconds = min(seconds, (yield calls))
    if doubled >= LIKE * seconds:
        return calls
    while (wider := _double(wide, seconds)) != wide and (yield wider) < LIKE * seconds:
        wide = wider
    return wide


def _double(calls: int, seconds: float) -> int:
    return calls if calls >= ENOUGH_A_SECOND * seconds else min(2 * calls, MOST)


def _narrowed(calls: int, seconds: float) -> "Generator[int, float, int]":
    """Halve the width as long as answers take less for it."""
    while (narrow := max(calls // 2, FEWEST)) != calls:
        halved = yield narrow
        if halved >= seconds / LIKE:
            break
        calls, seconds = narrow, halved
    return calls
