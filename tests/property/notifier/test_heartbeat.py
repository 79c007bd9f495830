"""A year of somebody who asked to hear when nothing is new: never twice in a month, never in a month in which something came."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.notifier.planning.heartbeat import make_note, month_after, note_at
from services.notifier.planning.workdays import is_workday
from shared.schedule import parse_quiet
from shared.wire.subscription import Subscription
from tests.unit.notifier.making import ZONE, mailbox

START = datetime(2026, 1, 1, tzinfo=UTC)
SHORTEST, LONGEST = timedelta(days=27), timedelta(days=32)
NIGHT = timedelta(days=12)
"""Longest that quiet hours and days off in a row put a note off: a Spring Festival and the night after it."""

moments = st.integers(0, 364 * 24 * 3600).map(lambda seconds: START + timedelta(seconds=seconds))
quiets = st.sampled_from((None, "22:00-08:00", "08:30-12:00", "09:00-00:00"))


def asking(quiet: str | None, *, workdays: bool) -> Subscription:
    return Subscription(
        id="s",
        profiles=("p",),
        destinations=("box",),
        quiet=quiet,
        workdays=workdays,
        heartbeat=True,
        created_at=START,
    )


@given(moments)
def test_a_month_later_is_the_morning_of_the_same_day_or_of_the_last_one(moment: datetime) -> None:
    before, after = moment.astimezone(ZONE), month_after(moment, ZONE).astimezone(ZONE)
    assert (after.hour, after.minute) == (9, 0)
    assert (after.year * 12 + after.month) - (before.year * 12 + before.month) == 1
    assert after.day == before.day or (after.day < before.day and (after + timedelta(days=1)).day == 1)


@given(st.lists(moments, max_size=8), st.tuples(quiets, st.booleans()), moments)
def test_notes_come_when_a_month_was_silent_and_only_then(
    told: list[datetime], wish: tuple[str | None, bool], muted_until: datetime
) -> None:
    quiet, workdays = wish
    subscription, hours = asking(quiet, workdays=workdays), parse_quiet(quiet)
    notes: list[datetime] = []
    now = START
    while now < START + timedelta(days=365):
        heard = [at for at in told if at <= now]
        last = max([*heard, *notes], default=None)
        at = note_at([subscription], last, muted_until=muted_until, now=now, zone=ZONE)
        assert at >= now
        if at == now:
            silent = now - (last or START)
            assert silent >= SHORTEST
            assert now >= muted_until
            assert hours is None or not hours.covers(now.astimezone(ZONE).time())
            assert not workdays or is_workday(now.astimezone(ZONE).date())
            notes.append(now)
        else:
            assert at - max(last or START, now, muted_until) <= LONGEST + NIGHT
        now += timedelta(hours=7, minutes=7)
    assert all(later - earlier >= SHORTEST for earlier, later in pairwise(notes))


def test_two_processes_make_the_same_note_of_a_month() -> None:
    subscription, now = asking(None, workdays=False), START + timedelta(days=40)
    first = make_note([subscription], mailbox(), now=now, zone=ZONE)
    second = make_note([subscription], mailbox(), now=now + timedelta(seconds=20), zone=ZONE)
    assert first.id == second.id != make_note([subscription], mailbox(), now=now + timedelta(days=31), zone=ZONE).id
