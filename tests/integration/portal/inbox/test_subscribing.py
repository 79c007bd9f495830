"""One message a person and time; proposals to tighten; what waits; the way from a mail to the list."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import msgspec
import pytest

from services.notifier.delivery.needed import needed
from services.notifier.delivery.writing import written
from services.portal.desk.drafts import SubscriptionDraft
from services.portal.desk.refusals import ConflictError, InvalidError, StaleError
from services.portal.desk.tightening import Tightenings
from shared.advice import Count, Tightening
from shared.filing.marks import Verdict
from shared.testing.advice import PlainAdvice
from shared.unsubscribe import Unsubscriber
from shared.wire.profile import Profile, Rule
from shared.wire.subscription import Subscription
from tests.contract.made import delivery
from tests.integration.portal.inbox.conftest import Office

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.notifier.channels.port import ChannelAdapter

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def another_profile(office: Office, name: str = "极片") -> str:
    made = await office.desk.profiles.make(office.owner, Profile(id="x", name=name, rules=(Rule(groups=((name,),)),)))
    return made.card.id


def draft(office: Office, profile_id: str, **changes: object) -> SubscriptionDraft:
    asked = SubscriptionDraft(
        name="极片", profiles=(profile_id,), destinations=(office.destinations[0],), schedule="daily@09:00"
    )
    return msgspec.structs.replace(asked, **changes)


async def test_a_further_profile_joins_the_subscription_of_the_same_people_and_time(office: Office) -> None:
    desk, profile_id = office.desk, await another_profile(office)
    done = await desk.joining_subscriptions.join_or_add(office.owner, draft(office, profile_id))
    assert (done.joined, done.own.card.id) == (True, office.subscription_id)
    assert done.own.subscription.profiles == (*office.profiles, profile_id)
    again = await desk.joining_subscriptions.join_or_add(office.owner, draft(office, profile_id))
    assert (again.joined, again.own.revision) == (True, done.own.revision)
    assert len((await desk.subscriptions.page(office.owner)).items) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"schedule": "daily@10:00"},
        {"quiet": "22:00-08:00"},
        {"cap": 5},
        {"workdays": True},
        {"events": ("pledge",)},
        {"corrections": True},
        {"heartbeat": True},
    ],
)
async def test_whatever_differs_makes_a_subscription_of_its_own(office: Office, changes: dict[str, object]) -> None:
    asked = draft(office, await another_profile(office), **changes)
    done = await office.desk.joining_subscriptions.join_or_add(office.owner, asked)
    assert not done.joined
    assert done.own.card.id != office.subscription_id


async def test_who_did_not_ask_for_a_monthly_word_joins_who_did_and_leaves_it_to_them(office: Office) -> None:
    desk, there = office.desk, await office.desk.subscriptions.get(office.owner, office.subscription_id)
    wordy = draft(office, office.profiles[0], profiles=office.profiles, heartbeat=True)
    await desk.subscriptions.replace(office.owner, office.subscription_id, wordy, revision=there.revision)
    done = await desk.joining_subscriptions.join_or_add(office.owner, draft(office, await another_profile(office)))
    assert (done.joined, done.own.subscription.heartbeat) == (True, True)


async def test_who_wants_a_message_of_its_own_gets_it_and_a_paused_one_is_not_joined(office: Office) -> None:
    desk, asked = office.desk, draft(office, await another_profile(office))
    assert not (await desk.joining_subscriptions.join_or_add(office.owner, asked, separate=True)).joined
    for own in (await desk.subscriptions.page(office.owner)).items:
        await desk.subscriptions.pause(office.owner, own.card.id, paused=True)
    assert not (await desk.joining_subscriptions.join_or_add(office.owner, asked)).joined


async def test_profiles_that_join_at_the_same_time_are_all_in(office: Office) -> None:
    ids = [await another_profile(office, f"电池{n}") for n in range(4)]
    done = await asyncio.gather(
        *(office.desk.joining_subscriptions.join_or_add(office.owner, draft(office, one)) for one in ids)
    )
    assert all(one.joined for one in done)
    own = await office.desk.subscriptions.get(office.owner, office.subscription_id)
    assert set(own.subscription.profiles) == {*office.profiles, *ids}


async def test_who_read_while_another_process_was_writing_reads_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The card is changed a moment before its subscription: who comes in between sees the new one and the old other."""
    stored, ours = office.desk.around.store.subscriptions, await another_profile(office, "卷绕")
    older = [await stored.get(office.subscription_id)] * 2
    theirs = await another_profile(office, "叠片")
    await office.desk.joining_subscriptions.join(office.owner, office.subscription_id, (theirs,))
    get = stored.get

    async def late(subscription_id: str) -> Subscription | None:
        return older.pop() if older else await get(subscription_id)

    monkeypatch.setattr(stored, "get", late)
    done = await office.desk.joining_subscriptions.join(office.owner, office.subscription_id, (ours,))
    assert done.own.subscription.profiles == (*office.profiles, theirs, ours)
    assert await get(office.subscription_id) == done.own.subscription


async def test_nobody_joins_with_what_is_anothers(office: Office) -> None:
    with pytest.raises(InvalidError):
        await office.desk.joining_subscriptions.join_or_add(office.stranger, draft(office, office.profiles[0]))


class Tightener(PlainAdvice):
    """Proposes to exclude one word, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())

    async def tighten(
        self, profile: Profile, *, irrelevant: "Sequence[str]", relevant: "Sequence[str]"
    ) -> tuple[Tightening, ...]:
        """Exclude 铅酸."""
        self.asked = (tuple(irrelevant), tuple(relevant))
        rule = msgspec.structs.replace(profile.rules[0], none=("铅酸",))
        changed = msgspec.json.encode(msgspec.structs.replace(profile, rules=(rule,)))
        return (
            Tightening(
                text="排除“铅酸”", profile=changed, removes=tuple(irrelevant), loses=(), before=Count(matches=9),
                after=Count(matches=4),
            ),
        )  # fmt: skip


async def test_what_was_judged_proposes_a_change_that_is_applied_as_it_was_shown(office: Office) -> None:
    desk, advice = office.desk, Tightener()
    tightenings = Tightenings(replace(desk.around, advice=advice), desk.profiles)
    await office.tell(office.alert(1), office.alert(2), office.alert(3, profile=1))
    assert (await tightenings.proposals(office.owner, office.profiles[0])).items == ()
    await desk.marking.mark(office.owner, "CN0001A", Verdict.IRRELEVANT)
    await desk.marking.mark(office.colleague, "CN0002A", Verdict.RELEVANT)
    await desk.marking.mark(office.owner, "CN0003A", Verdict.IRRELEVANT)
    offered = await tightenings.proposals(office.owner, office.profiles[0])
    assert advice.asked == (("CN0001A",), ("CN0002A",))
    (one,) = offered.items
    with pytest.raises(StaleError):
        await tightenings.apply(office.owner, office.profiles[0], "0" * 64, revision=offered.own.revision)
    changed = await tightenings.apply(office.owner, office.profiles[0], one.digest, revision=offered.own.revision)
    assert changed.profile.rules[0].none == ("铅酸",)
    assert changed.profile.id == office.profiles[0]
    with pytest.raises(StaleError):  # the page was of the profile before
        await tightenings.apply(office.owner, office.profiles[0], one.digest, revision=offered.own.revision)


async def test_what_waits_is_counted_once_a_publication_and_only_for_its_people(office: Office) -> None:
    await office.tell(*(office.alert(n) for n in range(3)))
    own = await office.desk.subscriptions.get(office.owner, office.subscription_id)
    assert (await office.desk.waiting.of(office.owner, [own.subscription]))[office.subscription_id].publications == 3
    assert await office.desk.waiting.of(office.stranger, [own.subscription]) == {}


class Recognising:
    """A channel whose receiver knows a repetition."""

    idempotent = True


async def test_a_mail_that_left_something_out_names_the_list_of_an_organisations_subscription_alone(
    office: Office,
) -> None:
    around = office.desk.around
    place = (await office.desk.destinations.get(office.owner, office.destinations[0])).destination
    told = {}
    for subscription_id, left_out in ((office.subscription_id, 7), (office.subscription_id, 0), ("an-operators", 7)):
        sent = msgspec.structs.replace(
            delivery("d-1", destination_id=place.id), subscription_id=subscription_id, left_out=left_out
        )
        message = await written(
            around,
            Unsubscriber(around.secrets, around.settings.public_url),
            sent,
            place,
            cast("ChannelAdapter", Recognising()),
            needs=replace((await needed(around.store, [sent]))[sent], alerts=[office.alert(1)]),
        )
        told[subscription_id, left_out] = message.frame.list_url
    assert told == {
        (office.subscription_id, 7): f"https://zhitui.example.cn/inbox?subscription={office.subscription_id}",
        (office.subscription_id, 0): None,
        ("an-operators", 7): None,
    }


async def test_there_is_room_for_so_many_profiles_in_one_message(office: Office) -> None:
    with pytest.raises((ConflictError, InvalidError)):
        await office.desk.joining_subscriptions.join_or_add(
            office.owner, draft(office, "p-none", profiles=tuple(f"p-{n}" for n in range(200)))
        )
