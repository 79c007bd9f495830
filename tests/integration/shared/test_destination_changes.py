"""Whoever changes a destination undoes nothing of what others did to it, and vouches for no address but the one it looked at."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from services.notifier.delivery.disabling import disable
from services.notifier.events.recording import Recorder
from shared.consent import accept
from shared.destination_changes import TRIES, activated, changed, readdressed
from shared.errors import RetryLaterError
from shared.filing.events import EVENTS
from shared.runtime.role import Surroundings
from shared.verification import Verifier
from shared.wire.subscription import Destination, DestinationState
from tests.states import put_in_state
from tests.surroundings import open_surroundings
from tests.unit.notifier.making import mailbox

ELSEWHERE = "zhao@example.cn"


@pytest.fixture
async def around(tmp_path: Path) -> AsyncIterator[Surroundings]:
    async with open_surroundings(tmp_path) as made:
        yield made


@pytest.fixture
async def read(around: Surroundings) -> Destination:
    """A destination that nobody has verified, as somebody has read it."""
    unverified = mailbox(DestinationState.UNVERIFIED)
    await around.store.destinations.put(unverified)
    return unverified


async def there(around: Surroundings) -> Destination:
    found = await around.store.destinations.get("box")
    assert found is not None
    return found


async def moved(around: Surroundings, read: Destination) -> Destination:
    """Give it another address, as its people do."""
    other = msgspec.structs.replace(read, address=ELSEWHERE)
    made = await readdressed(around.store.destinations, read, other, to_be_proven=True)
    assert made is not None
    return made


async def test_a_code_lets_no_alert_go_to_an_address_that_it_was_not_sent_to(
    around: Surroundings, read: Destination
) -> None:
    code = Verifier(around.secrets).code(read, around.clock.now())
    await moved(around, read)
    assert not await accept(around, read, code)
    assert await activated(around.store.destinations, read) is None
    assert (await there(around)).state is DestinationState.UNVERIFIED


async def test_an_address_that_replaces_one_is_unverified_even_if_that_one_was_verified_meanwhile(
    around: Surroundings, read: Destination
) -> None:
    assert await activated(around.store.destinations, read) is not None
    assert await moved(around, read) == await there(around)
    assert (await there(around)).state is DestinationState.UNVERIFIED


async def test_a_code_does_not_bring_back_what_was_switched_off_meanwhile(
    around: Surroundings, read: Destination
) -> None:
    disabled = await put_in_state(around.store, "box", DestinationState.DISABLED, "信箱不存在")
    assert await activated(around.store.destinations, read) == disabled
    assert await there(around) == disabled


async def test_a_vendors_no_about_one_address_does_not_switch_off_the_next(
    around: Surroundings, read: Destination
) -> None:
    now_there = await moved(around, read)
    await disable(around.store, Recorder(around.store), read, "信箱不存在", around.clock.now())
    assert await there(around) == now_there
    assert await around.store.shelf(EVENTS).count("") == 0
    await disable(around.store, Recorder(around.store), now_there, "信箱不存在", around.clock.now())
    disabled = await there(around)
    assert (disabled.state, disabled.state_reason) == (DestinationState.DISABLED, "信箱不存在")


async def test_another_key_leaves_state_and_silence_as_others_have_them(
    around: Surroundings, read: Destination
) -> None:
    until = around.clock.now() + timedelta(days=7)
    others = msgspec.structs.replace(read, state=DestinationState.DISABLED, state_reason="坏了", muted_until=until)
    await around.store.destinations.put(others)
    made = msgspec.structs.replace(read, options={"secret": "新的"})
    assert await readdressed(around.store.destinations, read, made) == await there(around)
    assert await there(around) == msgspec.structs.replace(others, options={"secret": "新的"})


async def test_nothing_comes_back_that_was_removed(around: Surroundings, read: Destination) -> None:
    await around.store.destinations.remove("box")
    assert await activated(around.store.destinations, read) is None
    await disable(around.store, Recorder(around.store), read, "信箱不存在", around.clock.now())
    assert await around.store.destinations.get("box") is None


async def test_of_twenty_who_change_it_at_one_moment_each_finds_its_change_kept(
    around: Surroundings, read: Destination
) -> None:
    def longer(now: Destination) -> Destination:
        return msgspec.structs.replace(now, state_reason=(now.state_reason or "") + "又")

    done = await asyncio.gather(*(changed(around.store.destinations, read, longer) for _ in range(20)))
    assert None not in done
    assert (await there(around)).state_reason == "又" * 20


async def test_who_is_always_too_late_is_told_to_come_again(around: Surroundings, read: Destination) -> None:
    destinations, tried = around.store.destinations, 0

    class Busy:
        get = staticmethod(destinations.get)

        async def replace(self, before: Destination | None, after: Destination) -> bool:
            nonlocal tried
            tried += 1
            return False

    with pytest.raises(RetryLaterError, match="box"):
        await changed(Busy(), read, lambda now: msgspec.structs.replace(now, address=ELSEWHERE))  # type: ignore[arg-type]
    assert tried == TRIES
