"""``/organisation/account``: a member's own account: name, language, password, sessions, consents, data, leaving."""

from typing import TYPE_CHECKING

from aiohttp import web

from services.portal.console.faults import shown_again
from services.portal.console.flashes import Tone
from services.portal.console.organisation.words import ROLES
from services.portal.console.visit import LANGUAGE_COOKIE
from services.portal.desk.actor import Role
from services.portal.desk.refusals import ConflictError, RefusalError, Text

if TYPE_CHECKING:
    from services.portal.console.frame import Frame
    from services.portal.console.visit import Visit

HERE = "/organisation/account"
_SAVED = Text("已保存。", "Saved.")
_NEW_PASSWORD = Text("密码已修改，其他设备都已退出登录。", "The password was changed; you were signed out elsewhere.")
_ENDED = Text("那台设备已退出登录。", "That device was signed out.")
_GONE = Text("账号和个人信息已删除。", "The account and its personal data are gone.")


class AccountRoom:
    """What a member sees and changes of itself."""

    def __init__(self, frame: "Frame") -> None:
        self._frame = frame
        self._desk = frame.desk

    def routes(self) -> "list[web.RouteDef]":
        """Return them."""
        frame = self._frame
        return [
            frame.get(HERE, self.shown),
            frame.post(HERE, self.edit),
            frame.post(f"{HERE}/password", self.password),
            frame.post(f"{HERE}/sessions/{{id}}/end", self.end),
            frame.post(f"{HERE}/export", self.export),
            frame.post(f"{HERE}/leave", self.leave),
        ]

    async def shown(self, visit: "Visit") -> web.Response:
        """The member's own account."""
        return await self._page(visit)

    async def edit(self, visit: "Visit") -> web.Response:
        """Change name and language."""
        language = visit.field("language")
        try:
            await self._desk.people.edit_me(visit.actor, name=visit.field("name"), language=language)
        except RefusalError as error:
            return await self._page(visit, error)
        response = visit.go(HERE, _SAVED)
        response.del_cookie(LANGUAGE_COOKIE, path="/")
        return response

    async def password(self, visit: "Visit") -> web.Response:
        """Change the password; every other session ends, and this browser gets a new one."""
        gate = self._frame.gate
        old, new = visit.form.get("old", ""), visit.form.get("new", "")
        try:
            account = await self._desk.changing_password.change(visit.actor, visit.visitor, old, new)
        except RefusalError as error:
            return await self._page(visit, error)
        response = visit.go(HERE, _NEW_PASSWORD)
        await gate.sign_in(visit.request, response, account, by="password")
        return response

    async def end(self, visit: "Visit") -> web.Response:
        """Sign out somewhere else."""
        await self._desk.sessions.close_one(visit.actor, visit.request.match_info["id"])
        return visit.go(HERE, _ENDED)

    async def export(self, visit: "Visit") -> web.Response:
        """Everything that is kept of the member, as a zip."""
        return archive(await self._desk.exporting_data.of_member(visit.actor), "zhitui-account.zip")

    async def leave(self, visit: "Visit") -> web.Response:
        """Leave the organisation; the account and its personal data are erased."""
        if visit.field("sure") != "yes":
            return visit.go(HERE, Text("请先勾选确认。", "Tick the box first."), Tone.WARN)
        try:
            await self._desk.people.remove(visit.actor, visit.actor.account_id)
        except ConflictError as error:
            return visit.go(HERE, error.text, Tone.BAD)
        return visit.go("/sign-in", _GONE)

    async def _page(self, visit: "Visit", error: RefusalError | None = None) -> web.Response:
        actor = visit.actor
        account = await self._desk.people.me(actor)
        return visit.page(
            "organisation_account.html",
            **shown_again(visit, error, {"name": account.name, "language": account.language}),
            account=account,
            role=ROLES[Role(account.role)],
            sessions=await self._desk.sessions.of(actor),
            consents=await self._desk.consents.of(actor),
        )


def archive(content: bytes, name: str) -> web.Response:
    """Return a zip to be saved."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return web.Response(body=content, content_type="application/zip", headers=headers)
