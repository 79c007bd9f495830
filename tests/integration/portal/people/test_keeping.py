"""What is said of how long things are kept is kept to."""

import msgspec
import pytest

from services.portal.desk.actor import Actor, Role
from services.portal.desk.desk import Desk
from services.portal.desk.drafts import DestinationDraft, SubscriptionDraft
from services.portal.desk.erasing_data import ERASED
from services.portal.desk.leftovers import LEFT_ALONE
from services.portal.desk.organisations import Particulars
from services.portal.desk.refusals import ForbiddenError
from shared.filing.accounts import Account
from shared.filing.destination_cards import DESTINATION_CARDS
from shared.filing.errands import ERRANDS
from shared.filing.profile_cards import PROFILE_CARDS
from shared.filing.sign_in_codes import SIGN_IN_CODES
from shared.filing.subscription_cards import SUBSCRIPTION_CARDS
from shared.runtime.role import Surroundings
from shared.testing.clock import ManualClock
from shared.wire.profile import Profile, Rule
from shared.wire.subscription import Channel
from tests.people import HERE


async def test_codes_and_mails_that_are_over_are_gone_from_the_store(
    desk: Desk, account: Account, around: Surroundings, clock: ManualClock
) -> None:
    await desk.sign_in.ask_code(HERE, "wang@example.cn")
    await clock.advance(3600)
    await desk.keeping.tidy()
    assert await around.store.shelf(SIGN_IN_CODES).expire() == 0
    assert await around.store.shelf(ERRANDS).expire() == 0


async def test_an_erasure_that_was_broken_off_is_finished_later(
    desk: Desk, owner: Actor, account: Account, clock: ManualClock
) -> None:
    filed = await desk.organisations.mine(owner)
    closing = msgspec.structs.replace(filed.document, closing_at=clock.now())
    await desk.organisations.shelf.replace(closing, revision=filed.revision)
    await desk.keeping.tidy()
    assert await desk.means.accounts.get(account.id)  # somebody may be at it
    await clock.advance(LEFT_ALONE.total_seconds())
    await desk.keeping.tidy()
    assert await desk.means.accounts.get(account.id) is None
    (organisation,) = [one async for one in desk.organisations.each()]
    assert (organisation.name, organisation.erased_at) == (ERASED, clock.now())


async def test_nobody_comes_into_an_organisation_that_is_being_erased(
    desk: Desk, owner: Actor, account: Account, clock: ManualClock
) -> None:
    filed = await desk.organisations.mine(owner)
    closing = msgspec.structs.replace(filed.document, closing_at=clock.now())
    await desk.organisations.shelf.replace(closing, revision=filed.revision)
    with pytest.raises(ForbiddenError):
        await desk.people.add(owner.organisation_id, Role.EDITOR, way="wecom", wecom=("wc", "late"))
    assert await desk.means.accounts.by_wecom("wc", "late") is None
    assert [one.document.id async for one in desk.means.accounts.of(owner.organisation_id)] == [account.id]


async def test_what_a_process_that_died_left_half_made_or_half_removed_is_gone_within_the_hour(
    desk: Desk, owner: Actor, account: Account, around: Surroundings, clock: ManualClock
) -> None:
    profile = await desk.profiles.make(owner, Profile(id="new", name="电池", rules=(Rule(groups=(("电池",),)),)))
    feed = DestinationDraft(channel=Channel.FEED, address="self")
    kept, half_made = [await desk.destinations.make(owner, feed) for _ in range(2)]
    told = await desk.subscriptions.make(
        owner, SubscriptionDraft(profiles=(profile.profile.id,), destinations=(kept.card.id,))
    )
    await around.store.destinations.remove(half_made.card.id)  # its card is there, it never came to be
    card = msgspec.structs.replace(told.card, leaving=True)
    await around.store.shelf(SUBSCRIPTION_CARDS).replace(card, revision=told.revision)
    await desk.keeping.tidy()
    assert await around.store.subscriptions.get(card.id), "somebody may be at it"
    await clock.advance(LEFT_ALONE.total_seconds())
    await desk.keeping.tidy()
    assert await around.store.subscriptions.get(card.id) is None
    assert await around.store.shelf(SUBSCRIPTION_CARDS).count(account.organisation_id) == 0
    assert await around.store.shelf(PROFILE_CARDS).count(account.organisation_id) == 1
    assert list(await around.store.shelf(DESTINATION_CARDS).many([kept.card.id, half_made.card.id])) == [kept.card.id]


async def test_an_organisation_whose_founding_broke_off_is_gone_within_the_hour(
    desk: Desk, account: Account, clock: ManualClock
) -> None:
    await desk.organisations.make(Particulars(name="没有成员的单位"))
    await desk.keeping.tidy()
    assert len([one async for one in desk.organisations.each()]) == 2  # its owner may be on the way
    await clock.advance(LEFT_ALONE.total_seconds())
    await desk.keeping.tidy()
    assert [one.id async for one in desk.organisations.each()] == [account.organisation_id]
