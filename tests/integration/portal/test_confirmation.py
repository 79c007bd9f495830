"""Consenting by the link in a mail."""

import pytest

from shared.runtime.role import Surroundings
from shared.verification import Verifier
from shared.wire.subscription import DestinationState
from tests.integration.portal.test_unsubscribe import ask
from tests.states import put_in_state
from tests.unit.notifier.making import mailbox


@pytest.fixture
async def link(around: Surroundings, address: str) -> str:
    box = mailbox(DestinationState.UNVERIFIED)
    await around.store.destinations.put(box)
    return f"{address}/u/confirm/{Verifier(around.secrets).token(box, around.clock.now())}"


async def state(around: Surroundings) -> DestinationState:
    found = await around.store.destinations.get("box")
    assert found is not None
    return found.state


async def test_looking_changes_nothing_and_the_button_lets_alerts_come(around: Surroundings, link: str) -> None:
    status, text = await ask("GET", link)
    assert (status, "w***@example.com" in text) == (200, True)
    assert (await ask("POST", link))[0] == 400
    assert await state(around) is DestinationState.UNVERIFIED
    for _ in range(2):
        status, text = await ask("POST", link, data={"confirm": "yes"})
        assert (status, "已确认" in text) == (200, True)
    assert await state(around) is DestinationState.ACTIVE


async def test_a_destination_that_was_disabled_does_not_come_back_by_its_old_link(
    around: Surroundings, link: str
) -> None:
    await put_in_state(around.store, "box", DestinationState.DISABLED, "坏了")
    status, text = await ask("POST", link, data={"confirm": "yes"})
    assert (status, "已停用" in text, "已确认" in text) == (409, True, False)
    assert await state(around) is DestinationState.DISABLED


async def test_a_link_that_nobody_was_sent_is_told(around: Surroundings, link: str) -> None:
    for wrong in (link[:-1], link[:-3] + "AAA", f"{link.rpartition('/')[0]}/x"):
        assert (await ask("POST", wrong, data={"confirm": "yes"}))[0] == 404
    assert await state(around) is DestinationState.UNVERIFIED
