"""Who asked for it hears once a month that nothing is new; nobody else does."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from services.notifier.planning.watching import Watching
from shared.runtime.members import Everything
from shared.store.records import DeliveryState, Notice, WantedDeliveries
from shared.unsubscribe import Unsubscriber, token_hash
from shared.wire.subscription import Channel, Destination, DestinationState
from tests.integration.notifier.conftest import Bench
from tests.unit.notifier.making import NOW, alert, at, mailbox, publication, robot, subscription

A_MONTH_LATER = at("2026-02-05T09:00")
"""Of a subscription made on the fifth of January."""


@pytest.fixture
def watching(bench: Bench) -> Watching:
    around = bench.around
    unsubscriber = Unsubscriber(around.secrets, around.settings.public_url)
    return Watching(around, bench.channels, unsubscriber, bench.patience, asyncio.Event(), share=Everything())


async def notes(bench: Bench) -> list[str]:
    found = await bench.around.store.deliveries.recent()
    return [delivery.destination_id for delivery in found if delivery.notice is Notice.HEARTBEAT]


async def asked(bench: Bench, *destinations: Destination, **changes: object) -> None:
    for destination in destinations:
        await bench.around.store.destinations.put(destination)
    values: dict[str, object] = {"heartbeat": True, **changes}
    await bench.around.store.subscriptions.put(subscription(*(one.id for one in destinations), **values))


async def test_a_silent_month_is_told_once_by_mail_and_in_the_group(bench: Bench, watching: Watching) -> None:
    await asked(bench, mailbox(), robot())
    bench.clock.set(A_MONTH_LATER - timedelta(minutes=1))
    await watching.plan_due()
    assert await notes(bench) == []
    bench.clock.set(A_MONTH_LATER)
    for _ in range(3):
        await watching.plan_due()
        await bench.clock.advance(86_400)
    assert sorted(await notes(bench)) == ["box", "group"]
    for delivery in await bench.around.store.deliveries.recent():
        assert (await bench.send(delivery)).state is DeliveryState.SENT
    (mail,), (message,) = bench.mailbox.mails, bench.wecom.accepted
    assert "没有新的命中" in str(mail.message["Subject"])
    assert "https://zt.example.cn/u/" in mail.body("plain")
    assert "最近一个月没有新的命中" in message.content
    assert mail.numbers == message.numbers == ()

    bench.clock.set(at("2026-03-05T09:00"))
    await watching.plan_due()
    assert len(await notes(bench)) == 4


async def test_the_way_to_unsubscribe_that_it_shows_is_known(bench: Bench, watching: Watching) -> None:
    await asked(bench, mailbox())
    bench.clock.set(A_MONTH_LATER)
    await watching.plan_due()
    (note,) = await bench.around.store.deliveries.recent()
    await bench.send(note)
    address = bench.mailbox.mails[0].body("plain").partition("/u/")[2].split()[0]
    assert await bench.around.store.subscriptions.find_token(token_hash(address)) == ("battery", "box")


async def test_whoever_was_told_something_or_is_about_to_be_hears_nothing(bench: Bench, watching: Watching) -> None:
    await bench.plan(mailbox(), subscribed=subscription("box", heartbeat=True))
    bench.clock.set(A_MONTH_LATER - timedelta(minutes=5))
    await watching.plan_due()
    bench.clock.set(A_MONTH_LATER - timedelta(minutes=4))
    await bench.around.store.alerts.record([], [alert(publication("CN110000009A"), created_at=bench.clock.now())])
    bench.clock.set(A_MONTH_LATER + timedelta(hours=1))
    await watching.plan_due()
    assert await notes(bench) == []


@pytest.mark.parametrize(
    "wish",
    [{"heartbeat": False}, {"paused": True}, {"opted_out": ("box",)}],
    ids=lambda wish: next(iter(wish)),
)
async def test_who_did_not_ask_or_wants_nothing_now_hears_nothing(
    bench: Bench, watching: Watching, wish: dict[str, object]
) -> None:
    await asked(bench, mailbox(), **wish)
    bench.clock.set(A_MONTH_LATER + timedelta(days=3))
    await watching.plan_due()
    assert await bench.around.store.deliveries.ids(WantedDeliveries()) == []


async def test_programs_unverified_and_silenced_ones_hear_nothing(bench: Bench, watching: Watching) -> None:
    hook = Destination(
        id="oa",
        channel=Channel.WEBHOOK,
        address="https://oa.example.cn/",
        state=DestinationState.ACTIVE,
        created_at=NOW,
    )
    silenced = msgspec.structs.replace(robot(), muted_until=A_MONTH_LATER + timedelta(days=9))
    await asked(bench, mailbox(DestinationState.UNVERIFIED), hook, silenced)
    bench.clock.set(A_MONTH_LATER + timedelta(days=3))
    await watching.plan_due()
    assert await notes(bench) == []
    bench.clock.set(A_MONTH_LATER + timedelta(days=9))
    await watching.plan_due()
    assert await notes(bench) == ["group"]


async def test_members_of_an_app_are_told_and_programs_are_not(bench: Bench, watching: Watching) -> None:
    members = Destination(
        id="team", channel=Channel.WECOM_APP, address="lisi", state=DestinationState.ACTIVE, created_at=NOW
    )
    feed = Destination(id="news", channel=Channel.FEED, address="hash", state=DestinationState.ACTIVE, created_at=NOW)
    await asked(bench, members, feed)
    bench.clock.set(A_MONTH_LATER)
    await watching.plan_due()
    assert await notes(bench) == ["team"]


async def test_a_note_that_nobody_wants_any_more_is_not_sent(bench: Bench, watching: Watching) -> None:
    await asked(bench, mailbox())
    bench.clock.set(A_MONTH_LATER)
    await watching.plan_due()
    await asked(bench, mailbox(), heartbeat=False)
    (note,) = await bench.around.store.deliveries.recent()
    assert (await bench.send(note)).state is DeliveryState.DEAD
    assert bench.mailbox.mails == []
