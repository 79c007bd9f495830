"""An endpoint: a function whose types say what is asked and answered. Route, decoding and description come from them.

::

    @endpoint("GET", "/profiles/{profile_id}", needs=Permission.READ)
    async def read_profile(ask: Ask, profile_id: str) -> ProfileView:
        ...

Parameters that the path names come from there; ``query`` and ``body``, where there are such, are msgspec Structs. What is
returned is a Struct, ``None`` (nothing to say: 204), a `FileAnswer`, or an ``AsyncIterator`` of Structs, which goes out as JSON Lines.
"""

import inspect
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_origin, get_type_hints

from services.portal.api.languages import ZH
from services.portal.api.paging import Page
from services.portal.desk.actor import Permission

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from services.portal.api.paging import Cursors, Paged
    from services.portal.desk.actor import Actor
    from services.portal.desk.cards import Slice
    from services.portal.desk.desk import Desk

OneT = TypeVar("OneT")
ViewT = TypeVar("ViewT")

JSON_LINES = "application/jsonl"
"""Of answers that are streams."""

Work = Callable[..., Any]
"""An ``async`` function, or generator."""

_PARAMETER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Who asks, of whom.

    Attributes:
        revision: of ``If-Match``, where the endpoint edits; else 0.
        language: that is asked for, ``zh`` or ``en``: sentences in the answer are in it.
    """

    desk: "Desk"
    actor: "Actor"
    cursors: "Cursors"
    revision: int = 0
    language: str = ZH

    async def page(
        self,
        listing: str,
        query: "Paged",
        found: "Callable[..., Awaitable[Slice[OneT]]]",
        view: Callable[[OneT], ViewT],
    ) -> Page[ViewT]:
        """Return a page of a listing.

        Args:
            listing: its name with all that was asked for but the page: a position counts for the same listing only.
            query: which page.
            found: returns a slice of it, asked with ``after`` and ``limit``.
            view: tells of one.

        Raises:
            InvalidError: the page's position is none, or another listing's.
        """
        after = self.cursors.position(self.actor, listing, query.after)
        found_now = await found(after=after, limit=query.limit)
        return Page(
            items=tuple(map(view, found_now.items)), next=self.cursors.text(self.actor, listing, found_now.after)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One operation of the API.

    Attributes:
        path: below ``/api/v1``.
        needs: what the token must be allowed; ``None``: nothing but to be one.
        edits: what is asked must name the revision that it was written against (``If-Match``).
        status: of the answer when it is done.
        path_types, query, body: types of what is asked; ``None`` where there is no such.
        answer: type of the answer, of a stream that of each line.
        streams: whether the answer is JSON Lines.
        media_types: kinds of the file that is answered; none: the answer is JSON.
    """

    method: str
    path: str
    needs: Permission | None
    edits: bool
    status: int
    work: Work
    path_types: dict[str, Any]
    query: Any
    body: Any
    answer: Any
    streams: bool
    media_types: tuple[str, ...] = ()

    @property
    def makes(self) -> bool:
        """Whether doing it twice would make two: such a request may bring an idempotency key. Questions change nothing."""
        return self.method == "POST" and self.needs is not Permission.READ


def endpoint(
    method: str,
    path: str,
    *,
    needs: Permission | None = None,
    edits: bool = False,
    status: int = 200,
    media_types: tuple[str, ...] = (),
) -> Callable[[Work], Endpoint]:
    """Make an endpoint of a function; see the module."""

    def make(work: Work) -> Endpoint:
        hints = get_type_hints(work)
        answer = hints.pop("return")
        streams = get_origin(answer) is AsyncIterator
        named = _PARAMETER.findall(path)
        if missing := set(named) - set(hints):
            raise TypeError(f"{work.__name__} does not take {missing}")
        if not inspect.getdoc(work):
            raise TypeError(f"{work.__name__} has no docstring")
        return Endpoint(
            method=method,
            path=path,
            needs=needs,
            edits=edits,
            status=204 if answer is type(None) else status,
            work=work,
            path_types={name: hints[name] for name in named},
            query=hints.get("query"),
            body=hints.get("body"),
            answer=get_args(answer)[0] if streams else answer,
            streams=streams,
            media_types=media_types,
        )

    return make
