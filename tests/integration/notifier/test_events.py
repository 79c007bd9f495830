"""What happened to an organisation's messages is told to its webhooks, each event once, and can be read again."""

import asyncio
import json
from datetime import timedelta

import pytest

from services.notifier.events.pushing import FIRST_WAIT, EventPusher
from services.notifier.events.recording import Recorder
from services.portal.desk.actor import Actor, Role, Way
from services.portal.desk.audit import Audit
from services.portal.desk.events import Events
from services.portal.desk.refusals import ConflictError
from shared.filing.destination_cards import DESTINATION_CARDS, DestinationCard
from shared.filing.event_calls import EVENT_CALLS, TRIED_FOR
from shared.filing.events import EVENTS, Event
from shared.runtime.ownership import Alone
from shared.runtime.patience import Patience
from shared.store.records import DeliveryState
from shared.testing.receiver import FakeReceiver
from shared.testing.vendor import Misbehaviour
from shared.wire.subscription import Channel, DestinationState
from tests.integration.notifier.conftest import Bench
from tests.integration.notifier.test_webhook import hook
from tests.states import put_in_state
from tests.unit.notifier.making import SECRET, alert, mailbox, publication, subscription


@pytest.fixture
def changes() -> dict[str, object]:
    return {"intranet_receivers": "127.0.0.1"}


@pytest.fixture
def pusher(bench: Bench) -> EventPusher:
    patience = Patience("notifier", bench.clock, bench.around.metrics, asyncio.Event())
    return EventPusher(bench.around, bench.channels, Alone(), patience)


async def own(bench: Bench, *destination_ids: str, organisation_id: str = "o-1") -> None:
    now = bench.clock.now()
    for destination_id in destination_ids:
        card = DestinationCard(
            id=destination_id,
            organisation_id=organisation_id,
            name="",
            made_by="a",
            made_at=now,
            changed_by="a",
            changed_at=now,
        )
        assert await bench.around.store.shelf(DESTINATION_CARDS).add([card])


async def events(bench: Bench, organisation_id: str = "o-1") -> list[Event]:
    filed = await bench.around.store.shelf(EVENTS).page(organisation_id, limit=100)
    return [one.document for one in filed]


async def refused(bench: Bench) -> str:
    """Have a mail to the mailbox given up; return its delivery's id."""
    told = alert(publication("CN110083831A"), destination_id="box", created_at=bench.clock.now())
    (delivery,) = await bench.plan(mailbox(), told, subscribed=subscription("box"))
    bench.mailbox.rcpt_replies.append("550 5.1.1 user unknown")
    await bench.send(delivery)
    return delivery.id


async def test_a_webhook_of_the_organisation_is_called_when_a_message_is_given_up_and_its_mailbox_is_gone(
    bench: Bench, pusher: EventPusher
) -> None:
    async with FakeReceiver(clock=bench.clock, secrets=[SECRET]) as receiver:
        await bench.around.store.destinations.put(hook(receiver.base_url))
        await own(bench, "box", "oa")
        delivery_id = await refused(bench)
        assert await pusher.look() == len(receiver.ids) > 0
        assert await pusher.look() == 0
        bodies = {body["type"]: body["data"] for body in map(json.loads, receiver.bodies)}
        kept = {event.type.value: event for event in await events(bench)}
        assert set(bodies) == set(kept)
        assert {event.id for event in kept.values()} == set(receiver.ids)
        disabled = bodies["destination.disabled"]
        assert disabled["destination_id"] == "box"
        assert "wang" not in json.dumps(bodies)
        stored = await bench.around.store.deliveries.get(delivery_id)
        assert stored is not None
        assert (stored.state is DeliveryState.DEAD) == ("delivery.failed" in bodies)


async def test_a_message_that_is_given_up_is_an_event_once_however_often_it_is_noted(bench: Bench) -> None:
    await own(bench, "box")
    told = alert(publication("CN110083831A"), destination_id="box", created_at=bench.clock.now())
    (delivery,) = await bench.plan(mailbox(), told, subscribed=subscription("box"))
    now = bench.clock.now()
    attempt = await bench.around.store.deliveries.start(delivery.id, owner="me", now=now, lease_seconds=60)
    assert attempt is not None
    for _ in range(3):
        await Recorder(bench.around.store).given_up(delivery, attempt, now)
    (event,) = await events(bench)
    assert (event.type, event.delivery_id, event.publication_numbers) == (
        "delivery.failed",
        delivery.id,
        ("CN110083831A",),
    )


async def test_a_receiver_that_is_away_is_called_again_and_after_a_day_no_more(
    bench: Bench, pusher: EventPusher
) -> None:
    async with FakeReceiver(clock=bench.clock, secrets=[SECRET]) as receiver:
        await bench.around.store.destinations.put(hook(receiver.base_url))
        await own(bench, "box", "oa")
        receiver.script += [Misbehaviour(status=503)] * 2
        await Recorder(bench.around.store).disabled("box", "信箱不存在", bench.clock.now())
        assert await pusher.look() == 1
        assert await pusher.look() == 0
        await bench.clock.advance(FIRST_WAIT.total_seconds())
        assert await pusher.look() == 1
        await bench.clock.advance(2 * FIRST_WAIT.total_seconds())
        assert await pusher.look() == 1
        assert len(receiver.accepted) == 1
        assert len(set(receiver.ids)) == 1
        receiver.script += [Misbehaviour(status=503)]
        await bench.clock.advance(timedelta(hours=2).total_seconds())
        await Recorder(bench.around.store).disabled("box", "信箱不存在", bench.clock.now())
        assert await pusher.look() == 1
        await bench.clock.advance(TRIED_FOR.total_seconds())
        assert await pusher.look() == 0
        assert len(await events(bench)) == 2


async def test_an_event_names_who_has_not_taken_it_and_a_person_has_them_called_for_another_day(
    bench: Bench, pusher: EventPusher
) -> None:
    async with FakeReceiver(clock=bench.clock, secrets=[SECRET]) as receiver:
        await bench.around.store.destinations.put(hook(receiver.base_url))
        await own(bench, "box", "oa")
        receiver.script += [Misbehaviour(status=503)]
        recorder = Recorder(bench.around.store)
        await recorder.disabled("box", "信箱不存在", bench.clock.now())
        assert await pusher.look() == 1
        await bench.clock.advance(TRIED_FOR.total_seconds())
        assert await pusher.look() == 0
        (event,) = await events(bench)
        assert event.untold == ("oa",)

        desk = Events(bench.around, Audit(bench.around))
        actor = Actor(account_id="a", organisation_id="o-1", role=Role.OWNER, way=Way.SESSION)
        receiver.script += [Misbehaviour(status=503)]
        await desk.retry(actor, event.id)
        assert await pusher.look() == 1
        await desk.retry(actor, event.id)
        assert await pusher.look() == 1, "who asks again does not wait for the next try"
        assert len(receiver.accepted) == 1
        (event,) = await events(bench)
        assert event.untold == ()
        with pytest.raises(ConflictError):
            await desk.retry(actor, event.id)

        await recorder.disabled("box", "信箱不存在", event.at)
        assert await pusher.look() == 0, "it is noted again, and who has taken it is not called again"


async def test_nobody_is_called_for_anothers_messages_nor_for_the_centres(bench: Bench, pusher: EventPusher) -> None:
    async with FakeReceiver(clock=bench.clock, secrets=[SECRET]) as receiver:
        await bench.around.store.destinations.put(hook(receiver.base_url))
        await own(bench, "oa", organisation_id="o-2")
        recorder = Recorder(bench.around.store)
        await recorder.disabled("box", "没有卡片的是中心的", bench.clock.now())
        await own(bench, "box")
        await recorder.disabled("box", "信箱不存在", bench.clock.now())
        assert await pusher.look() == 0
        assert receiver.bodies == []
        assert await events(bench, "o-2") == []
        assert len(await events(bench)) == 1


async def test_a_receiver_that_was_switched_off_is_not_called(bench: Bench, pusher: EventPusher) -> None:
    async with FakeReceiver(clock=bench.clock, secrets=[SECRET]) as receiver:
        await bench.around.store.destinations.put(hook(receiver.base_url))
        await own(bench, "box", "oa")
        recorder = Recorder(bench.around.store)
        await recorder.disabled("box", "信箱不存在", bench.clock.now())
        await recorder.disabled("oa", "接收方没有了", bench.clock.now())
        await put_in_state(bench.around.store, "oa", DestinationState.DISABLED, "接收方没有了")
        await pusher.look()
        assert receiver.bodies == []
        assert await bench.around.store.shelf(EVENT_CALLS).count("") == 0


async def test_a_receiver_that_nobody_thought_of_holds_up_no_other(
    bench: Bench, pusher: EventPusher, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(*_: object) -> None:
        raise KeyError("nobody thought of it")

    async with FakeReceiver(clock=bench.clock, secrets=[SECRET]) as receiver:
        await bench.around.store.destinations.put(hook(receiver.base_url))
        await own(bench, "box", "oa")
        await Recorder(bench.around.store).disabled("box", "信箱不存在", bench.clock.now())
        with monkeypatch.context() as broken:
            broken.setattr(type(bench.channels[Channel.WEBHOOK]), "announce", crash)
            assert await pusher.look() == 1
        await bench.clock.advance(FIRST_WAIT.total_seconds())
        assert await pusher.look() == 1
        assert len(receiver.accepted) == 1
