"""From words in a chat to a card, by the roles that are there in a city; and silence in between."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from services.notifier.wiring import open_role as open_notifier
from shared.bus.port import Record
from shared.bus.topics import MATCHES
from shared.wire.events import encode_event
from tests.integration.portal.wecom.conftest import Town
from tests.integration.portal.wecom.test_chat import subscribed
from tests.unit.notifier.making import publication
from tests.unit.notifier.test_routing import event


async def found(town: Town, number: str) -> None:
    """Let the matcher find a publication for the one profile that there is."""
    (profile,) = await town.around.store.profiles.all()
    told = publication(number, "一种固态电池隔膜")
    matched = event(told, **{profile.id: 0.9})
    await town.around.bus.append(MATCHES, [Record(key=number, value=encode_event(matched))])


async def told(town: Town, messages: int) -> bool:
    return len(town.vendor.accepted) >= messages


async def until(town: Town, done: Callable[[], Awaitable[bool]], *, step_seconds: float = 1.0) -> None:
    """Let time go by in steps, and the notifier do its work, until something is so."""
    async with asyncio.timeout(20):
        while not await done():
            await town.clock.advance(step_seconds)
            await asyncio.sleep(0.01)


async def test_a_member_who_subscribed_in_a_chat_gets_cards_but_not_while_it_wants_silence(town: Town) -> None:
    await subscribed(town)
    stop = asyncio.Event()
    async with open_notifier(town.around) as role, asyncio.TaskGroup() as group:
        group.create_task(role.run(stop))
        try:
            await found(town, "CN119000001A")
            await until(town, lambda: told(town, 1), step_seconds=3_600)
            (message,) = town.vendor.accepted
            assert (message.key, message.kind, message.numbers) == ("ZhangSan", "template_card", ("CN119000001A",))
            muted_at = town.clock.now()
            await town.calls.touch("ZhangSan", "mute-week", message.body["template_card"]["task_id"])
            await found(town, "CN119000002A")
            await until(town, lambda: told(town, 2), step_seconds=14_400)
            assert town.clock.now() - muted_at >= timedelta(days=7)
            assert town.vendor.accepted[1].numbers == ("CN119000002A",)
        finally:
            stop.set()
    assert town.vendor.home.updates[0].button.startswith("已静音到")
