"""``/organisation/log``: the audit log; ``/organisation/data``: take everything away, or have it erased."""

from typing import TYPE_CHECKING

from services.portal.console.digits import number_in
from services.portal.console.faults import shown_again
from services.portal.console.organisation.account import archive
from services.portal.desk.actor import Permission
from services.portal.desk.audit_words import action_text
from services.portal.desk.refusals import RefusalError, Text

if TYPE_CHECKING:
    from aiohttp import web

    from services.portal.console.frame import Frame
    from services.portal.console.visit import Visit

PAGE = 50

_ERASED = Text("单位已注销，数据已删除。", "The organisation is gone, and its data with it.")


class LogRoom:
    """The log, the export and the end of an organisation."""

    def __init__(self, frame: "Frame") -> None:
        self._frame = frame
        self._desk = frame.desk

    def routes(self) -> "list[web.RouteDef]":
        """Return them."""
        frame = self._frame
        return [
            frame.get("/organisation/log", self.log),
            frame.get("/organisation/data", self.data),
            frame.post("/organisation/data/export", self.export),
            frame.post("/organisation/data/erase", self.erase),
        ]

    async def log(self, visit: "Visit") -> "web.Response":
        """Who changed what, when and from where."""
        before = number_in(visit.request.query.get("after", ""))
        entries = await self._desk.audit.page(visit.actor, before=before, limit=PAGE + 1)
        return visit.page(
            "organisation_log.html",
            entries=entries[:PAGE],
            action_words=action_text,
            members=await self._desk.people.names(visit.actor),
            after=str(entries[PAGE - 1].number) if len(entries) > PAGE else None,
            is_first=before is None,
        )

    async def data(self, visit: "Visit") -> "web.Response":
        """What can be done with all that is kept of the organisation."""
        return await self._data(visit)

    async def export(self, visit: "Visit") -> "web.Response":
        """Everything that is kept of the organisation and its members, as a zip."""
        return archive(await self._desk.exporting_data.of_organisation(visit.actor), "zhitui-organisation.zip")

    async def erase(self, visit: "Visit") -> "web.Response":
        """Erase the organisation with all its members; its name must be typed."""
        try:
            await self._desk.erasing_data.organisation(visit.actor, name=visit.field("name"))
        except RefusalError as error:
            return await self._data(visit, error)
        return visit.go("/sign-in", _ERASED)

    async def _data(self, visit: "Visit", error: RefusalError | None = None) -> "web.Response":
        visit.actor.need(Permission.MANAGE_ORGANISATION)
        organisation = (await self._desk.organisations.mine(visit.actor)).document
        return visit.page("organisation_data.html", **shown_again(visit, error), organisation=organisation)
