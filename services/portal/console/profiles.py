"""``/profiles``: the list; and of each profile its history with undo, and its removal. The editor is in `services.portal.console.editor`."""

from typing import TYPE_CHECKING

from services.portal.console.cursors import after_in, cursor_of
from services.portal.console.editor.changes import changes
from services.portal.console.editor.draft import draft_of
from services.portal.console.editor.words import summary
from services.portal.console.flashes import Tone
from services.portal.desk.actor import Permission
from services.portal.desk.refusals import ConflictError, StaleError, Text

if TYPE_CHECKING:
    from aiohttp import web

    from services.portal.console.frame import Frame
    from services.portal.console.visit import Visit

PAGE = 50

_REMOVED = Text("已删除。", "Removed.")
_RESTORED = Text("已恢复到那个版本。", "That version is in force again.")


class ProfilesRoom:
    """The list, the history and the removal."""

    def __init__(self, frame: "Frame") -> None:
        self._frame = frame
        self._profiles = frame.desk.profiles

    def routes(self) -> "list[web.RouteDef]":
        """Return them."""
        frame = self._frame
        return [
            frame.get("/profiles", self.listing),
            frame.get("/profiles/{id}/history", self.history),
            frame.post("/profiles/{id}/restore", self.restore),
            frame.get("/profiles/{id}/remove", self.ask),
            frame.post("/profiles/{id}/remove", self.remove),
        ]

    async def listing(self, visit: "Visit") -> "web.Response":
        """The organisation's profiles."""
        found = await self._profiles.page(visit.actor, after=after_in(visit), limit=PAGE)
        return visit.page(
            "profiles.html",
            profiles=[(own, summary(draft_of(own.profile))) for own in found.items],
            after=cursor_of(found.after),
            may_edit=visit.actor.may(Permission.WRITE_PROFILES),
        )

    async def history(self, visit: "Visit") -> "web.Response":
        """Who changed a profile, when, and what."""
        own = await self._profiles.get(visit.actor, visit.request.match_info["id"])
        found = await self._profiles.history(visit.actor, own.profile.id, after=after_in(visit), limit=PAGE)
        names = await self._frame.desk.people.names(visit.actor)
        rows = [
            (version, names.get(version.changed_by, ""), changes(before.profile, version.profile) if before else None)
            for version, before in zip(found.items, [*found.items[1:], None], strict=True)
        ]
        return visit.page("profiles_history.html", own=own, rows=rows, after=cursor_of(found.after))

    async def restore(self, visit: "Visit") -> "web.Response":
        """Put an earlier version of a profile back."""
        profile_id = visit.request.match_info["id"]
        back = f"/profiles/{profile_id}/history"
        try:
            await self._profiles.restore(
                visit.actor, profile_id, visit.number("number"), revision=visit.number("revision")
            )
        except StaleError as error:
            return visit.go(back, error.text, Tone.WARN)
        return visit.go(back, _RESTORED)

    async def ask(self, visit: "Visit") -> "web.Response":
        """Ask whether a profile is to go."""
        own = await self._profiles.get(visit.actor, visit.request.match_info["id"])
        return visit.page("profiles_remove.html", own=own, wrong=None)

    async def remove(self, visit: "Visit") -> "web.Response":
        """Remove a profile."""
        own = await self._profiles.get(visit.actor, visit.request.match_info["id"])
        try:
            await self._profiles.remove(visit.actor, own.profile.id)
        except ConflictError as error:
            return visit.page("profiles_remove.html", status=error.status, own=own, wrong=error.text)
        return visit.go("/profiles", _REMOVED)
