"""Endpoints of lists for somebody outside."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from services.portal.api.endpoint import Ask, endpoint
from services.portal.api.inbox_filter import Filter
from services.portal.desk.actor import Permission

if TYPE_CHECKING:
    from shared.filing.share_links import ShareLink


class ShareDraft(Filter, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A list to be shared: its newest 200 publications as they are now.

    Attributes:
        title: what whoever opens it reads above the list.
        days: how long it is open: 1, 7 or 30.
    """

    title: Annotated[str, Meta(max_length=100)] = ""
    days: int = 7


class ShareLinkView(msgspec.Struct, frozen=True, kw_only=True):
    """A shared list.

    Attributes:
        items: publications in it.
        path: behind this installation's address; ``null`` but in the answer that made it.
    """

    id: str
    title: str
    items: int
    made_at: datetime
    expires_at: datetime
    path: str | None = None

    @classmethod
    def of(cls, link: "ShareLink", token: str = "") -> "ShareLinkView":
        """Tell of a link; with its address, where it has just been made."""
        return cls(
            id=link.id,
            title=link.title,
            items=len(link.items),
            made_at=link.made_at,
            expires_at=link.expires_at,
            path=f"/shared/{token}" if token else None,
        )


class ShareLinks(msgspec.Struct, frozen=True, kw_only=True):
    """Those that are open, the newest first."""

    items: tuple[ShareLinkView, ...]


@endpoint("GET", "/share-links", needs=Permission.READ)
async def list_share_links(ask: Ask) -> ShareLinks:
    """Return the organisation's shared lists that are open."""
    return ShareLinks(items=tuple(map(ShareLinkView.of, await ask.desk.sharing.all(ask.actor))))


@endpoint("POST", "/share-links", needs=Permission.EXPORT, status=201)
async def make_share_link(ask: Ask, body: ShareDraft) -> ShareLinkView:
    """Share a list with whoever gets its address."""
    handed = await ask.desk.sharing.share(ask.actor, body.wanted(), title=body.title, days=body.days)
    return ShareLinkView.of(handed.link, handed.token)


@endpoint("DELETE", "/share-links/{share_link_id}", needs=Permission.EXPORT)
async def take_back_share_link(ask: Ask, share_link_id: str) -> None:
    """Close a shared list at once."""
    await ask.desk.sharing.take_back(ask.actor, share_link_id)
