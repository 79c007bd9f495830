"""Whatever waits and wherever the answer is cut, every group is planned whole, or cut only where it alone is more than fits."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from services.notifier.planning.waiting import Group, deal_out
from shared.store.records import Alert
from tests.unit.notifier.making import alert, publication


def answer(waits: dict[Group, int], asked: list[Group], limit: int) -> list[Alert]:
    """What the store's ``pending`` returns, however groups are asked for."""
    return [
        alert(publication(f"CN{100 + n}A"), subscription_id=group[0], destination_id=group[1])
        for group in sorted(asked)
        for n in range(waits[group])
    ][:limit]


@given(counts=st.lists(st.integers(0, 5), min_size=1, max_size=8), limit=st.integers(1, 6), order=st.randoms())
def test_every_group_is_dealt_with_in_the_end(counts: list[int], limit: int, order: Random) -> None:
    waits = {(f"s{n}", "d"): count for n, count in enumerate(counts)}
    told: dict[Group, int] = {}
    groups = order.sample(list(waits), len(waits))
    while groups:
        dealt, again = deal_out(groups, answer(waits, groups, limit), limit=limit)
        assert len(again) < len(groups)
        assert not told.keys() & dealt.keys()
        told |= {group: len(alerts) for group, alerts in dealt.items()}
        groups = again
    assert told == {group: min(count, limit) for group, count in waits.items() if count}
