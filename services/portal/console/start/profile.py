"""The first half of the guide: who are you, what are you watching, what would that have brought."""

import re
from typing import TYPE_CHECKING

from services.portal.console.editor.draft import press, profile_of, read_form, text_of, written
from services.portal.console.editor.editing import NO_NAME
from services.portal.console.editor.look import READING, Looks
from services.portal.console.editor.page import focus_of
from services.portal.console.places import places_open
from services.portal.console.pressed_once import pressed_once
from services.portal.console.start.offers import (
    APPLICANTS,
    Offers,
    from_competitors,
    from_description,
    from_own,
    written_offers,
)
from services.portal.desk.advising import advice_of
from services.portal.desk.refusals import InvalidError, Text
from shared.errors import RetryLaterError

if TYPE_CHECKING:
    from aiohttp import web

    from services.portal.console.editor.draft import Draft
    from services.portal.console.frame import Frame
    from services.portal.console.visit import Visit
    from shared.advice import Holder

_NOTHING_SAID = Text("请先写几句，或选一种方式。", "Write something first, or choose another way.")
_NAME_CHARACTERS = 120
_COMMAS = re.compile(r"[、，,;；\n\r]+")


class StartRoom:
    """``/start`` and ``/start/words``."""

    def __init__(self, frame: "Frame") -> None:
        self._frame = frame
        self._looks = Looks(frame.around)

    def routes(self) -> "list[web.RouteDef]":
        """Return them."""
        frame = self._frame
        return [
            frame.get("/start", self.company),
            frame.post("/start", self.ways),
            frame.post("/start/words", pressed_once(self.words)),
        ]

    async def company(self, visit: "Visit") -> "web.Response":
        """Ask for the company, and tell what is known of it."""
        organisation = (await self._frame.desk.organisations.mine(visit.actor)).document
        name = visit.request.query.get("company", "").strip()[:_NAME_CHARACTERS]
        asked = name or next(iter(organisation.applicants), organisation.name)
        return await self._company(visit, asked, wrong=None)

    async def ways(self, visit: "Visit") -> "web.Response":
        """Propose words in one of the ways to begin."""
        visit.need_actor()
        company = visit.field("company")[:_NAME_CHARACTERS]
        try:
            offers = await self._offers(visit, company)
        except RetryLaterError:
            offers = Offers(why=READING)
        if offers is None:
            return await self._company(visit, company, wrong=_NOTHING_SAID)
        draft = read_form(
            [("rings", "yes"), *((f"in:{p}", o.text) for p, os in offers.at.items() for o in os if o.ticked)]
        )
        draft.name = offers.name
        return await self._words(visit, draft, offers)

    async def words(self, visit: "Visit") -> "web.Response":
        """Look again at what was ticked, or make the profile of it."""
        actor, draft = visit.actor, read_form(visit.form.items())
        press(draft, visit.field("do"))
        ticked = {place: [text_of(item) for item in items] for place, items in draft.items.items()}
        offers = Offers(name=draft.name, at=written_offers(visit.form.items(), ticked))
        if visit.field("do") != "make":
            return await self._words(visit, draft, offers)
        if not draft.name:
            draft.faults["name"] = NO_NAME
        profile = profile_of(draft)
        if profile is None:
            return await self._words(visit, draft, offers, status=422)
        try:
            own = await self._frame.desk.profiles.make(actor, profile)
        except InvalidError as error:
            draft.faults[""] = error.faults[0].text if error.faults else error.text
            return await self._words(visit, draft, offers, status=422)
        return visit.go(f"/start/where?profile={own.profile.id}")

    async def _offers(self, visit: "Visit", company: str) -> Offers | None:
        """Return what one of the ways proposes, ``None`` when nothing was said."""
        advice, way = advice_of(self._frame.around), visit.field("way")
        if way == "description" and visit.field("description"):
            return await from_description(advice, visit.field("description"))
        if way == "own" and company:
            return from_own(await advice.holder(company))
        if way == "competitors":
            names = [*visit.form.getall("competitor", []), *_COMMAS.split(visit.field("competitors"))]
            if names := list(dict.fromkeys(filter(None, map(str.strip, names)))):
                return from_competitors(names, await advice.holder(company))
        return None

    async def _company(self, visit: "Visit", name: str, *, wrong: Text | None) -> "web.Response":
        holder: Holder | None = None
        is_waiting = False
        try:
            holder = await advice_of(self._frame.around).holder(name) if name else None
        except RetryLaterError:
            is_waiting = True
        return visit.page(
            "start.html",
            status=422 if wrong else 200,
            company=name,
            holder=holder,
            faults={visit.field("way"): wrong} if wrong else {},
            is_waiting=is_waiting,
            given=visit.form,
        )

    async def _words(self, visit: "Visit", draft: "Draft", offers: Offers, *, status: int = 200) -> "web.Response":
        return visit.page(
            "start_words.html",
            status=status,
            draft=draft,
            offers=offers,
            companies=offers.at.get(APPLICANTS, ()),
            live=await self._looks.live(draft),
            faults=draft.faults,
            places=places_open(visit.field("do"), draft.typed),
            focus=focus_of("add" if visit.field("do") == "look" else visit.field("do"), visit),
            written=written,
        )
