"""What the quarantine keeps, what is asked of it, and how an item that comes again is united with the one that is there."""

from datetime import datetime

import msgspec


class QuarantineItem(msgspec.Struct, frozen=True, kw_only=True):
    """Something that could not be read, whole.

    Attributes:
        id: the same for the same bytes at the same place, so that reading a file twice quarantines once.
        kind: ``record`` (one row or entry) or ``file`` (the whole input).
        name: of the input it came from.
        location: line or entry within it (``line 17``, ``inner/CN1.XML``), ``""`` for a whole file.
        reason_code: short and stable, for counting (``bad-number``); ``reason`` is the sentence for people.
        size_bytes: of the raw content.
        format: the format that refused it, where one was recognised.
        context: what is needed to read it again on its own (``header``: the CSV header line ...).
        quarantined_at: when it was first refused.
        last_seen_at: when it was last refused, ``None``: it was not refused again; ``count``: how often it was. What is refused
            once more waits again, if it was replayed.
        digest: of the raw content, BLAKE2b of 16 bytes in hexadecimal.
        kept_bytes: how much of the content is kept, from its beginning, where it was too large; ``None``: all.
    """

    id: str
    kind: str
    source: str
    name: str
    location: str
    reason_code: str
    reason: str
    size_bytes: int
    format: str | None = None
    context: dict[str, str] = {}
    quarantined_at: datetime
    last_seen_at: datetime | None = None
    count: int = 1
    replayed_at: datetime | None = None
    digest: str | None = None
    kept_bytes: int | None = None

    @property
    def seen_at(self) -> datetime:
        """When it was last refused."""
        return self.last_seen_at or self.quarantined_at

    @property
    def held_bytes(self) -> int:
        """How many bytes of it are kept."""
        return self.size_bytes if self.kept_bytes is None else self.kept_bytes


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which items; what is ``None`` does not matter.

    Attributes:
        source: of the input they came from; ``name``: the input's own.
        reason_codes: one of these.
        since: last seen then or later; ``before``: last seen before then.
        waiting: whether they still wait to be replayed.
    """

    source: str | None = None
    name: str | None = None
    reason_codes: tuple[str, ...] | None = None
    since: datetime | None = None
    before: datetime | None = None
    waiting: bool | None = None


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """How much there is of something."""

    count: int
    size_bytes: int


def seen_again(known: QuarantineItem, item: QuarantineItem) -> QuarantineItem:
    """Return the item that is there after the same was refused once more: it waits again, and the newest reason counts."""
    return msgspec.structs.replace(
        known,
        reason_code=item.reason_code,
        reason=item.reason,
        format=item.format,
        context=item.context,
        last_seen_at=max(known.seen_at, item.seen_at),
        count=known.count + item.count,
        replayed_at=None,
    )
