"""``/forgotten``: a new password for who reads the mailbox."""

from typing import TYPE_CHECKING

from services.portal.console.faults import shown_again
from services.portal.desk.refusals import ConflictError, InvalidError, RefusalError, Text, TooManyError

if TYPE_CHECKING:
    from aiohttp import web

    from services.portal.console.frame import Frame
    from services.portal.console.visit import Visit

_DONE = Text("新密码已设好，其他设备都已退出登录。", "The new password is set; you were signed out elsewhere.")


class ForgottenRoom:
    """Asks for the mailbox, mails a code, takes it with the new password."""

    def __init__(self, frame: "Frame") -> None:
        self._frame = frame
        self._way = frame.desk.changing_password

    def routes(self) -> "list[web.RouteDef]":
        """Return them."""
        frame = self._frame
        return [
            frame.get("/forgotten", self.form),
            frame.post("/forgotten", self.ask),
            frame.post("/forgotten/confirm", self.reset),
        ]

    async def form(self, visit: "Visit") -> "web.Response":
        """The form for a forgotten password."""
        return visit.page("sign_in_code.html", **shown_again(visit), next="/", is_reset=True)

    async def ask(self, visit: "Visit") -> "web.Response":
        """Mail a code for a new password."""
        try:
            flow = await self._way.ask(visit.visitor, visit.field("email"))
        except (InvalidError, ConflictError, TooManyError) as error:
            return visit.page("sign_in_code.html", **shown_again(visit, error), next="/", is_reset=True)
        return visit.page("sign_in_confirm.html", **shown_again(visit), flow=flow, next="/", is_reset=True)

    async def reset(self, visit: "Visit") -> "web.Response":
        """Set a new password, with a mailed code."""
        gate, flow = self._frame.gate, visit.field("flow")
        try:
            account = await self._way.reset(visit.visitor, flow, visit.field("code"), visit.form.get("new", ""))
        except RefusalError as error:
            again = shown_again(visit, error)
            return visit.page("sign_in_confirm.html", **again, flow=flow, next="/", is_reset=True)
        response = visit.go("/", _DONE)
        await gate.sign_in(visit.request, response, account, by="code")
        return response
