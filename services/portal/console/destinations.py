"""``/destinations``: where alerts go, how each does; and one new. One that is there is in `services.portal.console.destinations_one`."""

from typing import TYPE_CHECKING

from services.portal.console.channel_words import CHANNELS
from services.portal.console.cursors import after_in, cursor_of
from services.portal.console.delivery_words import REASONS
from services.portal.console.destinations_one import proof_sent, shown_with
from services.portal.console.faults import shown_again
from services.portal.console.pressed_once import pressed_once
from services.portal.desk.actor import Permission
from services.portal.desk.drafts import DestinationDraft
from services.portal.desk.reachable_apps import apps_of, members_of
from services.portal.desk.refusals import Fault, InvalidError, RefusalError, Text
from shared.wire.subscription import Channel, DestinationState

if TYPE_CHECKING:
    from aiohttp import web

    from services.portal.console.frame import Frame
    from services.portal.console.visit import Visit

PAGE = 50

_MADE = Text("已登记。接下来验证一下。", "Registered. Now it is to be verified.")
_NO_APP = Text("请先选一个已连接的企业微信应用。", "Choose a connected app of WeCom first.")
_NO_ADDRESS = Text("请填写地址。", "Write the address.")


class DestinationsRoom:
    """The list, and the form for a new one."""

    def __init__(self, frame: "Frame") -> None:
        self._frame = frame
        self._desk = frame.desk

    def routes(self) -> "list[web.RouteDef]":
        """Return them."""
        frame = self._frame
        return [
            frame.get("/destinations", self.listing),
            frame.get("/destinations/new", self.form),
            frame.post("/destinations/new", pressed_once(self.make)),
        ]

    async def listing(self, visit: "Visit") -> "web.Response":
        """The organisation's destinations and how they do."""
        found = await self._desk.destinations.page(visit.actor, after=after_in(visit), limit=PAGE)
        return visit.page(
            "destinations.html",
            destinations=found.items,
            healths=await self._desk.healths.overview(visit.actor, [own.card for own in found.items]),
            after=cursor_of(found.after),
            is_first="after" not in visit.request.query,
            channels=CHANNELS,
            reasons=REASONS,
            may_edit=visit.actor.may(Permission.WRITE_DESTINATIONS),
        )

    async def form(self, visit: "Visit") -> "web.Response":
        """Choose a channel, then write the address."""
        visit.actor.need(Permission.WRITE_DESTINATIONS)
        return await self._form(visit, visit.request.query.get("channel", ""))

    async def make(self, visit: "Visit") -> "web.Response":
        """Register a destination."""
        visit.actor.need(Permission.WRITE_DESTINATIONS)
        try:
            own = await self._desk.destinations.make(visit.actor, self._draft(visit))
        except RefusalError as error:
            return await self._form(visit, visit.field("channel"), error)
        if own.told:
            return await shown_with(self._frame, visit, own)
        if own.destination.state is DestinationState.UNVERIFIED:
            return await proof_sent(self._frame, visit, own.destination.id, _MADE)
        return visit.go(f"/destinations/{own.destination.id}", _MADE)

    def _draft(self, visit: "Visit") -> DestinationDraft:
        channel = visit.field("channel")
        if channel not in CHANNELS:
            raise InvalidError
        options = {"secret": visit.field("secret")} if visit.field("secret") else {}
        address = "self" if channel == Channel.FEED else visit.field("address")
        if channel == Channel.WECOM_APP:
            if not visit.field("corp"):
                raise InvalidError(Fault("/corp", _NO_APP))
            options["corp"] = visit.field("corp")
            address = "|".join(filter(None, [*visit.form.getall("member", []), address]))
        if not address:
            raise InvalidError(Fault("/address", _NO_ADDRESS))
        return DestinationDraft(name=visit.field("name"), channel=Channel(channel), address=address, options=options)

    async def _form(self, visit: "Visit", channel: str, error: RefusalError | None = None) -> "web.Response":
        again = shown_again(visit, error)
        if "options" in again["faults"]:
            again["faults"]["secret"] = again["faults"]["options"]  # the only one that is typed
        around = self._frame.around
        apps = await apps_of(around, visit.actor) if channel == Channel.WECOM_APP else []
        return visit.page(
            "destinations_new.html",
            **again,
            channels=CHANNELS,
            channel=channel if channel in CHANNELS else "",
            words=CHANNELS.get(channel),  # type: ignore[call-overload]  # an enum of texts
            apps=apps,
            app_options=[(app.id, f"{app.corp_id} · {app.agent_id}") for app in apps],
            members=await members_of(around, apps),
            ticked=visit.form.getall("member", []),
        )
