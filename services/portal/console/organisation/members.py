"""``/organisation``: what it says of itself, its members, their roles, invitations."""

from typing import TYPE_CHECKING

from services.portal.console.faults import shown_again
from services.portal.console.flashes import Tone
from services.portal.console.organisation.words import ROLES
from services.portal.console.places import unclear
from services.portal.desk.actor import Permission, Role
from services.portal.desk.organisations import REGION_DIGITS, Particulars
from services.portal.desk.refusals import ConflictError, Fault, InvalidError, RefusalError, StaleError, Text
from services.portal.desk.roles import roles_in
from shared.divisions import called, meant

if TYPE_CHECKING:
    from aiohttp import web

    from services.portal.console.frame import Frame
    from services.portal.console.visit import Visit

_SAVED = Text("已保存。", "Saved.")
_INVITED = Text("邀请邮件已发出，7 天内有效。", "The invitation is on its way; it is good for 7 days.")
_TAKEN_BACK = Text("邀请已撤回。", "The invitation was taken back.")
_REMOVED = Text("成员已移除，其个人信息已删除。", "The member was removed, and the personal data with it.")


class MembersRoom:
    """The organisation's own page."""

    def __init__(self, frame: "Frame") -> None:
        self._frame = frame
        self._desk = frame.desk

    def routes(self) -> "list[web.RouteDef]":
        """Return them."""
        frame = self._frame
        return [
            frame.get("/organisation", self.shown),
            frame.post("/organisation", self.edit),
            frame.post("/organisation/invitations", self.invite),
            frame.post("/organisation/invitations/{id}/remove", self.take_back),
            frame.post("/organisation/members/{id}", self.change),
        ]

    async def shown(self, visit: "Visit") -> "web.Response":
        """The organisation and its members."""
        return await self._page(visit)

    async def edit(self, visit: "Visit") -> "web.Response":
        """Change what the organisation says of itself."""
        try:
            particulars = Particulars(
                name=visit.field("name"),
                region=_code_of(visit.field("region")),
                applicants=tuple(filter(None, map(str.strip, visit.field("applicants").splitlines()))),
            )
            await self._desk.organisations.edit(visit.actor, particulars, revision=visit.number("revision"))
        except StaleError as error:
            return visit.go("/organisation", error.text, Tone.WARN)
        except RefusalError as error:
            return await self._page(visit, error)
        return visit.go("/organisation", _SAVED)

    async def invite(self, visit: "Visit") -> "web.Response":
        """Invite a colleague by mail."""
        role = visit.field("role")
        try:
            await self._desk.inviting.invite(
                visit.actor, visit.field("email"), Role(role) if role in set(Role) else Role.VIEWER
            )
        except RefusalError as error:
            return await self._page(visit, error)
        return visit.go("/organisation", _INVITED)

    async def take_back(self, visit: "Visit") -> "web.Response":
        """Let an invitation be good no more."""
        await self._desk.inviting.take_back(visit.actor, visit.request.match_info["id"])
        return visit.go("/organisation", _TAKEN_BACK)

    async def change(self, visit: "Visit") -> "web.Response":
        """Give a member another role, let it in no more or again, or let it go."""
        visit.actor.need(Permission.MANAGE_MEMBERS)
        people, member, do = self._desk.people, visit.request.match_info["id"], visit.field("do")
        try:
            if do == "remove" and visit.field("sure") != "yes":
                return visit.page("organisation_remove.html", member=await people.get(visit.actor, member))
            if do == "remove":
                await people.remove(visit.actor, member)
                return visit.go("/organisation", _REMOVED)
            if do in {"lock", "unlock"}:
                await people.lock(visit.actor, member, locked=do == "lock")
            elif visit.field("role") in set(Role):
                await people.change_role(visit.actor, member, Role(visit.field("role")))
        except ConflictError as error:
            return visit.go("/organisation", error.text, Tone.BAD)
        return visit.go("/organisation", _SAVED)

    async def _page(self, visit: "Visit", error: RefusalError | None = None) -> "web.Response":
        actor = visit.actor
        filed = await self._desk.organisations.mine(actor)
        manages = actor.may(Permission.MANAGE_MEMBERS)
        organisation = filed.document
        said = {
            "name": organisation.name,
            "region": called(organisation.region, visit.language),
            "applicants": "\n".join(organisation.applicants),
        }
        again = shown_again(visit, error)
        is_edit = error is not None and visit.request.path.endswith("/organisation")
        return visit.page(
            "organisation.html",
            **again,
            organisation=organisation,
            revision=visit.number("revision") if is_edit else filed.revision,
            said=again["given"] if is_edit else said,
            invited={} if is_edit else again["given"],
            members=await self._desk.people.all(actor),
            invitations=await self._desk.inviting.waiting(actor) if manages else [],
            manages=manages,
            roles=[(role.value, visit.say(ROLES[role])) for role in roles_in(actor.organisation_id)],
        )


def _code_of(region: str) -> str:
    """Return the six digits of a region that somebody wrote by name.

    Raises:
        InvalidError: it names none, or several.
    """
    one = meant(region)
    if one is None and region:
        raise InvalidError(Fault("/region", unclear(region)))
    return one.code.ljust(REGION_DIGITS, "0") if one else ""
