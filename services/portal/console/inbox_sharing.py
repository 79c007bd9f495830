"""``/inbox/share``: lists for somebody outside; ``/shared/{token}``: what that one sees."""

from typing import TYPE_CHECKING

from services.portal.console.faults import shown_again
from services.portal.console.inbox_filter import query_of, wanted_in
from services.portal.desk.actor import Permission
from services.portal.desk.refusals import MissingError, RefusalError, Text
from services.portal.desk.sharing import DAYS

if TYPE_CHECKING:
    from aiohttp import web

    from services.portal.console.frame import Frame
    from services.portal.console.visit import Visit
    from services.portal.desk.sharing import Handed

_TAKEN_BACK = Text("链接已收回，打不开了。", "The link was taken back; it opens no more.")


class SharingRoom:
    """Makes links, takes them back, and opens them."""

    def __init__(self, frame: "Frame") -> None:
        self._frame = frame
        self._sharing = frame.desk.sharing

    def routes(self) -> "list[web.RouteDef]":
        """Return them."""
        frame = self._frame
        return [
            frame.get("/inbox/share", self.shown),
            frame.post("/inbox/share", self.share),
            frame.get("/shared/{token}", self.opened),
        ]

    async def shown(self, visit: "Visit") -> "web.Response":
        """The links that are open, and a form for another one."""
        return await self._page(visit)

    async def share(self, visit: "Visit") -> "web.Response":
        """Make a link, or take one back."""
        if visit.field("do") == "remove":
            await self._sharing.take_back(visit.actor, visit.field("link"))
            return visit.go("/inbox/share", _TAKEN_BACK)
        try:
            handed = await self._sharing.share(
                visit.actor, wanted_in(visit.form), title=visit.field("title"), days=visit.number("days")
            )
        except MissingError:
            raise
        except RefusalError as error:
            return await self._page(visit, error=error)
        return await self._page(visit, handed=handed)

    async def opened(self, visit: "Visit") -> "web.Response":
        """A shared list, for whoever has its address."""
        link = await self._sharing.opened(visit.request.match_info["token"])
        response = visit.page("inbox_shared.html", link=link)
        response.headers["X-Robots-Tag"] = (
            "noindex, nofollow"  # whoever posts the address shares it with its readers alone
        )
        return response

    async def _page(
        self, visit: "Visit", *, error: RefusalError | None = None, handed: "Handed | None" = None
    ) -> "web.Response":
        actor = visit.actor
        wanted = wanted_in(visit.form or visit.request.query)
        found = await self._frame.desk.inbox.page(actor, wanted, limit=1)
        base = self._frame.around.settings.public_url or str(visit.request.url.origin())
        return visit.page(
            "inbox_share.html",
            **shown_again(visit, error, {"days": "7"}),
            links=await self._sharing.all(actor),
            handed=handed,
            address=f"{base.rstrip('/')}/shared/{handed.token}" if handed else "",
            wanted=wanted,
            query=query_of(wanted),
            is_empty=not found.items,
            days=DAYS,
            may_export=actor.may(Permission.EXPORT),
        )
