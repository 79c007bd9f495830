"""Before the first alert the other end agrees: a receiver answers a challenge, groups and mailboxes get a code."""

from datetime import datetime, timedelta

import msgspec
import pytest

from services.cli.destination_proof import prove
from services.notifier.channels.webhook import WebhookChannel
from services.notifier.verification.asking import ASKED
from shared.errors import InvalidInputError, ZhituiError
from shared.testing.receiver import FakeReceiver
from shared.testing.vendor import Misbehaviour
from shared.wire.subscription import Destination, DestinationState
from tests.integration.notifier.conftest import Bench
from tests.integration.notifier.test_webhook import hook
from tests.unit.notifier.making import SECRET, mailbox

UNVERIFIED = DestinationState.UNVERIFIED


@pytest.fixture
def changes() -> dict[str, object]:
    return {"intranet_receivers": "127.0.0.1"}


def new(base_url: str, **changes: object) -> Destination:
    return msgspec.structs.replace(hook(base_url), state=UNVERIFIED, **changes)


async def state(bench: Bench, destination_id: str = "oa") -> DestinationState:
    found = await bench.around.store.destinations.get(destination_id)
    assert found is not None
    return found.state


async def test_a_receiver_that_repeats_the_challenge_is_verified(bench: Bench) -> None:
    async with FakeReceiver(clock=bench.clock, secrets=[SECRET]) as receiver:
        await bench.around.store.destinations.put(new(receiver.base_url))
        await prove(bench.around, "oa")
        assert await state(bench) is DestinationState.ACTIVE
        assert b"endpoint.verification" in receiver.bodies[0]


@pytest.mark.parametrize("status", [200, 204, 500])
async def test_a_receiver_that_only_says_yes_or_fails_is_not(bench: Bench, status: int) -> None:
    async with FakeReceiver(clock=bench.clock, secrets=[SECRET]) as receiver:
        receiver.takes_challenges = False
        if status != 200:
            receiver.script.append(Misbehaviour(status=status))
        await bench.around.store.destinations.put(new(receiver.base_url))
        with pytest.raises(ZhituiError):
            await prove(bench.around, "oa")
        assert await state(bench) is UNVERIFIED


async def test_no_receiver_is_called_more_often_than_may_be_whatever_its_destinations_are_called(bench: Bench) -> None:
    async with FakeReceiver(clock=bench.clock, secrets=[SECRET]) as receiver:
        receiver.takes_challenges = False
        for number in range(5):
            await bench.around.store.destinations.put(new(receiver.base_url, id=f"oa-{number}"))
            with pytest.raises(InvalidInputError):
                await prove(bench.around, f"oa-{number}")
        assert len(receiver.bodies) == ASKED["address"]
        await bench.clock.advance(timedelta(hours=2).total_seconds())
        receiver.takes_challenges = True
        await prove(bench.around, "oa-4")
        assert await state(bench, "oa-4") is DestinationState.ACTIVE


async def test_a_mail_that_asks_holds_a_link_and_makes_nothing_active(bench: Bench) -> None:
    await bench.around.store.destinations.put(mailbox(UNVERIFIED))
    await prove(bench.around, "box")
    assert "https://zt.example.cn/u/confirm/" in bench.mailbox.mails[0].message.get_content()
    assert await state(bench, "box") is UNVERIFIED


async def test_a_receiver_that_answers_vouches_for_no_address_that_was_given_meanwhile(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    destinations = bench.around.store.destinations
    async with FakeReceiver(clock=bench.clock, secrets=[SECRET]) as receiver:
        await destinations.put(new(receiver.base_url))
        challenge = WebhookChannel.challenge

        async def answered(channel: WebhookChannel, asked: Destination, code: str, now: datetime) -> bool:
            moved = new(receiver.base_url, address=f"{receiver.base_url}/other")
            await destinations.put(moved)
            return await challenge(channel, asked, code, now)

        monkeypatch.setattr(WebhookChannel, "challenge", answered)
        with pytest.raises(InvalidInputError, match="请再测一次"):
            await prove(bench.around, "oa")
        assert await state(bench) is UNVERIFIED
