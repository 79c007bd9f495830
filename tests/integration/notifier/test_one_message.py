"""Several subscriptions that tell one destination at the same look: one message, and each of them stays its own master."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from services.notifier.planning import loop
from services.notifier.planning.loop import Planner
from shared.errors import Reason
from shared.runtime.members import Membership
from shared.store.records import Alert, AlertKey, AlertState, Delivery, DeliveryState, GroupPlan, WantedDeliveries
from shared.unsubscribe import Unsubscriber, token_hash
from tests.integration.notifier.conftest import Bench
from tests.unit.notifier.making import ZONE, alert, mailbox, publication, subscription, why


def found(bench: Bench, subscription_id: str, *numbers: str, score: float = 0.5) -> list[Alert]:
    return [
        alert(
            publication(number),
            why(f"p-{subscription_id}", score=score),
            subscription_id=subscription_id,
            created_at=bench.clock.now(),
        )
        for number in numbers
    ]


async def subscribe(bench: Bench, *ids: str, **options: object) -> None:
    await bench.around.store.destinations.put(mailbox())
    for one in ids:
        await bench.around.store.subscriptions.put(subscription(id=one, **options))


async def planned(bench: Bench, *alerts: Alert) -> list[Delivery]:
    """Record alerts and plan a second later; return all deliveries, oldest first."""
    await bench.around.store.alerts.record([], alerts)
    await bench.clock.advance(2)
    await bench.planner.plan_due()
    return (await bench.around.store.deliveries.recent())[::-1]


async def test_a_publication_of_two_subscriptions_is_shown_once_with_the_reasons_of_both(bench: Bench) -> None:
    await subscribe(bench, "battery", "solid")
    (told,) = await planned(
        bench, *found(bench, "solid", "CN110083831A", "CN110083999A"), *found(bench, "battery", "CN110083831A")
    )
    assert told.sections == ("battery", "solid")
    assert told.publication_numbers == ("CN110083831A", "CN110083999A")
    assert (await bench.send(told)).state is DeliveryState.SENT
    text = bench.mailbox.mails[-1].body("plain")
    assert text.count("CN110083831A") == 1
    assert "知推 · 2 件新公开专利" in text
    assert "订阅：battery、solid" in text
    assert text.count("为什么收到") == 3
    assert await bench.around.store.alerts.state_counts() == {AlertState.PLANNED: 3}
    for one in ("battery", "solid"):
        wanted = WantedDeliveries(subscription_id=one)
        assert [found.id for found in await bench.around.store.deliveries.recent(wanted)] == [told.id]


async def test_while_a_notifier_of_the_version_before_is_alive_each_subscription_has_a_message_of_its_own(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    new, old = "pod-1-17-a1b2c3.g1", "pod-2-9-d4e5f6"
    share = Membership(new)
    share.hear([new, old])
    monkeypatch.setattr(share, "mine", lambda _: True)
    unsubscriber = Unsubscriber(bench.around.secrets, bench.around.settings.public_url)
    bench.planner = Planner(bench.around, bench.channels, unsubscriber, bench.patience, asyncio.Event(), share=share)
    await subscribe(bench, "battery", "solid")
    both = [one for name in ("battery", "solid") for one in found(bench, name, "CN110083831A")]
    assert [one.sections for one in await planned(bench, *both)] == [("battery",), ("solid",)]

    share.hear([new])
    later = [one for name in ("battery", "solid") for one in found(bench, name, "CN110083999A")]
    assert (await planned(bench, *later))[-1].sections == ("battery", "solid")


async def test_nothing_that_is_paused_or_quiet_or_waits_for_its_slot_is_pulled_along(bench: Bench) -> None:
    await subscribe(bench, "now")
    await subscribe(bench, "paused", paused=True)
    await subscribe(bench, "quiet", quiet="09:00-12:00")
    await subscribe(bench, "later", schedule="daily@12:00")
    ids = ("now", "paused", "quiet", "later")
    (told,) = await planned(bench, *(one for name in ids for one in found(bench, name, "CN110083831A")))
    assert told.sections == ("now",)
    await bench.clock.advance(timedelta(hours=2).total_seconds())
    await bench.planner.plan_due()
    second = (await bench.around.store.deliveries.recent())[0]
    assert second.sections == ("later", "quiet")
    assert second.created_at.astimezone(ZONE).hour == 12


async def test_who_is_spread_over_many_answers_of_the_store_gets_one_message_all_the_same(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit in ("GROUPS_AT_ONCE", "GROUPS_A_READ", "ALERTS_AT_ONCE"):
        monkeypatch.setattr(loop, limit, 2 if limit != "ALERTS_AT_ONCE" else 7)
    store = bench.around.store
    boxes = [f"box{n}" for n in range(3)]
    alerts = []
    for box in boxes:
        await store.destinations.put(msgspec.structs.replace(mailbox(), id=box))
    for n in range(6):
        await store.subscriptions.put(subscription(*boxes, id=f"s{n}"))
        alerts += [
            alert(publication(f"CN{110000000 + n}A"), subscription_id=f"s{n}", destination_id=box) for box in boxes
        ]
    told = await planned(bench, *alerts)
    assert sorted((one.destination_id, one.sections) for one in told) == [
        (box, tuple(f"s{n}" for n in range(6))) for box in boxes
    ]


async def test_a_section_that_somebody_else_planned_meanwhile_is_left_out_and_the_rest_is_told(bench: Bench) -> None:
    await subscribe(bench, "battery", "solid")
    store = bench.around.store
    theirs, ours = found(bench, "battery", "CN110083831A"), found(bench, "solid", "CN110083831A", "CN110083999A")
    await store.alerts.record([], [*theirs, *ours])
    await bench.clock.advance(2)
    plan = store.alerts.plan
    stolen: list[AlertKey] = []

    async def rival_first(plans: list[GroupPlan]) -> list[bool]:
        if not stolen:
            await store.alerts.settle([theirs[0].key], AlertState.FOLDED)
            stolen.append(theirs[0].key)
        return await plan(plans)

    store.alerts.plan = rival_first  # type: ignore[method-assign, assignment]
    await bench.planner.plan_due()
    assert await store.deliveries.recent() == []
    assert await store.alerts.state_counts() == {AlertState.FOLDED: 1, AlertState.PENDING: 2}
    await bench.planner.plan_due()
    (told,) = await store.deliveries.recent()
    assert (told.sections, told.publication_numbers) == (("solid",), ("CN110083831A", "CN110083999A"))


async def test_a_section_whose_people_left_since_is_left_out_and_all_gone_is_no_message(bench: Bench) -> None:
    await subscribe(bench, "battery", "solid")
    (told,) = await planned(
        bench, *found(bench, "battery", "CN110083831A"), *found(bench, "solid", "CN110083831A", "CN110083999A")
    )
    await bench.around.store.subscriptions.opt_out("battery", "box")
    assert (await bench.send(told)).state is DeliveryState.SENT
    text = bench.mailbox.mails[-1].body("plain")
    assert "订阅：solid" in text
    assert "battery" not in text
    assert "CN110083831A" in text
    (second,) = [
        one
        for one in await planned(bench, *found(bench, "solid", "CN110084000A"), *found(bench, "third", "CN110084000A"))
        if one.id != told.id
    ]
    await bench.around.store.subscriptions.remove("solid")
    verdict = await bench.send(second)
    assert (verdict.state, verdict.reason) == (DeliveryState.DEAD, Reason.GONE)


async def test_a_retry_waits_for_the_strictest_section(bench: Bench) -> None:
    await subscribe(bench, "battery", quiet="10:01-11:00")
    await subscribe(bench, "solid", quiet="10:01-13:00")
    (told,) = await planned(bench, *found(bench, "battery", "CN110083831A"), *found(bench, "solid", "CN110083831A"))
    await bench.clock.advance(120)
    bench.mailbox.rcpt_replies.append("450 later")
    verdict = await bench.send(told)
    assert verdict.state is DeliveryState.WAITING
    assert verdict.next_attempt_at is not None
    assert verdict.next_attempt_at.astimezone(ZONE).isoformat() == "2026-01-05T13:00:00+08:00"


async def test_caps_and_floods_count_for_each_subscription(bench: Bench) -> None:
    await subscribe(bench, "battery", cap=1)
    await subscribe(bench, "solid", cap=2)
    numbers = [f"CN{110000000 + n}A" for n in range(4)]
    (told,) = await planned(bench, *found(bench, "battery", *numbers), *found(bench, "solid", *numbers, score=0.7))
    assert told.publication_numbers == (numbers[0], numbers[1])
    assert told.left_out == 5
    assert [(one.subscription_id, one.left_out) for one in told.remarks or ()] == [("battery", 3), ("solid", 2)]
    await bench.send(told)
    text = bench.mailbox.mails[-1].body("plain")
    assert "另有“battery”3 件、“solid”2 件未列出" in text


async def test_one_click_leaves_every_section_and_each_link_its_own(bench: Bench) -> None:
    await subscribe(bench, "battery", "solid")
    (told,) = await planned(bench, *found(bench, "battery", "CN110083831A"), *found(bench, "solid", "CN110083831A"))
    await bench.send(told)
    mail = bench.mailbox.mails[-1]
    header = str(mail.message["List-Unsubscribe"])
    tokens = header.strip("<>").rpartition("/")[2].split(".")
    find = bench.around.store.subscriptions.find_token
    assert [await find(token_hash(token)) for token in tokens] == [("battery", "box"), ("solid", "box")]
    for name, token in zip(("battery", "solid"), tokens, strict=True):
        assert f"退订“{name}”：https://zt.example.cn/u/{token}\n" in mail.body("plain")


async def test_more_subscriptions_than_one_message_holds_become_further_pages(bench: Bench) -> None:
    ids = [f"s{n:02}" for n in range(23)]
    await subscribe(bench, *ids)
    told = await planned(bench, *(one for name in ids for one in found(bench, name, "CN110083831A")))
    told.sort(key=lambda one: one.page)
    assert [(one.page, one.pages, len(one.sections)) for one in told] == [(1, 3, 10), (2, 3, 10), (3, 3, 3)]
    assert [one for delivery in told for one in delivery.sections] == ids
