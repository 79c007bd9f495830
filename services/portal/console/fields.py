"""``/fields``: the catalogue of technical fields, browsed, searched, and subscribed to in one tap."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.portal.console.editor.draft import draft_of, text_of
from services.portal.console.editor.look import Live, Looks
from services.portal.console.pressed_once import pressed_once
from services.portal.desk.actor import Permission
from services.portal.desk.refusals import Text

if TYPE_CHECKING:
    from aiohttp import web

    from services.portal.catalogue.catalogue import Catalogue
    from services.portal.catalogue.field import Field
    from services.portal.console.editor.draft import Draft
    from services.portal.console.frame import Frame
    from services.portal.console.visit import Visit

CODE = r"{code:[a-z]{2,10}(?:-\d{1,2}(?:\.\d{1,2}){0,5})?}"
MOST_TITLES = 24
"""Classes of a field whose titles are looked up; more are shown without."""
MOST_FOUND = 50
WHOLE_TREE = 9
"""Levels: more than any table has."""

_SUBSCRIBED = Text(
    "已按这个领域建好画像。接下来选择推送到哪里。", "A profile of this field is made. Now choose where its alerts go."
)
_DONE = Text("已订阅。", "Subscribed.")
_TAKEN = Text("画像已更新为领域的新版本。", "The profile has the field's new version now.")
_AUTOMATIC = Text("以后领域更新时，画像自动跟进。", "From now on the profile takes new versions by itself.")
_ASKING = Text("以后领域更新时，先问您。", "From now on you are asked before the profile takes a new version.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A node of the tree as a page lists it.

    Attributes:
        a_week: publications to be expected.
        fields: how many fields with rules there are at or below it.
    """

    field: "Field"
    a_week: int | None
    fields: int
    below: "tuple[Branch, ...]"


class FieldsRoom:
    """The pages for everybody who is signed in."""

    def __init__(self, frame: "Frame") -> None:
        self._frame = frame
        self._fields = frame.desk.fields
        self._following = frame.desk.following
        self._looks = Looks(frame.around)

    def routes(self) -> "list[web.RouteDef]":
        """Return them."""
        frame = self._frame
        return [
            frame.get("/fields", self.browse),
            frame.get(f"/fields/{CODE}", self.show),
            frame.post(f"/fields/{CODE}/subscribe", pressed_once(self.subscribe)),
            frame.post(f"/fields/{CODE}/follow", self.follow),
        ]

    async def browse(self, visit: "Visit") -> "web.Response":
        """The industries and tables; with ``q`` what a search finds."""
        words = visit.request.query.get("q", "").strip()[:80]
        catalogue = await self._fields.catalogue(visit.actor)
        found = catalogue.search(words, limit=MOST_FOUND)
        return visit.page(
            "fields.html",
            words=words,
            found=[(self._branch(catalogue, one, 0), catalogue.path(one.code)) for one in found],
            roots=[self._branch(catalogue, root, 0) for root in catalogue.roots],
            offers=[one for one in await self._following.mine(visit.actor) if one.offer],
            volumes=self._fields.volumes,
        )

    async def show(self, visit: "Visit") -> "web.Response":
        """What a field means, what it brings, and a button to subscribe."""
        actor = visit.actor
        view = await self._fields.get(actor, visit.request.match_info["code"])
        draft = draft_of(view.profile) if view.profile and view.field.rules else None
        catalogue = await self._fields.catalogue(actor)
        return visit.page(
            "fields_field.html",
            view=view,
            draft=draft,
            tree=self._branch(catalogue, view.field, WHOLE_TREE).below,
            related=[self._branch(catalogue, catalogue.get(code), 0) for code in view.field.related],
            root_field=(*view.path, view.field)[0],
            live=await self._looks.live(draft) if draft else Live(),
            titles=await self._titles(draft) if draft else {},
            followed=[one for one in await self._following.mine(actor) if one.following.code == view.field.code],
            may_subscribe=actor.may(Permission.WRITE_PROFILES),
            may_curate=actor.may(Permission.CURATE_FIELDS) and bool(view.field.rules),
            volumes=self._fields.volumes,
            text_of=text_of,
        )

    async def subscribe(self, visit: "Visit") -> "web.Response":
        """Make a profile of a field, and tell it where there is only one way to."""
        code = visit.request.match_info["code"]
        is_automatic = visit.field("automatic") == "yes"
        own = await self._following.subscribe(visit.actor, code, automatic=is_automatic)
        told = await self._frame.desk.one_tap.tell(visit.actor, own.profile)
        if told is None:
            return visit.go(f"/start/where?profile={own.profile.id}", _SUBSCRIBED)
        return visit.go(f"/start/done/{told.own.subscription.id}?profile={own.profile.id}", _DONE)

    async def follow(self, visit: "Visit") -> "web.Response":
        """Take a field's new version into a profile, or choose whether that happens by itself."""
        actor, profile_id = visit.actor, visit.field("profile")
        if visit.field("do") == "take":
            await self._following.take(actor, profile_id, revision=visit.number("revision"))
            done = _TAKEN
        else:
            is_automatic = visit.field("do") == "automatic"
            await self._following.choose(actor, profile_id, automatic=is_automatic)
            done = _AUTOMATIC if is_automatic else _ASKING
        return visit.go(f"/fields/{visit.request.match_info['code']}", done)

    def _branch(self, catalogue: "Catalogue", field: "Field", depth: int) -> Branch:
        """Return a node with so many levels below it; the fields below are counted however deep."""
        below = catalogue.below(field.code) if depth > 0 else ()
        return Branch(
            field=field,
            a_week=self._fields.volumes.a_week(field.code),
            fields=catalogue.count(field.code),
            below=tuple(self._branch(catalogue, child, depth - 1) for child in below),
        )

    async def _titles(self, draft: "Draft") -> dict[str, str]:
        """Return the titles of the first classes of a field."""
        patterns = [text_of(item) for rule in range(draft.rules) for item in draft.listed(rule, "ipc")]
        return await self._looks.titles(patterns[:MOST_TITLES])
