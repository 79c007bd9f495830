"""Lists for somebody outside, by a secret address that is over on a day: made, counted, taken back, opened."""

import secrets as random_letters
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from services.portal.desk.actor import Permission
from services.portal.desk.drafts import refuse_bad_name
from services.portal.desk.limits import Limit
from services.portal.desk.owning import own
from services.portal.desk.refusals import Fault, InvalidError, MissingError, Text
from shared.filing.lookups import Lookups
from shared.filing.share_links import SHARE_LINKS, SharedItem, ShareLink
from shared.ids import fresh_id

if TYPE_CHECKING:
    from services.portal.desk.actor import Actor
    from services.portal.desk.audit import Audit
    from services.portal.desk.inbox import Inbox, Wanted
    from services.portal.desk.inbox_rows import Row
    from shared.runtime.role import Surroundings
    from shared.wire.publication import Applicant, Publication

DAYS = (1, 7, 30)
MOST_ITEMS = 200
MOST_LINKS = 50
TOKEN_BYTES = 24
LIMIT = Limit(
    most=MOST_LINKS,
    code="too-many-links",
    text=Text(
        f"最多 {MOST_LINKS} 个有效的分享链接，请先收回不用的。",
        f"At most {MOST_LINKS} open links; take some back first.",
    ),
)
_PERSON = "person"
_A_PERSON = "（个人）"


@dataclass(frozen=True, slots=True)
class Handed:
    """A link with the secret part of its address, which nobody can be told again."""

    link: ShareLink
    token: str

    def __repr__(self) -> str:
        return f"Handed({self.link.id!r})"


class Sharing:
    """The shared lists of all organisations."""

    def __init__(self, around: "Surroundings", audit: "Audit", inbox: "Inbox") -> None:
        self._shelf = around.store.shelf(SHARE_LINKS)
        self._clock = around.clock
        self._lookups = Lookups(around.secrets)
        self._audit = audit
        self._inbox = inbox

    async def share(self, actor: "Actor", wanted: "Wanted", *, title: str, days: int) -> Handed:
        """Freeze what a filter brings now, and give it an address.

        Args:
            actor: who shares; must be allowed to export.
            wanted: the filter; its newest `MOST_ITEMS` items are taken.
            title: for whoever opens it.
            days: how long it is open, one of `DAYS`.

        Raises:
            InvalidError: title or days cannot be, or the list is empty.
            ConflictError: the organisation has as many links as it may have.
        """
        actor.need(Permission.EXPORT)
        refuse_bad_name(title, pointer="/title")
        if days not in DAYS:
            raise InvalidError(Fault("/days", _DAYS))
        await LIMIT.refuse_more(self._shelf, actor.organisation_id)
        rows = (await self._inbox.page(actor, wanted, limit=MOST_ITEMS)).items
        if not rows:
            raise InvalidError(text=_EMPTY)
        now, token = self._clock.now(), random_letters.token_urlsafe(TOKEN_BYTES)
        link = ShareLink(
            id=fresh_id("sl"),
            organisation_id=actor.organisation_id,
            token_key=self._key(token),
            title=title,
            items=tuple(_item(row) for row in rows),
            made_by=actor.account_id,
            made_at=now,
            expires_at=now + timedelta(days=days),
        )
        await LIMIT.add(self._shelf, link)
        await self._audit.record(actor, "share-link.made", link.id, items=str(len(rows)))
        return Handed(link, token)

    async def all(self, actor: "Actor") -> list[ShareLink]:
        """Return the organisation's links that are open, the newest first."""
        actor.need(Permission.READ)
        filed = await self._shelf.page(actor.organisation_id, limit=MOST_LINKS, newest_first=True)
        return [one.document for one in filed]

    async def take_back(self, actor: "Actor", link_id: str) -> None:
        """Close a link at once.

        Raises:
            MissingError: there is none, or it is another organisation's.
        """
        actor.need(Permission.EXPORT)
        await own(self._shelf, actor, link_id)
        await self._shelf.remove(link_id)
        await self._audit.record(actor, "share-link.taken-back", link_id)

    async def opened(self, token: str) -> ShareLink:
        """Return what whoever has the address may read.

        Raises:
            MissingError: there is no such list, or no longer.
        """
        filed = await self._shelf.find(self._key(token))
        if filed is None:
            raise MissingError("not-shared", _GONE)
        return filed.document

    def _key(self, token: str) -> str:
        return self._lookups.secret("share-link", token)


def _item(row: "Row") -> SharedItem:
    publication = _impersonal(row.publication)
    return SharedItem(
        publication=publication,
        evidence=tuple(hit for hit in row.evidence if hit.field in {"title", "abstract", "claim"}),
    )


def _impersonal(publication: "Publication") -> "Publication":
    """Return a publication without inventors, addresses and the names of applicants who are persons."""
    return msgspec.structs.replace(
        publication, inventors=(), agency=None, applicants=tuple(map(_without_person, publication.applicants))
    )


def _without_person(applicant: "Applicant") -> "Applicant":
    name = _A_PERSON if applicant.type == _PERSON else applicant.name
    return msgspec.structs.replace(applicant, name=name, address=None, postcode=None)


_DAYS = Text("有效期请选 1、7 或 30 天。", "Choose 1, 7 or 30 days.")
_EMPTY = Text("这个列表是空的，没有可分享的内容。", "The list is empty; there is nothing to share.")
_GONE = Text("这个分享链接已过期或被收回。", "This link is over, or was taken back.")
