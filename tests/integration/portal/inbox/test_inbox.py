"""The inbox: complete, each item once, filtered, read by one member and not by the other, nobody else's."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from services.portal.desk.drafts import SubscriptionDraft
from services.portal.desk.inbox import Wanted
from services.portal.desk.refusals import ForbiddenError, InvalidError, MissingError
from shared.filing.marks import Verdict
from tests.integration.portal.inbox.conftest import ALERTS, Office

if TYPE_CHECKING:
    from services.portal.desk.actor import Actor
    from shared.store.filed import Position

pytestmark = pytest.mark.asyncio(loop_scope="package")

EVERYTHING = Wanted()


async def numbers(office: Office, wanted: Wanted = EVERYTHING, *, limit: int = 7) -> list[str]:
    """Return the keys of all pages."""
    found: list[str] = []
    after: Position | None = None
    while True:
        page = await office.desk.inbox.page(office.owner, wanted, after=after, limit=limit)
        assert len(page.items) <= limit
        found += [row.key for row in page.items]
        if (after := page.after) is None:
            return found


async def unread(office: Office, member: "Actor") -> int:
    """Return how many items a member has not seen."""
    return len((await office.desk.inbox.page(member, Wanted(unread=True))).items)


async def test_pages_show_everything_once_newest_first(office: Office) -> None:
    await office.tell(*(office.alert(n) for n in range(ALERTS)))
    assert await numbers(office) == [f"CN{n:04}A" for n in reversed(range(ALERTS))]


async def test_what_two_subscriptions_tell_comes_once_with_the_reasons_of_both(office: Office) -> None:
    other = await office.desk.subscriptions.make(
        office.owner, SubscriptionDraft(profiles=(office.profiles[1],), destinations=(office.destinations[1],))
    )
    for n in range(20):
        await office.tell(office.alert(n), office.alert(n, profile=1, subscription_id=other.card.id))
    for limit in (1, 3, 50):
        assert await numbers(office, limit=limit) == [f"CN{n:04}A" for n in reversed(range(20))]
    row = await office.desk.inbox.get(office.owner, "CN0003A")
    assert {one.profile_id for one in row.whys} == set(office.profiles)
    assert len(await numbers(office, Wanted(subscription_id=other.card.id))) == 20


async def test_each_filter_leaves_only_what_fits_and_misses_nothing_of_it(office: Office) -> None:
    await office.tell(*(office.alert(n, profile=n % 2) for n in range(ALERTS)))
    for n in (5, 6):
        await office.desk.marking.mark(office.owner, f"CN{n:04}A", Verdict.RELEVANT)
    office.clock.set(office.clock.now() + timedelta(seconds=1))
    await office.desk.marking.mark(office.colleague, "CN0006A", Verdict.IRRELEVANT)
    await office.desk.following_up.assign(office.owner, "CN0050A", office.colleague.account_id)
    every = [f"CN{n:04}A" for n in reversed(range(ALERTS))]
    assert await numbers(office, Wanted(profile_id=office.profiles[1])) == every[::2]
    guangzhou = [key for key in every if int(key[2:6]) % 3 == 0]
    assert await numbers(office, Wanted(region="4401")) == guangzhou
    assert await numbers(office, Wanted(applicant="广州")) == guangzhou
    assert await numbers(office, Wanted(opinion="relevant")) == ["CN0005A"]
    assert await numbers(office, Wanted(opinion="irrelevant")) == ["CN0006A"]
    assert len(await numbers(office, Wanted(opinion="open"))) == ALERTS - 2
    assert await numbers(office, Wanted(assigned_to=office.colleague.account_id)) == ["CN0050A"]


async def test_a_week_ends_where_the_next_begins_in_local_time(office: Office) -> None:
    await office.tell(*(office.alert(n) for n in range(ALERTS)))
    zone = office.desk.around.settings.zone
    days = {
        key: (await office.desk.inbox.get(office.owner, key)).told_at.astimezone(zone).date()
        for key in await numbers(office)
    }
    monday = min(days.values()) - timedelta(days=min(days.values()).weekday())
    for week in (monday - timedelta(weeks=1), monday, monday + timedelta(weeks=1)):
        expected = [key for key, day in days.items() if week <= day < week + timedelta(weeks=1)]
        assert await numbers(office, Wanted(monday=week)) == expected
    assert await numbers(office, Wanted(monday=date(2020, 1, 6))) == []


async def test_what_one_member_has_read_is_still_new_to_the_other(office: Office) -> None:
    inbox = office.desk.inbox
    await office.tell(*(office.alert(n) for n in range(3)))
    await inbox.read(office.owner, "CN0001A")
    assert await numbers(office, Wanted(unread=True)) == ["CN0002A", "CN0000A"]
    assert await unread(office, office.colleague) == 3
    office.clock.set(office.clock.now() + timedelta(days=7))
    await inbox.read_all(office.owner)
    assert await unread(office, office.owner) == 0
    assert await unread(office, office.colleague) == 3


async def test_nobody_else_sees_or_touches_an_item(office: Office) -> None:
    desk, stranger = office.desk, office.stranger
    await office.tell(office.alert(1))
    assert (await desk.inbox.page(stranger)).items == []
    for asked in (
        desk.inbox.get(stranger, "CN0001A"),
        desk.following_up.note(stranger, "CN0001A", "看看"),
        desk.following_up.assign(stranger, "CN0001A", ""),
        desk.inbox.page(stranger, Wanted(subscription_id=office.subscription_id)),
        desk.inbox.page(stranger, Wanted(profile_id=office.profiles[0])),
        desk.tightenings.proposals(stranger, office.profiles[0]),
        desk.following_up.assign(office.owner, "CN0001A", stranger.account_id),
    ):
        with pytest.raises(MissingError):
            await asked
    assert (await desk.inbox.get(office.owner, "CN0001A")).follow_up is None


async def test_notes_are_read_by_all_and_taken_back_by_their_author_or_the_owner(office: Office) -> None:
    desk = office.desk
    await office.tell(office.alert(1))
    await desk.following_up.note(office.owner, "CN0001A", " 第一条\r\n第二行 ")
    told = await desk.following_up.note(office.colleague, "CN0001A", "我的")
    assert [note.text for note in told.notes] == ["第一条\n第二行", "我的"]
    with pytest.raises(ForbiddenError):
        await desk.following_up.remove_note(office.colleague, "CN0001A", told.notes[0].id)
    left = await desk.following_up.remove_note(office.owner, "CN0001A", told.notes[1].id)
    assert [note.text for note in left.notes] == ["第一条\n第二行"]
    for text in ("", "  \n", "长" * 2_001):
        with pytest.raises(InvalidError):
            await desk.following_up.note(office.owner, "CN0001A", text)
