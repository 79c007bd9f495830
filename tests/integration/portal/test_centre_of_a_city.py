"""The operator's page where there is too much to look at one by one."""

from datetime import UTC, datetime

import msgspec
import pytest

from services.portal import facts as facts_module
from services.portal.console.centre import view
from services.portal.facts import gather_facts
from services.portal.findings import stuck
from services.portal.kept_facts import MOST_SECONDS, KeptFacts
from shared.runtime.role import Surroundings
from shared.wire.profile import Profile, Rule
from shared.wire.subscription import Channel, Destination, DestinationState, Subscription
from tests.contract.made import alert

NOW = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
MOST = 2


async def _city(around: Surroundings, size: int) -> None:
    """Subscription n tells profile n to destination n; those come last by their ids that the first subscription names."""
    rule = Rule(groups=(("电池",),))
    await around.store.profiles.put([Profile(id=f"p-{n}", rules=(rule,)) for n in range(size)], saved_at=NOW)
    for n in range(size):
        await around.store.destinations.put(
            Destination(
                id=f"d-{n}",
                channel=Channel.EMAIL,
                address="a@example.cn",
                state=DestinationState.ACTIVE,
                created_at=NOW,
            )
        )
        other = size - 1 - n
        await around.store.subscriptions.put(
            Subscription(
                id=f"s-{n}", profiles=(f"p-{other}",), destinations=(f"d-{other}",), schedule="hourly", created_at=NOW
            )
        )


async def test_a_city_is_looked_at_in_part_and_nothing_is_called_missing_that_is_there(
    around: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts_module, "LOOKED_AT", MOST)
    await _city(around, 6)
    facts = await gather_facts(around)
    assert facts.is_partial
    assert facts.profile_count == 6
    assert [one.id for one in facts.subscriptions] == ["s-0", "s-1"]
    assert {one.id for one in facts.profiles} == {"p-0", "p-1", "p-4", "p-5"}
    assert {one.id for one in facts.destinations} == {"d-0", "d-1", "d-4", "d-5"}
    assert stuck(facts) == []
    assert view(facts)["unmatched"] == []


async def test_a_city_that_can_be_looked_at_whole_is(around: Surroundings) -> None:
    await _city(around, 3)
    facts = await gather_facts(around)
    assert not facts.is_partial
    assert len(view(facts)["unmatched"]) == facts.profile_count == 3


class Watch:
    """A clock on which every look takes a second."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        self.seconds += 1
        return self.seconds


async def test_facts_of_a_city_are_shown_for_twenty_times_as_long_as_they_took_to_gather(
    around: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts_module, "LOOKED_AT", MOST)
    await _city(around, 3)
    watch = Watch()
    kept = KeptFacts(around, watch)
    first = await kept.get()
    await _city(around, 4)
    assert await kept.get() is first
    watch.seconds += 20
    assert (await kept.get()).profile_count == 4


async def test_facts_that_take_very_long_are_shown_for_a_minute(
    around: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts_module, "LOOKED_AT", MOST)
    await _city(around, 3)
    moments = iter([0.0, 100.0, 100.0 + MOST_SECONDS - 1, 100.0 + MOST_SECONDS, 161.0, 162.0])
    kept = KeptFacts(around, lambda: next(moments))
    first = await kept.get()
    assert await kept.get() is first
    assert await kept.get() is not first


async def test_what_can_be_looked_at_whole_is_looked_at_anew_each_time(around: Surroundings) -> None:
    await _city(around, 1)
    kept = KeptFacts(around, Watch())
    assert (await kept.get()).profile_count == 1
    await _city(around, 2)
    assert (await kept.get()).profile_count == 2


async def test_a_paused_subscription_says_how_much_waits_for_it(around: Surroundings) -> None:
    await _city(around, 2)
    for n in range(2):
        await around.store.alerts.record([], [alert(f"CN{k}A", subscription_id=f"s-{n}") for k in range(n + 2)])
    paused = await around.store.subscriptions.get("s-1")
    assert paused
    await around.store.subscriptions.put(msgspec.structs.replace(paused, paused=True))
    (finding,) = stuck(await gather_facts(around))
    assert "s-1 已暂停，3 条提醒在等" in finding.what
