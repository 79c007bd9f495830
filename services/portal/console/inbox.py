"""``/inbox``: what came in, filtered, judged, exported. One item is in `services.portal.console.inbox_item`."""

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from aiohttp import web

from services.portal.console.cursors import after_in, cursor_of
from services.portal.console.inbox_filter import OPINIONS, query_of, wanted_in, weeks_until
from services.portal.console.inbox_places import asked_for, places_for, wrong_place
from services.portal.desk.actor import Permission
from services.portal.desk.exporting import Format
from services.portal.desk.refusals import MissingError, Text

if TYPE_CHECKING:
    from services.portal.console.frame import Frame
    from services.portal.console.visit import Visit
    from services.portal.desk.inbox import Wanted

PAGE = 30

_ALL_READ = Text("已全部标为已读。", "All marked as read.")


class InboxRoom:
    """The list, and files of it."""

    def __init__(self, frame: "Frame") -> None:
        self._frame = frame
        self._desk = frame.desk

    def routes(self) -> "list[web.RouteDef]":
        """Return them."""
        frame = self._frame
        return [
            frame.get("/inbox", self.listing),
            frame.post("/inbox", self.read_all),
            frame.get("/inbox/export", self.export),
        ]

    async def listing(self, visit: "Visit") -> "web.Response":
        """What came in, as far as the filter lets it."""
        actor, wanted = visit.actor, wanted_in(visit.request.query)
        try:
            found, profiles, people = await asyncio.gather(
                self._desk.inbox.page(actor, wanted, after=after_in(visit), limit=PAGE),
                self._desk.profiles.names(actor),
                self._desk.people.names(actor),
            )
        except MissingError:
            return visit.go("/inbox")
        around = self._frame.around
        return visit.page(
            "inbox.html",
            rows=found.items,
            after=cursor_of(found.after),
            is_first="after" not in visit.request.query,
            wanted=wanted,
            tabs=_tabs(visit, wanted),
            query=query_of(wanted),
            back=f"/inbox?{visit.request.query_string}",
            profiles=list(profiles.items()),
            people=people,
            opinions=OPINIONS,
            where=asked_for(visit),
            wrong_place=wrong_place(visit),
            places=places_for(visit, asked_for(visit)) if asked_for(visit) else (),
            weeks=weeks_until(around.clock.now(), around.settings.zone),
            may_export=actor.may(Permission.EXPORT),
        )

    async def read_all(self, visit: "Visit") -> "web.Response":
        """Mark everything as read."""
        await self._desk.inbox.read_all(visit.actor)
        return visit.go("/inbox", _ALL_READ)

    async def export(self, visit: "Visit") -> "web.Response":
        """The list as a file."""
        query = visit.request.query
        form = query.get("format", "")
        if form not in set(Format):
            raise MissingError
        file = await self._desk.exporting.file(visit.actor, wanted_in(query), Format(form))
        return web.Response(
            body=file.content,
            content_type=file.media_type,
            headers={"Content-Disposition": f'attachment; filename="{file.name}"', "Cache-Control": "no-store"},
        )


def _tabs(visit: "Visit", wanted: "Wanted") -> list[tuple[Text, str, bool]]:
    """Return the views that most people want: words, address, whether it is shown now."""
    mine = visit.actor.account_id
    views: tuple[tuple[Text, dict[str, str]], ...] = (
        (Text("全部", "All"), {}),
        (Text("未读", "Unread"), {"unread": "yes"}),
        (Text("还没判断", "Not judged"), {"opinion": "open"}),
        (Text("相关", "Relevant"), {"opinion": "relevant"}),
        (Text("分给我的", "Mine"), {"assigned": mine}),
    )
    shown = {
        name: value
        for name, value in (
            ("unread", "yes" if wanted.unread else ""),
            ("opinion", wanted.opinion),
            ("assigned", wanted.assigned_to),
        )
        if value
    }
    nothing = {"unread": "", "opinion": "", "assigned": ""}
    return [
        (words, f"inbox?{query_of(wanted, **(nothing | said))}".removesuffix("?"), said == shown)
        for words, said in views
    ]


def address_of(key: str, **query: str) -> str:
    """Return where one item is (``/inbox/CN1A``)."""
    return f"/inbox/{key}" + (f"?{urlencode(query)}" if query else "")
