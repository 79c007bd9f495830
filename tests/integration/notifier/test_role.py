"""The notifier as it runs: from a match on the bus to the mailbox and the group."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from services.notifier.wiring import open_role
from shared.backends import open_backends
from shared.bus.port import Record
from shared.bus.topics import MATCHES
from shared.clock import SystemClock
from shared.metrics import Metrics
from shared.runtime.role import Role, Surroundings
from shared.secret_box import open_secret_box
from shared.settings import load_settings
from shared.store.records import AlertState, Delivery, DeliveryState, WantedDeliveries
from shared.testing.mailbox import Mailbox
from shared.testing.vendor import Misbehaviour
from shared.testing.wecom import FakeWeCom
from shared.unsubscribe import token_hash
from shared.wire.events import encode_event
from shared.wire.publication import Publication
from shared.wire.subscription import DestinationState
from tests.states import put_in_state
from tests.unit.notifier.making import KEY, alert, mailbox, publication, robot, subscription
from tests.unit.notifier.test_routing import event


@pytest.fixture
async def outside() -> AsyncIterator[tuple[FakeWeCom, Mailbox]]:
    async with FakeWeCom(clock=SystemClock(), keys=[KEY]) as wecom, Mailbox() as box:
        yield wecom, box


@pytest.fixture
async def around(tmp_path: Path, outside: tuple[FakeWeCom, Mailbox]) -> AsyncIterator[Surroundings]:
    wecom, box = outside
    settings = load_settings(
        data_dir=tmp_path,
        smtp_host="127.0.0.1",
        smtp_port=box.port,
        smtp_security="none",
        wecom_base_url=wecom.base_url,
        send_timeout_seconds=1.0,
        public_url="https://zt.example.cn",
    )
    clock = SystemClock()
    secrets = open_secret_box(settings)
    async with open_backends(settings, clock, secrets) as backends:
        yield Surroundings(
            settings=settings, bus=backends.bus, store=backends.store, clock=clock, metrics=Metrics(), secrets=secrets
        )


@contextlib.asynccontextmanager
async def running(around: Surroundings) -> AsyncIterator[Role]:
    stop = asyncio.Event()
    async with open_role(around) as role, asyncio.TaskGroup() as group:
        group.create_task(role.run(stop))
        try:
            yield role
        finally:
            stop.set()


async def until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(15):
        while not done():  # noqa: ASYNC110 - the other side is a server, and knows no event
            await asyncio.sleep(0.02)


async def until_idle(role: Role) -> None:
    async with asyncio.timeout(15):
        while not await role.is_idle():  # noqa: ASYNC110 - asking is the interface
            await asyncio.sleep(0.05)


async def found(around: Surroundings, *told: Publication) -> None:
    await around.bus.append(
        MATCHES, [Record(key=p.publication_number, value=encode_event(event(p, **{"p-1": 0.9}))) for p in told]
    )


async def test_a_match_reaches_mailbox_and_group_once_however_often_it_is_delivered(
    around: Surroundings, outside: tuple[FakeWeCom, Mailbox]
) -> None:
    wecom, box = outside
    await around.store.destinations.put(mailbox())
    await around.store.destinations.put(robot())
    await around.store.subscriptions.put(subscription("box", "group"))
    async with running(around) as role:
        await found(around, publication(), publication())
        await until_idle(role)
        await found(around, publication())
        await until_idle(role)
        assert await role.problems() == []
    assert [mail.numbers for mail in box.mails] == [("CN110083831A",)]
    assert [message.numbers for message in wecom.accepted] == [("CN110083831A",)]
    assert await around.store.alerts.match_count() == 1
    assert [box.mails[0].delivery_id] == await around.store.deliveries.ids(WantedDeliveries(destination_id="box"))
    token = box.mails[0].message["List-Unsubscribe"].strip("<>").rpartition("/")[2]
    assert await around.store.subscriptions.find_token(token_hash(token)) == ("battery", "box")


async def test_a_record_that_cannot_be_read_goes_to_the_dead_letters_and_stops_nothing(
    around: Surroundings, outside: tuple[FakeWeCom, Mailbox]
) -> None:
    await around.store.destinations.put(mailbox())
    await around.store.subscriptions.put(subscription())
    async with running(around) as role:
        await around.bus.append(
            MATCHES, [Record(key="x", value=b"{"), Record(key="x", value=b'{"v":99}'), Record(key="x", value=None)]
        )
        await found(around, publication())
        await until_idle(role)
    assert len(outside[1].mails) == 1
    assert around.metrics.dead_letters.labels(MATCHES.name)._value.get() == 3


async def test_a_grant_of_a_told_application_is_folded(
    around: Surroundings, outside: tuple[FakeWeCom, Mailbox]
) -> None:
    await around.store.destinations.put(mailbox())
    await around.store.subscriptions.put(subscription())
    granted = publication("CN110083831B", application_number=publication().application_number)
    async with running(around) as role:
        await found(around, publication(), granted)
        await until_idle(role)
    assert (await around.store.alerts.state_counts())[AlertState.FOLDED] == 1
    assert [mail.numbers for mail in outside[1].mails] == [("CN110083831A",)]


async def test_what_a_dead_sender_left_behind_is_sent_at_the_next_start_and_counted(
    around: Surroundings, outside: tuple[FakeWeCom, Mailbox]
) -> None:
    store = around.store
    await store.destinations.put(mailbox())
    await store.subscriptions.put(subscription())
    await found(around, publication())
    async with running(around) as role:
        outside[1].rcpt_replies.append("450 later")
        await until_idle(role)
    (delivery,) = await store.deliveries.recent()
    now = delivery.next_attempt_at
    assert await store.deliveries.start(delivery.id, owner="local", now=now, lease_seconds=0) is not None
    async with running(around) as role:
        await until_idle(role)
    (delivery,) = await store.deliveries.recent()
    assert (delivery.state, delivery.ambiguous) == (DeliveryState.SENT, 1)
    assert around.metrics.notifier_ambiguous.labels("email", "resend")._value.get() == 1


async def test_an_unverified_destination_keeps_its_alerts_until_it_is_verified(
    around: Surroundings, outside: tuple[FakeWeCom, Mailbox]
) -> None:
    await around.store.destinations.put(mailbox(DestinationState.UNVERIFIED))
    await around.store.subscriptions.put(subscription())
    async with running(around) as role:
        await found(around, publication())
        await until_idle(role)
        assert (await around.store.alerts.state_counts())[AlertState.PENDING] == 1
        await put_in_state(around.store, "box", DestinationState.ACTIVE)
        await until_idle(role)
    assert len(outside[1].mails) == 1


async def test_alerts_of_a_removed_destination_are_dropped_visibly(around: Surroundings) -> None:
    await around.store.subscriptions.put(subscription("nowhere"))
    async with running(around) as role:
        await found(around, publication())
        await until_idle(role)
    assert (await around.store.alerts.state_counts())[AlertState.DROPPED] == 1


async def test_a_robot_that_was_removed_is_disabled_and_the_mailbox_goes_on(
    around: Surroundings, outside: tuple[FakeWeCom, Mailbox]
) -> None:
    wecom, box = outside
    wecom.forget_key(KEY)
    await around.store.destinations.put(mailbox())
    await around.store.destinations.put(robot())
    await around.store.subscriptions.put(subscription("box", "group"))
    async with running(around) as role:
        await found(around, publication())
        await until_idle(role)
    disabled = await around.store.destinations.get("group")
    assert disabled is not None
    assert (disabled.state, "93000" in str(disabled.state_reason)) == (DestinationState.DISABLED, True)
    assert len(box.mails) == 1


async def test_a_full_robot_waits_and_delays_nobody_else(
    around: Surroundings, outside: tuple[FakeWeCom, Mailbox]
) -> None:
    wecom, box = outside
    await around.store.destinations.put(mailbox())
    await around.store.destinations.put(robot())
    many = [publication(f"CN{110000000 + n}A") for n in range(400)]
    await around.store.subscriptions.put(subscription("group"))
    await around.store.subscriptions.put(subscription("box", id="mail"))
    await around.store.alerts.record(
        [], [alert(p, destination_id="group", created_at=around.clock.now()) for p in many]
    )
    async with running(around) as role:
        await until(lambda: len(wecom.accepted) >= 20)
        await found(around, publication())
        await until(lambda: bool(box.mails))
        assert not await role.is_idle()
    assert len(wecom.accepted) == 20
    assert wecom.refused == []
    counts = await around.store.deliveries.state_counts()
    assert counts[robot().channel, DeliveryState.WAITING] >= 1


async def test_stopping_lets_the_message_on_its_way_arrive(
    around: Surroundings, outside: tuple[FakeWeCom, Mailbox]
) -> None:
    await around.store.destinations.put(robot())
    await around.store.subscriptions.put(subscription("group"))
    outside[0].script.append(Misbehaviour(take=True, hang_seconds=0.5, body=msgspec.json.encode({"errcode": 0})))
    async with running(around):
        await found(around, publication())
        await until(lambda: bool(outside[0].accepted))
    (delivery,) = await around.store.deliveries.recent()
    assert delivery.state is DeliveryState.SENT


async def test_a_channel_that_is_refused_is_told_to_the_operator_and_measured(
    around: Surroundings, outside: tuple[FakeWeCom, Mailbox]
) -> None:
    def stuck() -> float | None:
        labels = {"channel": "wecom-robot"}
        return around.metrics.registry.get_sample_value("zhitui_notifier_channel_stuck", labels)

    wecom, _ = outside
    await around.store.destinations.put(robot())
    await around.store.subscriptions.put(subscription("group"))
    async with running(around) as role:
        wecom.script.append(Misbehaviour(status=404))
        await found(around, publication())
        await until(lambda: stuck() == 1)
        assert any("wecom-robot" in problem for problem in await role.problems())


async def test_what_the_store_answered_once_is_sent_without_asking_again_after_each_message(
    around: Surroundings, outside: tuple[FakeWeCom, Mailbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, box = outside
    boxes = [msgspec.structs.replace(mailbox(), id=f"box-{n}", address=f"sme{n}@example.com") for n in range(60)]
    for one in boxes:
        await around.store.destinations.put(one)
    await around.store.subscriptions.put(subscription(*(one.id for one in boxes)))
    ask = around.store.deliveries.due
    answers: list[list[Delivery]] = []

    async def asked(now: datetime, **options: Any) -> list[Delivery]:  # noqa: ANN401 - whatever the port takes
        answers.append(await ask(now, **options))
        return answers[-1]

    monkeypatch.setattr(around.store.deliveries, "due", asked)
    async with running(around):
        await found(around, publication())
        await until(lambda: len(box.mails) == len(boxes))
    assert sorted(mail.recipients[0] for mail in box.mails) == sorted(one.address for one in boxes)
    assert 1 <= sum(map(bool, answers)) <= 5
