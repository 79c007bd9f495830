"""Pages: where one begins is told as a text that cannot be read, made up, or used elsewhere."""

import base64
import hashlib
import hmac
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Generic, TypeVar

import msgspec
from msgspec import Meta

from services.portal.desk.refusals import Fault, InvalidError, Text
from shared.store.filed import Position

if TYPE_CHECKING:
    from services.portal.desk.actor import Actor

ItemT = TypeVar("ItemT")

MAC_BYTES = 12
_WRONG = Text("after 不对：请原样使用上一页给的 next。", "Not a position: use the page before's next as it is.")

After = Annotated[str, Meta(max_length=1024, pattern="^[A-Za-z0-9_-]+$", description="`next` of the page before.")]
Limit = Annotated[int, Meta(ge=1, le=100, description="At most so many.")]
Moment = Annotated[datetime, Meta(tz=True)]


class Paged(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which page."""

    after: After | None = None
    limit: Limit = 50


class Page(msgspec.Struct, Generic[ItemT], frozen=True, kw_only=True):
    """A page of a listing.

    Attributes:
        next: where the next page begins, ``null`` on the last.
    """

    items: tuple[ItemT, ...]
    next: str | None


class Cursors:
    """Makes and reads positions; one counts for the listing and the organisation that it was made for."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def text(self, actor: "Actor", listing: str, position: Position | None) -> str | None:
        """Return a position as clients hand it on."""
        if position is None:
            return None
        said = msgspec.json.encode([position.order, position.id])
        return base64.urlsafe_b64encode(self._mac(actor, listing, said) + said).decode("ascii").rstrip("=")

    def position(self, actor: "Actor", listing: str, text: str | None) -> Position | None:
        """Return the position that a client hands back.

        Raises:
            InvalidError: it is none, or another listing's.
        """
        if text is None:
            return None
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except ValueError:
            raw = b""
        mac, said = raw[:MAC_BYTES], raw[MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(actor, listing, said)):
            raise InvalidError(Fault("/after", _WRONG))
        order, document_id = msgspec.json.decode(said, type=tuple[str, str])
        return Position(order, document_id)

    def _mac(self, actor: "Actor", listing: str, said: bytes) -> bytes:
        whose = msgspec.json.encode([actor.organisation_id, listing])
        return hmac.digest(self._key, whose + said, hashlib.sha256)[:MAC_BYTES]
