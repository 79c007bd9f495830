"""How soon the store is asked again for what is due."""

from typing import Any, cast

import pytest

from services.notifier.delivery import search
from services.notifier.delivery.breakers import Breakers
from services.notifier.delivery.ready import Ready
from shared.runtime.members import Everything
from tests.contract.made import NOW


class SlowStore:
    """Has nothing due, and takes its time to say so."""

    def __init__(self, seconds: float) -> None:
        self.deliveries = self.destinations = self
        self.now = 0.0
        self._seconds = seconds

    async def due(self, *_: object, **__: object) -> list[object]:
        self.now += self._seconds
        return []

    async def many(self, _: object) -> dict[str, object]:
        return {}


@pytest.mark.parametrize(("took", "wait"), [(0.001, 0.1), (0.02, 0.4), (2.0, search.MOST_SECONDS)])
async def test_the_longer_an_answer_took_the_later_the_next_question_but_never_later_than_a_second(
    took: float, wait: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SlowStore(took)
    monkeypatch.setattr(search, "elapsed_seconds", lambda: store.now)
    asking = search.Search(cast("Any", store), Ready(), Breakers(), Everything())
    assert not await asking.more(set(), NOW)
    assert asking.wait_seconds == pytest.approx(wait)
