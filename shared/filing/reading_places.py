"""How far a member has read in the inbox."""

from datetime import UTC, datetime

import msgspec

from shared.store.filed import Kind

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
MOST_KEYS = 500


class ReadingPlace(msgspec.Struct, frozen=True, kw_only=True):
    """What a member has seen.

    Attributes:
        id: of the account.
        read_until: what was recorded then or earlier is read.
        keys: items recorded later that are read, too (`shared.wire.identity.item_key`); the last `MOST_KEYS`.
    """

    id: str
    read_until: datetime = LONG_AGO
    keys: tuple[str, ...] = ()

    def has_read(self, key: str, told_at: datetime) -> bool:
        """Whether an item that was recorded then is read."""
        return told_at <= self.read_until or key in self.keys

    def with_key(self, key: str) -> "ReadingPlace":
        """Return it with one more item read."""
        kept = (*(one for one in self.keys if one != key), key)[-MOST_KEYS:]
        return msgspec.structs.replace(self, keys=kept)


READING_PLACES: Kind[ReadingPlace] = Kind(
    name="reading_places", title="已读位置", document=ReadingPlace, owner=lambda place: place.id
)
