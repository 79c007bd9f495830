"""How many calls are worth being out at a time, learnt from how long answers take.

A receiver that works on one message after another takes no more of them a second when more wait for it: each only takes longer. One
that is far away takes twice as many from twice as many calls. So the width is doubled for a while, now and then, and stays so where
answers take no longer; and it is halved, and stays so where they take less. What counts is the quarter of answers that is quickest:
some always take long.
"""

FEWEST = 2
MOMENT_SECONDS = 0.001
MOMENT_CALLS = 4
"""Of who answers within that moment few calls are out however many may be, as sending takes longer; many at a time cost less each."""

MOST = 256
"""More than there are places."""

ENOUGH_A_SECOND = 2500.0
ANSWERS = 12
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
        self.calls = FEWEST
        self._seconds: list[float] = []
        self._skipped = 0
        self._rest = FIRST_REST
        self._is_wider_next = True
        self._before: tuple[int, float] | None = None

    def answered(self, seconds: float) -> None:
        """Learn how long an answer took while others waited for a call to end."""
        if self._skipped:  # it began with another width
            self._skipped -= 1
            return
        self._seconds.append(seconds)
        if len(self._seconds) >= max(ANSWERS, self.calls):
            quick = sorted(self._seconds)[len(self._seconds) // 4]
            self._seconds.clear()
            self._look(quick)

    def _look(self, seconds: float) -> None:
        if self._before is None:
            if self.calls <= MOMENT_CALLS:
                self.calls = MOMENT_CALLS if seconds <= MOMENT_SECONDS else FEWEST
            self._rest -= 1
            if self._rest <= 0:
                self._try(seconds, wider=self._is_wider_next)
                self._is_wider_next = self.calls == FEWEST or not self._is_wider_next
            return
        (calls, before), self._before = self._before, None
        is_wider = self.calls > calls
        if seconds < (LIKE * before if is_wider else before / LIKE):
            self._try(seconds, wider=is_wider)
        else:
            self.calls, self._skipped, self._rest = calls, self.calls, REST

    def _try(self, seconds: float, *, wider: bool) -> None:
        calls = min(2 * self.calls, MOST) if wider else max(self.calls // 2, FEWEST)
        if calls == self.calls or (wider and self.calls >= ENOUGH_A_SECOND * seconds):
            self._rest = REST
            return
        self._before, self._skipped, self.calls = (self.calls, seconds), self.calls, calls
