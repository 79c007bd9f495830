"""``/inbox/places``: regions to filter by, found by name or gone down to from the provinces. Each is an address of the inbox."""

from typing import TYPE_CHECKING, NamedTuple

from services.portal.console.inbox_filter import query_of, wanted_in
from services.portal.console.places import MOST_FOUND, listed, unclear
from shared.divisions import search

if TYPE_CHECKING:
    from aiohttp import web

    from services.portal.console.frame import Frame
    from services.portal.console.visit import Visit
    from services.portal.desk.refusals import Text
    from shared.divisions import Division


class Place(NamedTuple):
    """A region to choose.

    Attributes:
        name: with what it lies in where several are called so.
        query: of the inbox's address with this region.
        below: of the address that lists what lies in it; ``""``: nothing does, or it is being shown.
    """

    division: "Division"
    name: str
    query: str
    below: str


def asked_for(visit: "Visit") -> str:
    """Return what somebody wrote as the region, where it names none, or several."""
    text = visit.request.query.get("where", "").strip()
    return "" if wanted_in(visit.request.query).region else text


def places_for(visit: "Visit", text: str) -> tuple[Place, ...]:
    """Return the regions that a text may mean; without one those in ``within``, or the provinces."""
    query = visit.request.query
    wanted, within = wanted_in(query), query.get("within", "")
    found = search(text, limit=MOST_FOUND) if text else listed(within)
    return tuple(
        Place(
            one,
            one.called(visit.language) if text else one.short(visit.language),
            query_of(wanted, region=one.code),
            query_of(wanted, region="", within=one.code) if one.children and one.code != within else "",
        )
        for one in found
    )


def wrong_place(visit: "Visit") -> "Text | None":
    """Return what is told of a region that names none, or several; ``None``: nothing is wrong."""
    text = asked_for(visit)
    return unclear(text) if text else None


class PlacesRoom:
    """The list of regions: a part of the inbox while somebody types, a page of its own without scripts."""

    def __init__(self, frame: "Frame") -> None:
        self._frame = frame

    def routes(self) -> "list[web.RouteDef]":
        """Return them."""
        return [self._frame.get("/inbox/places", self.shown)]

    async def shown(self, visit: "Visit") -> "web.Response":
        """Regions to filter the inbox by."""
        visit.need_actor()
        text = "" if "within" in visit.request.query else visit.request.query.get("where", "").strip()
        places = places_for(visit, text)
        if visit.is_live:
            return visit.part("parts/inbox_places.html", places=places)
        return visit.page("inbox_places.html", places=places)
