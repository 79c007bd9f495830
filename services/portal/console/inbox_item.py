"""``/inbox/{id}``: one item whole, its reasons, verdict, notes, who looks after it; and what a verdict proposes."""

from typing import TYPE_CHECKING

from services.portal.console.faults import shown_again
from services.portal.console.flashes import Tone
from services.portal.console.inbox import address_of
from services.portal.console.visit import local_path
from services.portal.desk.actor import Permission
from services.portal.desk.refusals import MissingError, RefusalError, StaleError, Text
from shared.errors import RetryLaterError
from shared.filing.marks import Verdict

if TYPE_CHECKING:
    from aiohttp import web

    from services.portal.console.frame import Frame
    from services.portal.console.visit import Visit

_JUDGED = {
    Verdict.RELEVANT: Text("已标为相关。", "Marked as relevant."),
    Verdict.IRRELEVANT: Text("已标为不相关。", "Marked as not relevant."),
    None: Text("已撤销判断。", "The verdict was taken back."),
}
_NOTED = Text("备注已保存。", "The note was saved.")
_NOTE_REMOVED = Text("备注已删除。", "The note was removed.")
_ASSIGNED = Text("已分派。", "Assigned.")
_NOBODY = Text("不再有人负责。", "Nobody looks after it any more.")
_TIGHTENED = Text("画像已收紧。", "The profile is tighter now.")


class InboxItemRoom:
    """The page of an item."""

    def __init__(self, frame: "Frame") -> None:
        self._frame = frame
        self._desk = frame.desk

    def routes(self) -> "list[web.RouteDef]":
        """Return them."""
        frame = self._frame
        return [
            frame.get("/inbox/{id}", self.shown),
            frame.post("/inbox/{id}", self.judge),
            frame.post("/inbox/{id}/notes", self.note),
            frame.post("/inbox/{id}/assign", self.assign),
            frame.get("/inbox/{id}/tighten", self.proposed),
            frame.post("/inbox/{id}/tighten", self.tighten),
        ]

    async def shown(self, visit: "Visit") -> "web.Response":
        """One item."""
        key = _key(visit)
        await self._desk.inbox.get(visit.actor, key)
        await self._desk.inbox.read(visit.actor, key)
        return await self._page(visit)

    async def judge(self, visit: "Visit") -> "web.Response":
        """Say whether it was worth telling."""
        said, key = visit.field("do"), _key(visit)
        verdict = Verdict(said) if said in set(Verdict) else None
        await self._desk.marking.mark(visit.actor, key, verdict)
        await self._desk.inbox.read(visit.actor, key)
        if visit.is_live:
            row = await self._desk.inbox.get(visit.actor, key)
            people = await self._desk.people.names(visit.actor)
            return visit.part("parts/inbox_rows.html", rows=[row], people=people, back=local_path(visit.field("back")))
        if verdict is Verdict.IRRELEVANT and visit.actor.may(Permission.WRITE_PROFILES):
            return visit.go(f"/inbox/{key}/tighten", _JUDGED[verdict])
        return visit.go(local_path(visit.field("back") or address_of(key)), _JUDGED[verdict])

    async def note(self, visit: "Visit") -> "web.Response":
        """Write a note, or take one back."""
        key = _key(visit)
        if visit.field("do") == "remove":
            await self._desk.following_up.remove_note(visit.actor, key, visit.field("note"))
            return visit.go(address_of(key), _NOTE_REMOVED)
        try:
            await self._desk.following_up.note(visit.actor, key, visit.field("text"))
        except MissingError:
            raise  # there is no page to show it on
        except RefusalError as error:
            return await self._page(visit, error)
        return visit.go(address_of(key), _NOTED)

    async def assign(self, visit: "Visit") -> "web.Response":
        """Say who looks after it."""
        key, account_id = _key(visit), visit.field("assigned_to")
        await self._desk.following_up.assign(visit.actor, key, account_id)
        return visit.go(address_of(key), _ASSIGNED if account_id else _NOBODY)

    async def proposed(self, visit: "Visit") -> "web.Response":
        """What a tighter profile would have kept away."""
        row = await self._desk.inbox.get(visit.actor, _key(visit))
        offered, is_reading = [], False
        for why in row.whys:
            try:
                offered.append(await self._desk.tightenings.proposals(visit.actor, why.profile_id))
            except RetryLaterError:
                is_reading = True
            except MissingError:
                continue  # the profile was removed since
        render = visit.part if visit.is_live else visit.page
        return render(
            "parts/inbox_tighten.html" if visit.is_live else "inbox_tighten.html",
            row=row,
            offered=offered,
            is_reading=is_reading,
            may_edit=visit.actor.may(Permission.WRITE_PROFILES),
        )

    async def tighten(self, visit: "Visit") -> "web.Response":
        """Change the profile as was proposed."""
        key = _key(visit)
        await self._desk.inbox.get(visit.actor, key)
        try:
            own = await self._desk.tightenings.apply(
                visit.actor, visit.field("profile"), visit.field("digest"), revision=visit.number("revision")
            )
        except StaleError as error:
            return visit.go(f"/inbox/{key}/tighten", error.text, Tone.WARN)
        return visit.go(f"/profiles/{own.profile.id}/history", _TIGHTENED)

    async def _page(self, visit: "Visit", error: RefusalError | None = None) -> "web.Response":
        actor = visit.actor
        return visit.page(
            "inbox_item.html",
            **shown_again(visit, error),
            row=await self._desk.inbox.get(actor, _key(visit)),
            people=await self._desk.people.names(actor),
            back=address_of(_key(visit)),
            may_manage=actor.may(Permission.MANAGE_MEMBERS),
            may_edit=actor.may(Permission.WRITE_PROFILES),
        )


def _key(visit: "Visit") -> str:
    return visit.request.match_info["id"]
