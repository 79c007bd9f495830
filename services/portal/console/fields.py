"""``/fields``: the catalogue of technical fields, browsed, searched, and subscribed to in one tap."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.portal.console.editor.draft import draft_of, text_of
from services.portal.console.editor.look import Live, Looks, symbol_of
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

_SUBSCRIBED = Text(
    "已按这个领域建好画像。接下来选择推送到哪里。", "A profile of this field is made. Now choose where its alerts go."
)
_TAKEN = Text("画像已更新为领域的新版本。", "The profile has the field's new version now.")
_CHOSEN = Text("已保存。", "Saved.")


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


def fields_routes(frame: "Frame") -> "list[web.RouteDef]":
    """Return the pages for everybody who is signed in."""
    fields, following, looks = frame.desk.fields, frame.desk.following, Looks(frame.around)

    def branch(catalogue: "Catalogue", field: "Field", depth: int) -> Branch:
        below = catalogue.below(field.code)
        branches = tuple(branch(catalogue, child, depth - 1) for child in below)
        return Branch(
            field=field,
            a_week=fields.volumes.a_week(field.code),
            fields=bool(field.rules) + sum(one.fields for one in branches),
            below=branches if depth else (),
        )

    async def browse(visit: "Visit") -> "web.Response":
        """The industries and tables; with ``q`` what a search finds."""
        words = visit.request.query.get("q", "").strip()[:80]
        catalogue = await fields.catalogue(visit.actor)
        found = await fields.search(visit.actor, words)
        return visit.page(
            "fields.html",
            words=words,
            found=[(branch(catalogue, one, 0), catalogue.path(one.code)) for one in found],
            roots=[branch(catalogue, root, 0) for root in catalogue.roots],
            offers=[one for one in await following.mine(visit.actor) if one.offer],
            volumes=fields.volumes,
        )

    async def show(visit: "Visit") -> "web.Response":
        """What a field means, what it brings, and a button to subscribe."""
        actor = visit.actor
        view = await fields.get(actor, visit.request.match_info["code"])
        catalogue = await fields.current()
        draft = draft_of(view.profile) if view.profile and view.field.rules else None
        return visit.page(
            "fields_field.html",
            view=view,
            draft=draft,
            tree=branch(catalogue, view.field, 9).below,
            root_field=view.path[0] if view.path else view.field,
            live=await looks.live(draft) if draft else Live(),
            titles=await _titles(looks, draft) if draft else {},
            followed=[one for one in await following.mine(actor) if one.following.code == view.field.code],
            may_subscribe=actor.may(Permission.WRITE_PROFILES),
            may_curate=actor.may(Permission.CURATE_FIELDS) and bool(view.field.rules),
            volumes=fields.volumes,
            text_of=text_of,
        )

    async def subscribe(visit: "Visit") -> "web.Response":
        """Make a profile of a field."""
        code = visit.request.match_info["code"]
        own = await following.subscribe(visit.actor, code, automatic=visit.field("automatic") == "yes")
        return visit.go(f"/subscriptions/new?profile={own.profile.id}", _SUBSCRIBED)

    async def follow(visit: "Visit") -> "web.Response":
        """Take a field's new version into a profile, or choose whether that happens by itself."""
        profile_id = visit.field("profile")
        code = visit.request.match_info["code"]
        if visit.field("do") == "take":
            revision = int(visit.field("revision")) if visit.field("revision").isdecimal() else 0
            await following.take(visit.actor, profile_id, revision=revision)
            return visit.go(f"/fields/{code}", _TAKEN)
        await following.choose(visit.actor, profile_id, automatic=visit.field("do") == "automatic")
        return visit.go(f"/fields/{code}", _CHOSEN)

    return [
        frame.get("/fields", browse),
        frame.get(f"/fields/{CODE}", show),
        frame.post(f"/fields/{CODE}/subscribe", subscribe),
        frame.post(f"/fields/{CODE}/follow", follow),
    ]


async def _titles(looks: Looks, draft: "Draft") -> dict[str, str]:
    """Return the titles of the first classes of a field."""
    patterns = [text_of(item) for rule in range(draft.rules) for item in draft.listed(rule, "ipc")]
    titles = {}
    for pattern in dict.fromkeys(patterns[:MOST_TITLES]):
        places = await looks.below(symbol_of(pattern))
        if places:
            titles[pattern] = places[0].title
    return titles
