"""What is asked of the quarantine, and how an item that comes again is united with the one that is there."""

from datetime import datetime

import msgspec

from shared.store.records import QuarantineItem


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
