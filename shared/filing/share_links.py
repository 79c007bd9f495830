"""Lists that a member shows to somebody outside: what was found, frozen when it was shared, until a day."""

from datetime import datetime

import msgspec

from shared.filing.orders import by_moment
from shared.store.filed import Kind
from shared.wire.match import Evidence
from shared.wire.publication import Publication


class SharedItem(msgspec.Struct, frozen=True, kw_only=True):
    """One publication of a shared list, without what tells of persons; ``evidence`` is highlighted in it."""

    publication: Publication
    evidence: tuple[Evidence, ...] = ()


class ShareLink(msgspec.Struct, frozen=True, kw_only=True):
    """A list behind a secret address.

    Attributes:
        token_key: keyed hash of the address's secret part; that itself is kept nowhere.
        title: what whoever opens it reads above the list.
        items: as they were when it was shared; what came later is not in it.
    """

    id: str
    organisation_id: str
    token_key: str
    title: str
    items: tuple[SharedItem, ...]
    made_by: str
    made_at: datetime
    expires_at: datetime

    def __repr__(self) -> str:
        return f"ShareLink(id={self.id!r}, organisation_id={self.organisation_id!r}, items={len(self.items)})"


SHARE_LINKS: Kind[ShareLink] = Kind(
    name="share_links",
    title="分享链接",
    document=ShareLink,
    owner=lambda link: link.organisation_id,
    lookups=lambda link: (link.token_key,),
    order=lambda link: by_moment(link.made_at),
    expires_at=lambda link: link.expires_at,
    sealed=True,
)
