"""``/sign-in``: by password or by a mailed code; ``/sign-out``."""

from typing import TYPE_CHECKING

from services.portal.console.faults import shown_again
from services.portal.console.visit import local_path
from services.portal.desk.refusals import ConflictError, InvalidError, RefusalError, Text, TooManyError

if TYPE_CHECKING:
    from aiohttp import web

    from services.portal.console.frame import Frame
    from services.portal.console.visit import Visit

_BYE = Text("已退出登录。", "Signed out.")


class SignInRoom:
    """The pages by which members come in and go out."""

    def __init__(self, frame: "Frame") -> None:
        self._frame = frame
        self._ways = frame.desk.sign_in

    def routes(self) -> "list[web.RouteDef]":
        """Return them."""
        frame = self._frame
        return [
            frame.get("/sign-in", self.form),
            frame.post("/sign-in", self.by_password),
            frame.get("/sign-in/code", self.code_form),
            frame.post("/sign-in/code", self.ask_code),
            frame.post("/sign-in/code/confirm", self.by_code),
            frame.post("/sign-out", self.sign_out),
        ]

    async def form(self, visit: "Visit") -> "web.Response":
        """The form for signing in."""
        if visit.guest:
            return visit.go(_next(visit))
        return self._form(visit, 200, given={}, wrong=None)

    async def by_password(self, visit: "Visit") -> "web.Response":
        """Sign in by password."""
        gate = self._frame.gate
        try:
            account = await self._ways.by_password(visit.visitor, visit.field("email"), visit.form.get("password", ""))
        except RefusalError as error:
            return self._form(visit, error.status, given=visit.form, wrong=error.text)
        response = visit.go(_next(visit))
        await gate.sign_in(visit.request, response, account, by="password")
        return response

    async def code_form(self, visit: "Visit") -> "web.Response":
        """The form that asks for a code by mail."""
        return visit.page("sign_in_code.html", **shown_again(visit), next=_next(visit), is_reset=False)

    async def ask_code(self, visit: "Visit") -> "web.Response":
        """Mail a code for signing in."""
        try:
            flow = await self._ways.ask_code(visit.visitor, visit.field("email"))
        except (InvalidError, ConflictError, TooManyError) as error:
            return visit.page("sign_in_code.html", **shown_again(visit, error), next=_next(visit), is_reset=False)
        return visit.page("sign_in_confirm.html", **shown_again(visit), flow=flow, next=_next(visit), is_reset=False)

    async def by_code(self, visit: "Visit") -> "web.Response":
        """Sign in by a mailed code."""
        gate, flow = self._frame.gate, visit.field("flow")
        try:
            account = await self._ways.by_code(visit.visitor, flow, visit.field("code"))
        except RefusalError as error:
            again = shown_again(visit, error)
            return visit.page("sign_in_confirm.html", **again, flow=flow, next=_next(visit), is_reset=False)
        response = visit.go(_next(visit))
        await gate.sign_in(visit.request, response, account, by="code")
        return response

    async def sign_out(self, visit: "Visit") -> "web.Response":
        """Sign out, in this browser."""
        response = visit.go("/sign-in", _BYE)
        await self._frame.gate.sign_out(visit.request, response)
        return response

    def _form(self, visit: "Visit", status: int, *, given: object, wrong: Text | None) -> "web.Response":
        return visit.page(
            "sign_in.html",
            status=status,
            given=given,
            wrong=wrong,
            next=_next(visit),
            may_join=self._frame.around.settings.sign_up == "open",
        )


def _next(visit: "Visit") -> str:
    return local_path(visit.field("next") or visit.request.query.get("next", "/"))
