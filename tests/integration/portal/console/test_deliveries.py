"""The page of a message: its way from what it tells to the answers, sent again, and told to the programs again."""

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from services.portal.desk.actor import Actor
from services.portal.desk.drafts import DestinationDraft, SubscriptionDraft
from shared.errors import Reason
from shared.filing.event_calls import EVENT_CALLS, call_id
from shared.filing.events import EVENTS, Event, EventType, failure_id
from shared.store.records import Delivery, DeliveryState, Notice, Remark
from shared.wire.profile import Profile, Rule
from shared.wire.subscription import Channel, DestinationState
from tests.contract.made import alert, delivery, plan, why
from tests.integration.portal.console.forms import Reader
from tests.integration.portal.console.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="package")


class Told:
    """A message of two subscriptions, to a mailbox beside which there is a webhook."""

    def __init__(self, site: Site, owner: Actor) -> None:
        self.desk, self.store, self.owner = site.desk, site.desk.around.store, owner
        self.now = site.desk.around.clock.now()
        self.mailbox = self.webhook = ""

    async def plan(self, **changes: object) -> Delivery:
        """Plan it; a field of the delivery may be another."""
        profile = await self.desk.profiles.make(
            self.owner, Profile(id="x", name="隔膜", rules=(Rule(groups=(("隔膜",),)),))
        )
        self.mailbox = await self._destination("研发部", Channel.EMAIL, "wang@example.cn")
        self.webhook = await self._destination("办公系统", Channel.WEBHOOK, "https://oa.example.cn/zhitui")
        subscribed = [
            (
                await self.desk.subscriptions.make(
                    self.owner,
                    SubscriptionDraft(name=name, profiles=(profile.card.id,), destinations=(self.mailbox,)),
                )
            ).card.id
            for name in ("日报", "竞争对手")
        ]
        found = [
            alert("CN1A", why(profile.card.id), subscription_id=one, destination_id=self.mailbox) for one in subscribed
        ]
        await self.store.alerts.record([], found)
        values: dict[str, object] = {
            "subscription_id": subscribed[0],
            "subscription_ids": tuple(subscribed),
            "remarks": (Remark(subscription_id=subscribed[1], left_out=37),),
            "created_at": self.now,
            **changes,
        }
        planned = replace(delivery("m-1", destination_id=self.mailbox), **values)
        assert await self.store.alerts.plan([plan(planned, *(found if planned.publication_numbers else ()))]) == [True]
        return planned

    async def ended(self, state: DeliveryState, **said: object) -> None:
        """Try it once, with this end."""
        attempt = await self.store.deliveries.start("m-1", owner="me", now=self.now, lease_seconds=60)
        assert attempt is not None
        await self.store.deliveries.finish(replace(attempt, outcome=state, **said), state=state, now=self.now)

    async def event(self) -> str:
        """Note that it was given up, and that the webhook does not know; return the event's id."""
        event = Event(
            id=failure_id("m-1", 1), organisation_id=self.owner.organisation_id, type=EventType.DELIVERY_FAILED,
            at=self.now, destination_id=self.mailbox, delivery_id="m-1", untold=(self.webhook,),
        )  # fmt: skip
        await self.store.shelf(EVENTS).add([event])
        return event.id

    async def _destination(self, name: str, channel: Channel, address: str) -> str:
        draft = DestinationDraft(name=name, channel=channel, address=address)
        made = (await self.desk.destinations.make(self.owner, draft)).destination
        await self.store.destinations.put(replace(made, state=DestinationState.ACTIVE))
        return made.id


@pytest.fixture
def told(site: Site, owner: Actor) -> Told:
    return Told(site, owner)


async def test_a_message_shows_its_way_and_one_that_was_given_up_is_sent_again(told: Told, member: Reader) -> None:
    await told.plan()
    await told.ended(
        DeliveryState.DEAD,
        reason=Reason.REJECTED,
        vendor_code="554",
        detail="对方认为是垃圾邮件",
        duration_seconds=1.25,
    )
    page = await member.open("/deliveries/m-1")
    for said in (
        "研发部 没发出去", "日报、竞争对手，另有 37 件", "一种固态电池", "CN1A", "相关度 50",
        "没成功，不再试", "对方拒收这条消息", "对方认为是垃圾邮件", "对方的代码 554", "1.2 秒", "m-1",
    ):  # fmt: skip
        assert said in page.text, said
    await page.send("/deliveries/m-1/retry")
    assert "正在重发" in page.text
    stored = await told.store.deliveries.get("m-1")
    assert stored is not None
    assert stored.state is DeliveryState.WAITING
    assert "没成功，不再试" in page.text, "what was tried stays on the page"


async def test_of_one_that_may_have_arrived_people_are_told_what_a_second_try_may_do(
    told: Told, member: Reader
) -> None:
    await told.plan()
    await told.ended(DeliveryState.HELD, reason=Reason.TIMEOUT, ambiguous=True)
    page = await member.open("/deliveries/m-1")
    assert "可能收到两次" in page.text
    await page.send("/deliveries/m-1/retry")
    assert "正在重发" in page.text


async def test_the_monthly_word_says_that_it_tells_of_no_publication(told: Told, member: Reader) -> None:
    await told.plan(publication_numbers=(), notice=Notice.HEARTBEAT, remarks=UNSET)
    page = await member.open("/deliveries/m-1")
    assert "没有新命中" in page.text
    assert "还没有发过" in page.text


async def test_a_program_that_missed_an_event_is_called_again_from_both_pages(told: Told, member: Reader) -> None:
    await told.plan()
    await told.ended(DeliveryState.DEAD, reason=Reason.GONE)
    event_id = await told.event()
    page = await member.open("/deliveries/m-1")
    assert "一条消息没发出去" in page.text
    assert "还没有收下：办公系统" in page.text
    await page.send(f"/events/{event_id}/retry")
    assert "正在再次通知" in page.text
    assert page.url.endswith("/deliveries/m-1")
    calls = told.store.shelf(EVENT_CALLS)
    assert await calls.remove(call_id(event_id, told.webhook))

    await page.open(f"/destinations/{told.webhook}")
    assert "没有收下的通知" in page.text
    await page.send(f"/events/{event_id}/retry")
    assert page.url.endswith(f"/destinations/{told.webhook}")
    assert await calls.count("") == 1

    await told.store.destinations.put(
        replace(
            (await told.desk.destinations.get(told.owner, told.webhook)).destination, state=DestinationState.DISABLED
        )
    )
    await page.send(f"/events/{event_id}/retry")
    assert "先重新启用" in page.text
