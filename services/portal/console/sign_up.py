"""``/sign-up``: an organisation with its first member; ``/join/{token}``: a member who was invited; ``/privacy``."""

from typing import TYPE_CHECKING

from services.portal.console.faults import shown_again
from services.portal.desk.consents import PRIVACY_VERSION
from services.portal.desk.inviting import JOIN_PATH
from services.portal.desk.joining import Newcomer
from services.portal.desk.organisations import Particulars
from services.portal.desk.refusals import RefusalError, Text

if TYPE_CHECKING:
    from aiohttp import web

    from services.portal.console.frame import Frame
    from services.portal.console.visit import Visit

_WELCOME = Text("注册成功。三分钟建好第一个提醒。", "You are signed up. Your first alert is three minutes away.")
_JOINED = Text("已加入单位。", "You have joined.")


class SignUpRoom:
    """The pages by which people become members."""

    def __init__(self, frame: "Frame") -> None:
        self._frame = frame
        self._desk = frame.desk

    def routes(self) -> "list[web.RouteDef]":
        """Return them."""
        frame = self._frame
        return [
            frame.get("/sign-up", self.form),
            frame.post("/sign-up", self.ask),
            frame.post("/sign-up/confirm", self.confirm),
            frame.get(f"/{JOIN_PATH}{{token}}", self.invited),
            frame.post(f"/{JOIN_PATH}{{token}}", self.join),
            frame.get("/privacy", self.privacy),
        ]

    async def form(self, visit: "Visit") -> "web.Response":
        """The form for signing up."""
        return visit.go("/") if visit.guest else visit.page("sign_up.html", **shown_again(visit))

    async def ask(self, visit: "Visit") -> "web.Response":
        """Mail the code that proves the address."""
        name = visit.field("organisation")
        particulars = Particulars(name=name, applicants=(name,) if name else ())
        visitor = visit.visitor
        try:
            flow = await self._desk.joining.sign_up(visitor, visit.field("email"), _newcomer(visit), particulars)
        except RefusalError as error:
            return visit.page("sign_up.html", **shown_again(visit, error))
        return visit.page("sign_up_confirm.html", **shown_again(visit), flow=flow)

    async def confirm(self, visit: "Visit") -> "web.Response":
        """Make the organisation, as the code proves the address."""
        gate, flow = self._frame.gate, visit.field("flow")
        try:
            account = await self._desk.joining.confirm(visit.visitor, flow, visit.field("code"))
        except RefusalError as error:
            return visit.page("sign_up_confirm.html", **shown_again(visit, error), flow=flow)
        response = visit.go("/start", _WELCOME)
        await gate.sign_in(visit.request, response, account, by="sign-up")
        return response

    async def invited(self, visit: "Visit") -> "web.Response":
        """The form for who was invited."""
        invitation, organisation = await self._desk.inviting.look(visit.request.match_info["token"])
        return visit.page("sign_up_join.html", **shown_again(visit), email=invitation.email, organisation=organisation)

    async def join(self, visit: "Visit") -> "web.Response":
        """Join the organisation that invited."""
        gate, token = self._frame.gate, visit.request.match_info["token"]
        invitation, organisation = await self._desk.inviting.look(token)
        try:
            account = await self._desk.inviting.accept(visit.visitor, token, _newcomer(visit))
        except RefusalError as error:
            return visit.page(
                "sign_up_join.html", **shown_again(visit, error), email=invitation.email, organisation=organisation
            )
        response = visit.go("/", _JOINED)
        await gate.sign_in(visit.request, response, account, by="invitation")
        return response

    async def privacy(self, visit: "Visit") -> "web.Response":
        """What is kept of people, why and how long."""
        return visit.page("sign_up_privacy.html", version=PRIVACY_VERSION)


def _newcomer(visit: "Visit") -> Newcomer:
    return Newcomer(
        name=visit.field("name"), password=visit.form.get("password") or None, agrees=visit.field("agrees") == "yes"
    )
