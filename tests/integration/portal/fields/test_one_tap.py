"""One tap on a field: it is told at once where the organisation has one way of being told, and asks where there are several."""

import pytest

from services.portal.desk.actor import Actor
from services.portal.desk.desk import Desk
from services.portal.desk.drafts import DestinationDraft, SubscriptionDraft
from services.portal.desk.joining_subscriptions import Joined
from shared.runtime.role import Surroundings
from shared.wire.subscription import Channel, DestinationState
from tests.integration.portal.api.bench import with_ports
from tests.integration.portal.fields.conftest import actor
from tests.states import put_in_state


@pytest.fixture
def around(around: Surroundings) -> Surroundings:
    return with_ports(around)


async def place(desk: Desk, around: Surroundings, who: Actor, name: str, state: DestinationState | None = None) -> str:
    made = await desk.destinations.make(who, DestinationDraft(channel=Channel.EMAIL, address=f"{name}@example.cn"))
    await put_in_state(around.store, made.card.id, state or DestinationState.ACTIVE)
    return made.card.id


async def subscribed(desk: Desk, who: Actor, destination: str, schedule: str = "immediate") -> str:
    own = await desk.following.subscribe(who, "xsy-2.1.1")
    draft = SubscriptionDraft(profiles=(own.profile.id,), destinations=(destination,), schedule=schedule)
    return (await desk.subscriptions.make(who, draft)).subscription.id


async def tapped(desk: Desk, who: Actor) -> tuple[str, Joined | None]:
    own = await desk.following.subscribe(who, "xsy-2.1.2")
    return own.profile.id, await desk.one_tap.tell(who, own.profile)


async def test_the_only_subscription_takes_the_field(desk: Desk, around: Surroundings, editor: Actor) -> None:
    there = await subscribed(desk, editor, await place(desk, around, editor, "a"), "weekly@mon-09:00")
    await place(desk, around, editor, "b")
    profile, told = await tapped(desk, editor)
    assert told is not None
    assert (told.own.subscription.id, told.joined) == (there, True)
    stored = await around.store.subscriptions.get(there)
    assert stored is not None
    assert stored.profiles[-1] == profile
    assert stored.schedule == "weekly@mon-09:00"


async def test_the_only_destination_is_told_every_morning(desk: Desk, around: Surroundings, editor: Actor) -> None:
    mail = await place(desk, around, editor, "a")
    await place(desk, around, editor, "b", DestinationState.UNVERIFIED)
    await place(desk, around, editor, "c", DestinationState.DISABLED)
    await place(desk, around, actor(organisation="o-2"), "strangers")
    profile, told = await tapped(desk, editor)
    assert told is not None
    assert not told.joined
    made = told.own.subscription
    assert (made.profiles, made.destinations, made.schedule, made.quiet) == (
        (profile,),
        (mail,),
        "daily@09:00",
        "22:00-08:00",
    )


async def test_a_subscription_that_sends_nothing_today_is_not_taken(
    desk: Desk, around: Surroundings, editor: Actor
) -> None:
    paused = await subscribed(desk, editor, await place(desk, around, editor, "a"))
    await desk.subscriptions.pause(editor, paused, paused=True)
    _, told = await tapped(desk, editor)
    assert told is not None
    assert told.own.subscription.id != paused


@pytest.mark.parametrize("places", [0, 2])
async def test_without_a_destination_or_with_two_people_are_asked(
    desk: Desk, around: Surroundings, editor: Actor, places: int
) -> None:
    for n in range(places):
        await place(desk, around, editor, f"p{n}")
    _, told = await tapped(desk, editor)
    assert told is None


async def test_of_two_subscriptions_people_choose(desk: Desk, around: Surroundings, editor: Actor) -> None:
    mail = await place(desk, around, editor, "a")
    await subscribed(desk, editor, mail)
    await subscribed(desk, editor, mail, "weekly@mon-09:00")
    _, told = await tapped(desk, editor)
    assert told is None
