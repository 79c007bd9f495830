"""Access tokens: asked for once by all processes, replaced in time and when the vendor takes them back, never with a refused secret."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from services.notifier.channels.port import ChannelAdapter
from services.notifier.channels.registry import open_channels
from shared.clock import Clock, SystemClock
from shared.embedded import open_embedded
from shared.errors import ChannelMisconfiguredError, RetryLaterError
from shared.secret_box import SecretBox, open_secret_box
from shared.settings import Settings
from shared.store.port import Store
from shared.testing.clock import ManualClock
from shared.testing.vendor import Misbehaviour
from shared.testing.wecom_app import AGENT_ID, CORP_ID, SECRET, FakeWeComApp
from shared.wire.subscription import Channel, Destination
from tests.unit.notifier.making import NOW

ZHANGSAN = Destination(id="team", channel=Channel.WECOM_APP, address="zhangsan", created_at=NOW)


@dataclass(frozen=True)
class House:
    """A store that all processes share, and the vendor outside."""

    settings: Settings
    store: Store
    secrets: SecretBox
    clock: Clock
    vendor: FakeWeComApp

    @asynccontextmanager
    async def process(self, **changes: object) -> AsyncIterator[ChannelAdapter]:
        """Give the channel of one process more."""
        async with open_channels(
            self.settings.model_copy(update=changes),
            self.clock,
            idempotency=self.store.idempotency,
            secrets=self.secrets,
        ) as channels:
            yield channels[Channel.WECOM_APP]


@asynccontextmanager
async def house_on(folder: Path, clock: Clock) -> AsyncIterator[House]:
    async with FakeWeComApp(clock=clock) as vendor:
        account = {"wecom_corp_id": CORP_ID, "wecom_agent_id": AGENT_ID, "wecom_app_secret": SECRET}
        settings = Settings(data_dir=folder, wecom_base_url=vendor.base_url, **account)  # type: ignore[arg-type]
        secrets = open_secret_box(settings)
        async with open_embedded(settings, clock, secrets) as (_, store):
            yield House(settings, store, secrets, clock, vendor)


@pytest.fixture
async def house(tmp_path: Path, clock: ManualClock) -> AsyncIterator[House]:
    async with house_on(tmp_path, clock) as house:
        yield house


async def test_processes_that_start_at_once_ask_for_one_token(tmp_path: Path) -> None:
    async with house_on(tmp_path, SystemClock()) as house, AsyncExitStack() as stack:
        processes = [await stack.enter_async_context(house.process()) for _ in range(5)]
        await asyncio.gather(*(process.send_test(ZHANGSAN, NOW) for process in processes for _ in range(3)))
        assert len(house.vendor.accepted) == 15
        assert house.vendor.tokens.asked == 1


async def test_a_restart_finds_the_token_that_is_good_still(house: House) -> None:
    for _ in range(3):
        async with house.process() as process:
            await process.send_test(ZHANGSAN, NOW)
    assert house.vendor.tokens.asked == 1


async def test_a_token_is_replaced_in_time_although_the_vendor_gives_the_same_one_to_its_end(
    house: House, clock: ManualClock
) -> None:
    async with house.process() as one, house.process() as other:
        await one.send_test(ZHANGSAN, NOW)
        await clock.advance(6800)
        for _ in range(20):
            await one.send_test(ZHANGSAN, NOW)
            await other.send_test(ZHANGSAN, NOW)
            await clock.advance(30)
    assert len(house.vendor.accepted) == 41
    assert house.vendor.refused in ([], [42001], [42001] * 2)
    assert 2 <= house.vendor.tokens.asked <= 8


async def test_a_token_taken_back_early_is_replaced_once_for_all_within_the_attempt(house: House) -> None:
    async with house.process() as one, house.process() as other:
        for process in (one, other):
            await process.send_test(ZHANGSAN, NOW)
        for again in range(3):
            house.vendor.tokens.revoke()
            for process in (one, other, one):
                await process.send_test(ZHANGSAN, NOW)
            assert house.vendor.tokens.asked == 2 + again
    assert len(house.vendor.accepted) == 11
    assert house.vendor.refused == [40014] * 6


async def test_a_token_that_the_vendor_stands_by_is_used_again(house: House) -> None:
    async with house.process() as process:
        house.vendor.script.append(Misbehaviour.code(40014))
        await process.send_test(ZHANGSAN, NOW)
        await process.send_test(ZHANGSAN, NOW)
    assert len(house.vendor.accepted) == 2
    assert house.vendor.tokens.asked == 2


async def test_a_token_refused_twice_stops_the_channel_and_no_third_is_asked_for(house: House) -> None:
    async with house.process() as process:
        house.vendor.script.extend([Misbehaviour.code(40014)] * 2)
        with pytest.raises(ChannelMisconfiguredError, match="ZHITUI_WECOM_APP_SECRET"):
            await process.send_test(ZHANGSAN, NOW)
    assert house.vendor.tokens.asked == 2


async def test_a_wrong_secret_is_tried_once_in_a_quarter_of_an_hour_by_however_many_processes(
    house: House, clock: ManualClock
) -> None:
    for _ in range(2):
        for _ in range(5):
            async with house.process(wecom_app_secret=_secret("wrong-one")) as process:
                with pytest.raises(ChannelMisconfiguredError, match="Secret 不对") as caught:
                    await process.send_test(ZHANGSAN, NOW)
                assert caught.value.vendor_code == "40001"
        await clock.advance(901)
    assert house.vendor.tokens.asked == 2
    async with house.process() as process:
        await process.send_test(ZHANGSAN, NOW)


@pytest.mark.parametrize(
    "answer",
    [Misbehaviour(status=502), Misbehaviour(close=True), Misbehaviour(body=b"{}"), Misbehaviour.code(0, "no token")],
    ids=["502", "torn", "no code", "no token"],
)
async def test_a_token_that_did_not_come_is_asked_for_again_and_nothing_is_ambiguous(
    house: House, answer: Misbehaviour
) -> None:
    async with house.process() as process:
        house.vendor.token_script.append(answer)
        with pytest.raises(RetryLaterError) as caught:
            await process.send_test(ZHANGSAN, NOW)
        assert not caught.value.ambiguous
        await process.send_test(ZHANGSAN, NOW)
    assert len(house.vendor.accepted) == 1


async def test_without_an_account_the_missing_settings_are_named(house: House) -> None:
    async with house.process(wecom_corp_id=None, wecom_app_secret=None) as process:
        with pytest.raises(ChannelMisconfiguredError, match="ZHITUI_WECOM_CORP_ID、ZHITUI_WECOM_APP_SECRET"):
            await process.send_test(ZHANGSAN, NOW)
    assert house.vendor.tokens.asked == 0


def _secret(text: str) -> object:
    return Settings(wecom_app_secret=text).wecom_app_secret  # type: ignore[arg-type,call-arg]
