"""A destination that fails for five days is disabled and somebody is told; one success forgives."""

from datetime import timedelta

import msgspec
import pytest

from services.notifier.delivery.endurance import LONGEST_FAILURE
from shared.store.records import Delivery, DeliveryState
from shared.testing.receiver import FakeReceiver
from shared.testing.vendor import Misbehaviour
from shared.wire.subscription import DestinationState
from tests.integration.notifier.conftest import Bench
from tests.integration.notifier.test_webhook import hook
from tests.unit.notifier.making import SECRET, alert, mailbox, publication, subscription

FAILS = Misbehaviour(status=500)


@pytest.fixture
def changes() -> dict[str, object]:
    return {"intranet_receivers": "127.0.0.1"}


async def planned(bench: Bench, receiver: FakeReceiver, *numbers: str) -> list[Delivery]:
    """Plan a message for each of these; a mailbox has the same subscription."""
    await bench.around.store.destinations.put(mailbox())
    made = []
    for number in numbers:
        told = alert(publication(number), destination_id="oa", created_at=bench.clock.now())
        made += await bench.plan(hook(receiver.base_url), told, subscribed=subscription("oa", "box"))
    return sorted({one.id: one for one in made}.values(), key=lambda one: one.created_at)


async def wait(bench: Bench, span: timedelta) -> None:
    await bench.clock.advance(span.total_seconds())


async def state(bench: Bench) -> tuple[DestinationState, str | None]:
    found = await bench.around.store.destinations.get("oa")
    assert found is not None
    return found.state, found.state_reason


async def test_after_five_days_it_is_disabled_and_the_mailbox_of_the_same_subscription_is_told(bench: Bench) -> None:
    async with FakeReceiver(clock=bench.clock, secrets=[SECRET]) as receiver:
        (delivery,) = await planned(bench, receiver, "CN110083831A")
        for span in (timedelta(days=4), timedelta(hours=25)):
            receiver.script.append(FAILS)
            await bench.send(delivery)
            assert await state(bench) == (DestinationState.ACTIVE, None)
            await wait(bench, span)
        receiver.script.append(FAILS)
        await bench.send(delivery)
        became, reason = await state(bench)
        assert (became, "连续 5 天" in str(reason)) == (DestinationState.DISABLED, True)
        (told,) = bench.mailbox.mails
        assert "zhitui destination enable oa" in told.message.get_content()
        assert (await bench.stored(delivery)).state is DeliveryState.WAITING


async def test_one_success_forgives_all_failures_before_it(bench: Bench) -> None:
    async with FakeReceiver(clock=bench.clock, secrets=[SECRET]) as receiver:
        first, second = await planned(bench, receiver, "CN110083831A", "CN110083832A")
        receiver.script.append(FAILS)
        await bench.send(first)
        await wait(bench, timedelta(days=3))
        await bench.send(second)
        await wait(bench, LONGEST_FAILURE)
        receiver.script.append(FAILS)
        await bench.send(first)
        assert await state(bench) == (DestinationState.ACTIVE, None)


async def test_while_nobody_gets_mail_no_mailbox_is_to_blame(bench: Bench) -> None:
    (delivery,) = await bench.plan(msgspec.structs.replace(mailbox(), id="box"))
    for _ in range(2):
        bench.mailbox.rcpt_replies.append("450 later")
        await bench.send(delivery)
        await wait(bench, LONGEST_FAILURE)
    found = await bench.around.store.destinations.get("box")
    assert found is not None
    assert found.state is DestinationState.ACTIVE
