"""An organisation with two members, a profile that is told, and a hundred alerts; and another organisation."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
import pytest_asyncio
from msgspec.structs import replace as changed

from services.notifier.outlets import ChannelOutlets
from services.portal.desk.actor import Actor, Role, Way
from services.portal.desk.desk import Desk
from services.portal.desk.drafts import DestinationDraft, SubscriptionDraft
from shared.filing.organisations import ORGANISATIONS, Organisation
from shared.ids import fresh_id
from shared.store.records import Alert
from shared.testing.advice import PlainAdvice
from shared.testing.clock import ManualClock
from shared.wire.profile import Profile, Rule
from shared.wire.publication import Applicant
from shared.wire.subscription import Channel
from tests.contract.made import alert, match, why
from tests.people import WITH_MAIL, CountedPasswords
from tests.surroundings import open_surroundings

ALERTS = 100


@dataclass(frozen=True, kw_only=True)
class Office:
    """What tests ask.

    Attributes:
        owner, colleague: of the organisation that is told.
        stranger: the owner of another one.
        profiles, destinations: ids.
        clock: the installation's.
        subscription_id: tells both profiles to the first destination.
    """

    desk: Desk
    owner: Actor
    colleague: Actor
    stranger: Actor
    profiles: tuple[str, ...]
    destinations: tuple[str, ...]
    subscription_id: str
    clock: ManualClock

    def alert(self, n: int, *, profile: int = 0, subscription_id: str = "") -> Alert:
        """Return one: the older the number, the newer; every third has an applicant of Guangzhou."""
        made = alert(
            f"CN{n:04}A",
            why(self.profiles[profile]),
            subscription_id=subscription_id or self.subscription_id,
            destination_id=self.destinations[0],
            at=self.clock.now() + timedelta(hours=n),
        )
        applicant = Applicant(
            name="广州电池" if n % 3 == 0 else "张三", region="440106" if n % 3 == 0 else "1101",
            type="company" if n % 3 == 0 else "person", address="某路 1 号",
        )  # fmt: skip
        return changed(made, publication=changed(made.publication, applicants=(applicant,), inventors=("李四",)))

    async def tell(self, *alerts: Alert) -> None:
        """Record alerts."""
        await self.desk.around.store.alerts.record([match(*self.profiles)], alerts)


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """One desk for all: each test has organisations of its own."""
    async with open_surroundings(tmp_path_factory.mktemp("inbox"), **WITH_MAIL) as made:
        around = replace(made, advice=PlainAdvice(), outlets=ChannelOutlets(made.settings, made.clock))
        desk = Desk(around, passwords=CountedPasswords())
        yield desk
        desk.close()


async def member(desk: Desk, organisation_id: str, role: Role) -> Actor:
    name = "王工" if role is Role.OWNER else "李工"
    account = await desk.people.add(
        organisation_id, role, way="command-line", email=f"{organisation_id}-{role}@example.cn", name=name
    )
    return Actor(account_id=account.id, organisation_id=organisation_id, role=role, way=Way.SESSION)


@pytest_asyncio.fixture(loop_scope="package")
async def office(desk: Desk) -> Office:
    ours, theirs = fresh_id("o"), fresh_id("o")
    now = desk.around.clock.now()
    await desk.around.store.shelf(ORGANISATIONS).add(
        [Organisation(id=one, name=one, created_at=now) for one in (ours, theirs)]
    )
    owner, colleague = await member(desk, ours, Role.OWNER), await member(desk, ours, Role.VIEWER)
    profiles = [
        (await desk.profiles.make(owner, Profile(id="x", name=name, rules=(Rule(groups=((name,),)),)))).card.id
        for name in ("固态电池", "隔膜")
    ]
    destinations = [
        (
            await desk.destinations.make(owner, DestinationDraft(channel=Channel.EMAIL, address=f"{n}@example.cn"))
        ).card.id
        for n in "ab"
    ]
    draft = SubscriptionDraft(profiles=tuple(profiles), destinations=(destinations[0],), schedule="daily@09:00")
    made = await desk.subscriptions.make(owner, draft)
    clock = desk.around.clock
    assert isinstance(clock, ManualClock)
    return Office(
        desk=desk, owner=owner, colleague=colleague, stranger=await member(desk, theirs, Role.OWNER),
        profiles=tuple(profiles), destinations=tuple(destinations), subscription_id=made.card.id, clock=clock,
    )  # fmt: skip
