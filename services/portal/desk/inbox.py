"""The inbox of an organisation: what its subscriptions told or will tell, each item once, with what members made of it."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from services.portal.desk.actor import Permission
from services.portal.desk.cards import Slice
from services.portal.desk.inbox_rows import Row, grouped
from services.portal.desk.refusals import MissingError
from shared.filing.follow_ups import FOLLOW_UPS, follow_up_id
from shared.filing.marks import MARKS, mark_id
from shared.filing.orders import by_moment
from shared.filing.reading_places import READING_PLACES, ReadingPlace
from shared.store.filed import Position
from shared.store.positions import of_alert

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from services.portal.desk.actor import Actor
    from services.portal.desk.holdings import Holdings
    from services.portal.desk.people import People
    from shared.filing.marks import Mark
    from shared.runtime.role import Surroundings
    from shared.store.records import Alert

LOOKED_AT = 2_000
"""Alerts that are held against a filter for one page; where nothing fits among them, the page says where to go on."""

_CHUNK = 250

_SPARE = 10
"""Alerts that are asked for beyond a page: so many may tell what is on it already."""

_MOST_MEMBERS = 40
"""Members whose verdicts are shown beside one's own."""


class Opinion:
    """What a filter asks of verdicts: the last word of anybody in the organisation."""

    RELEVANT, IRRELEVANT, OPEN = "relevant", "irrelevant", "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of the inbox is asked for; what is empty asks for nothing.

    Attributes:
        subscription_id, profile_id: told by this one; found by this one.
        opinion: one of `Opinion`.
        monday: told in the week that begins on this day, local time.
        region: an applicant lies in this division (``44``, ``4401``).
        applicant: an applicant's name has these characters.
        assigned_to: this account looks after it.
        unread: the asking member has not seen it.
    """

    subscription_id: str = ""
    profile_id: str = ""
    opinion: str = ""
    monday: "date | None" = None
    region: str = ""
    applicant: str = ""
    assigned_to: str = ""
    unread: bool = False

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out."""
        return self == Wanted()

    @property
    def asks_for_judgement(self) -> bool:
        """Whether verdicts or notes decide what fits."""
        return bool(self.opinion or self.assigned_to)

    def fits_publication(self, row: Row) -> bool:
        """Whether an item fits as far as it says by itself, and the asking member knows."""
        if self.unread and not row.is_unread:
            return False
        applicants = row.publication.applicants
        if self.profile_id and all(why.profile_id != self.profile_id for why in row.whys):
            return False
        if self.region and not any((one.region or "").startswith(self.region) for one in applicants):
            return False
        asked = self.applicant.casefold()
        return not asked or any(asked in one.name.casefold() for one in applicants)

    def fits_opinion(self, row: Row) -> bool:
        """Whether an item fits by what members made of it."""
        if self.opinion and self.opinion != (row.opinion or Opinion.OPEN):
            return False
        return not self.assigned_to or (row.follow_up is not None and row.follow_up.assigned_to == self.assigned_to)


@dataclass(slots=True)
class _Scan:
    wanted: Wanted
    limit: int
    members: list[str]
    place: ReadingPlace
    after: Position | None
    rows: list[Row] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        return len(self.rows) >= self.limit


class Inbox:
    """What a member reads."""

    def __init__(self, around: "Surroundings", holdings: "Holdings", people: "People") -> None:
        self._around = around
        self._alerts = around.store.alerts
        self._holdings = holdings
        self._people = people
        self._marks = around.store.shelf(MARKS)
        self._follow_ups = around.store.shelf(FOLLOW_UPS)
        self._places = around.store.shelf(READING_PLACES)

    async def page(
        self, actor: "Actor", wanted: Wanted = Wanted(), *, after: Position | None = None, limit: int = 30
    ) -> Slice[Row]:
        """Return items, the newest first.

        An item that several subscriptions tell comes once, unless they told it far apart. A page may have less than it
        could, also none, and yet an ``after``: `LOOKED_AT` alerts were looked at.

        Args:
            actor: who asks.
            wanted: which.
            after: where the part before ended.
            limit: at most so many.

        Raises:
            MissingError: a subscription or profile is asked for that the organisation has not.
        """
        actor.need(Permission.READ)
        ids, members, place = await asyncio.gather(
            self._subscription_ids(actor, wanted), self._member_ids(actor), self._place(actor)
        )
        since, before = self._week(wanted.monday, after)
        scan = _Scan(wanted=wanted, limit=limit, members=members, place=place, after=before)
        looked_at, chunk = 0, min(_CHUNK, limit + _SPARE) if wanted.is_everything else _CHUNK
        while not scan.is_full and looked_at < LOOKED_AT:
            found = await self._alerts.inbox(ids, since=since, before=scan.after, limit=chunk)
            looked_at += len(found)
            await self._take(actor, scan, found)
            if len(found) < chunk and (not found or scan.after == of_alert(found[-1])):
                return Slice(scan.rows)
            chunk = min(_CHUNK, LOOKED_AT - looked_at)
        return Slice(scan.rows, scan.after)

    async def get(self, actor: "Actor", key: str) -> Row:
        """Return one item.

        Raises:
            MissingError: none of the organisation's subscriptions told it.
        """
        actor.need(Permission.READ)
        ids, members, place = await asyncio.gather(
            self._subscription_ids(actor, Wanted()), self._member_ids(actor), self._place(actor)
        )
        found = await self._alerts.find(ids, key)
        if not found:
            raise MissingError
        return (await self._judged(actor, _rows(found, place), members))[0]

    async def read(self, actor: "Actor", key: str) -> None:
        """Note that a member has seen an item."""
        filed = await self._places.get(actor.account_id)
        before = filed.document if filed else ReadingPlace(id=actor.account_id)
        await self._keep(before.with_key(key), filed.revision if filed else None)

    async def read_all(self, actor: "Actor") -> None:
        """Note that a member has seen all that there is now."""
        filed = await self._places.get(actor.account_id)
        place = ReadingPlace(id=actor.account_id, read_until=self._around.clock.now())
        await self._keep(place, filed.revision if filed else None)

    async def _keep(self, place: ReadingPlace, revision: int | None) -> None:
        # Who reads in two windows at once loses a mark, which is worth no second try.
        if revision is None:
            await self._places.add([place])
        else:
            await self._places.replace(place, revision=revision)

    async def _place(self, actor: "Actor") -> ReadingPlace:
        filed = await self._places.get(actor.account_id)
        return filed.document if filed else ReadingPlace(id=actor.account_id)

    async def _member_ids(self, actor: "Actor") -> list[str]:
        return [account.id for account in await self._people.all(actor)]

    async def _subscription_ids(self, actor: "Actor", wanted: Wanted) -> list[str]:
        if wanted.subscription_id:
            return [(await self._holdings.subscriptions.own(actor, wanted.subscription_id)).document.id]
        ids = [filed.document.id for filed in await self._holdings.subscriptions.all(actor)]
        if not wanted.profile_id:
            return ids
        await self._holdings.profiles.own(actor, wanted.profile_id)
        told = await self._holdings.stored.many(ids)
        return [one for one in ids if one in told and wanted.profile_id in told[one].profiles]

    def _week(self, monday: "date | None", after: Position | None) -> "tuple[datetime | None, Position | None]":
        if monday is None:
            return None, after
        begins = datetime.combine(monday, time(), self._around.settings.zone)
        ends = datetime.combine(monday + timedelta(days=7), time(), self._around.settings.zone)
        return begins, after or Position(by_moment(ends), " ")

    async def _take(self, actor: "Actor", scan: _Scan, found: "Sequence[Alert]") -> None:
        """Add the rows of a chunk that fit, and note where the last one that was taken stands."""
        if not found:
            return
        known = {row.key for row in scan.rows}
        fresh = [row for row in _rows(found, scan.place) if row.key not in known]
        fitting = [row for row in fresh if scan.wanted.fits_publication(row)]
        if scan.wanted.asks_for_judgement:
            judged = await self._judged(actor, fitting, scan.members)
            fitting = [row for row in judged if scan.wanted.fits_opinion(row)]
        taken = fitting[: scan.limit - len(scan.rows)]
        scan.rows += taken if scan.wanted.asks_for_judgement else await self._judged(actor, taken, scan.members)
        scan.after = of_alert(found[-1]) if len(taken) == len(fitting) else _behind(found, taken[-1].key)

    async def _judged(self, actor: "Actor", rows: list[Row], members: list[str]) -> list[Row]:
        """Return rows with verdicts and notes."""
        if not rows:
            return []
        org = actor.organisation_id
        shown = [actor.account_id, *(one for one in members if one != actor.account_id)][:_MOST_MEMBERS]
        marks, follow_ups = await asyncio.gather(
            self._marks.many(
                [mark_id(org, why.profile_id, row.key, who) for row in rows for why in row.whys for who in shown]
            ),
            self._follow_ups.many([follow_up_id(org, row.key) for row in rows]),
        )
        by_key: dict[str, list[Mark]] = {}
        for filed in marks.values():
            by_key.setdefault(filed.document.publication_number, []).append(filed.document)
        return [
            row.with_made_of_it(
                marks=by_key.get(row.key, ()),
                follow_up=follow.document if (follow := follow_ups.get(follow_up_id(org, row.key))) else None,
            )
            for row in rows
        ]


def _rows(found: "Sequence[Alert]", place: ReadingPlace) -> list[Row]:
    return [replace(row, is_unread=not place.has_read(row.key, row.told_at)) for row in grouped(found)]


def _behind(found: "Sequence[Alert]", key: str) -> Position:
    """Return where the first run of an item's alerts ends: nothing behind it is passed over."""
    place = next(n for n, alert in enumerate(found) if alert.key.publication_number == key)
    while place + 1 < len(found) and found[place + 1].key.publication_number == key:
        place += 1
    return of_alert(found[place])
