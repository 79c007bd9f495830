"""``/profiles/new`` and ``/profiles/{id}``: the editor itself. Every button posts the whole form and gets it back, changed."""

from typing import TYPE_CHECKING

from services.portal.console.editor.changes import changes, merge
from services.portal.console.editor.draft import Draft, draft_of, press, profile_of, read_form
from services.portal.console.editor.look import Looks, pattern_of
from services.portal.console.editor.page import Shown, editor_page
from services.portal.console.places import FIND, places_open
from services.portal.console.pressed_once import pressed_once
from services.portal.desk.refusals import InvalidError, StaleError, Text

if TYPE_CHECKING:
    from aiohttp import web

    from services.portal.console.frame import Frame
    from services.portal.console.visit import Visit
    from services.portal.desk.profiles import OwnProfile
    from shared.wire.profile import Profile

NO_NAME = Text("请给画像起个名字，提醒里会用到它。", "Give the profile a name; alerts will carry it.")
_SAVED = Text("已保存，从现在起按新的条件提醒。", "Saved; from now on alerts follow it.")
_MADE = Text("画像已建好。接下来选择推送到哪里。", "The profile is made. Now choose where its alerts go.")
_MERGED = Text(
    "您编辑期间，别人保存了另一份修改。下面已把两边的修改合在一起，还没有保存；请看过后再按“保存”。",
    "Somebody else saved a change meanwhile. Both are put together below and not saved yet: look at it, then save.",
)


class EditorRoom:
    """The editor's pages, and the pieces that it asks for while somebody types."""

    def __init__(self, frame: "Frame") -> None:
        self._frame = frame
        self._profiles = frame.desk.profiles
        self._looks = Looks(frame.around)

    def routes(self) -> "list[web.RouteDef]":
        """Return them."""
        frame = self._frame
        return [
            frame.get("/profiles/new", self.new),
            frame.post("/profiles/new", pressed_once(self.make)),
            frame.post("/profiles/live/count", self.count),
            frame.post("/profiles/live/examples", self.examples),
            frame.post("/profiles/live/words", self.words),
            frame.post(r"/profiles/live/ipc/{rule:\d{1,2}}", self.classes),
            frame.post(r"/profiles/live/regions/{rule:\d{1,2}}", self.regions),
            frame.get("/profiles/{id}", self.edit),
            frame.post("/profiles/{id}", self.change),
        ]

    async def new(self, visit: "Visit") -> "web.Response":
        """A form for a new profile."""
        visit.need_actor()
        return await editor_page(visit, self._looks, Shown(draft=Draft()))

    async def make(self, visit: "Visit") -> "web.Response":
        """What a button of the form for a new profile does."""
        actor, draft = visit.actor, _pressed(visit)
        if visit.field("do") != "save":
            return await editor_page(visit, self._looks, Shown(draft=draft))
        profile = _savable(draft)
        if profile is None:
            return await editor_page(visit, self._looks, Shown(draft=draft, status=422))
        try:
            own = await self._profiles.make(actor, profile)
        except InvalidError as error:
            return await editor_page(visit, self._looks, Shown(draft=_faulty(draft, error), status=422))
        return visit.go(f"/start/where?profile={own.profile.id}", _MADE)

    async def edit(self, visit: "Visit") -> "web.Response":
        """The editor of one profile."""
        own = await self._own(visit)
        return await editor_page(visit, self._looks, Shown(draft=draft_of(own.profile), own=own))

    async def change(self, visit: "Visit") -> "web.Response":
        """What a button of the editor does."""
        actor, draft = visit.actor, _pressed(visit)
        own = await self._own(visit)
        if visit.field("do") != "save":
            return await editor_page(visit, self._looks, Shown(draft=draft, own=own))
        profile = _savable(draft)
        if profile is None:
            return await editor_page(visit, self._looks, Shown(draft=draft, own=own, status=422))
        try:
            await self._profiles.replace(actor, own.profile.id, profile, revision=visit.number("revision"))
        except InvalidError as error:
            return await editor_page(visit, self._looks, Shown(draft=_faulty(draft, error), own=own, status=422))
        except StaleError:
            return await self._merged(visit, draft)
        return visit.go(f"/profiles/{own.profile.id}", _SAVED)

    async def count(self, visit: "Visit") -> "web.Response":
        """How many publications the form's profile would have found in a year."""
        visit.need_actor()
        live = await self._looks.count(read_form(visit.form.items()))
        return visit.part("parts/live_count.html", live=live)

    async def examples(self, visit: "Visit") -> "web.Response":
        """What the last weeks would have brought."""
        visit.need_actor()
        return visit.part("parts/live_examples.html", live=await self._looks.live(read_form(visit.form.items())))

    async def words(self, visit: "Visit") -> "web.Response":
        """Words to add, for each group of a form that was opened without them."""
        visit.need_actor()
        proposals = await self._looks.proposals(read_form(visit.form.items()))
        return visit.part("parts/live_words.html", proposals=proposals)

    async def classes(self, visit: "Visit") -> "web.Response":
        """IPC classes for what is being typed."""
        visit.need_actor()
        rule = visit.request.match_info["rule"]
        places = await self._looks.places(visit.field(f"find:{rule}"))
        return visit.part("parts/ipc_found.html", places=places, rule=rule, pattern_of=pattern_of, open_at=None)

    async def regions(self, visit: "Visit") -> "web.Response":
        """Regions for what is being typed."""
        visit.need_actor()
        rule = visit.request.match_info["rule"]
        typed = visit.field(f"add:{rule}.regions")
        return visit.part("parts/regions_found.html", places=places_open(f"{FIND}:{rule}", {f"{rule}.regions": typed}))

    async def _own(self, visit: "Visit") -> "OwnProfile":
        return await self._profiles.get(visit.actor, visit.request.match_info["id"])

    async def _merged(self, visit: "Visit", mine: Draft) -> "web.Response":
        """Show what was written together with what somebody else saved meanwhile; the next save goes over that."""
        own = await self._own(visit)
        began = await self._profiles.version(visit.actor, own.profile.id, visit.number("version"))
        together = merge(draft_of(began.profile), mine, draft_of(own.profile))
        theirs = changes(began.profile, own.profile)
        shown = Shown(draft=together, own=own, status=412, notice=_MERGED, theirs=theirs, is_fresh=True)
        return await editor_page(visit, self._looks, shown)


def _pressed(visit: "Visit") -> Draft:
    draft = read_form(visit.form.items())
    press(draft, visit.field("do"))
    return draft


def _savable(draft: Draft) -> "Profile | None":
    if not draft.name:
        draft.faults["name"] = NO_NAME
    return profile_of(draft)


def _faulty(draft: Draft, error: InvalidError) -> Draft:
    """Put each fault where it is seen: by its pointer into the profile (``/rules/0/ipc/1`` → ``0.ipc``)."""
    for fault in error.faults:
        parts = fault.pointer.strip("/").split("/")
        place = ".".join(parts[1:4] if parts[2:3] == ["groups"] else parts[1:3]) if parts[0] == "rules" else parts[0]
        draft.faults.setdefault(place, fault.text)
        draft.faults.setdefault("", fault.text)
    return draft
