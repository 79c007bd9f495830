"""``Idempotency-Key``: a request that is sent again is answered as before, and done once.

After draft-ietf-httpapi-idempotency-key-header-07: the header is a string of structured fields (RFC 9651); the same key
with other content is refused, and so is one whose request is still under way. Beyond the draft the key may stand without
quotes, as many clients write it.
"""

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from shared.errors import RetryLaterError
from shared.store.coordination import Standing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from shared.store.coordination import Idempotency

HEADER = "Idempotency-Key"
KEPT_SECONDS = 24 * 3600.0
"""So long after its answer a key is known."""

_KEY = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\]){1,255})"|([\x21\x23-\x7e]{1,255})')


class KeyReusedError(Exception):
    """The key came with another content before."""


class KeyBusyError(Exception):
    """A request with this key is under way."""


def key_in(values: "Sequence[str]") -> str | None:
    """Return the key that a request's headers of this name bring, ``None`` when there is none.

    Raises:
        ValueError: it is no key, or there are several.
    """
    if not values:
        return None
    found = _KEY.fullmatch(values[0].strip()) if len(values) == 1 else None
    if found is None:
        raise ValueError(f"{HEADER} is a string of 1 to 255 ASCII characters")
    return found[2] or re.sub(r"\\(.)", r"\1", found[1])


async def once(
    keys: "Idempotency", name: str, digest: str, work: "Callable[[], Awaitable[bytes]]", *, lease_seconds: float
) -> bytes:
    """Return the answer of the work, or that of the earlier request with this name.

    Args:
        keys: of the store.
        name: of the request; keys of different senders and places must not meet in one.
        digest: of its content.
        work: does what is asked; the answer it returns is kept for `KEPT_SECONDS`.
        lease_seconds: longer than the work takes; after that it may be begun anew, as its process died.

    Raises:
        KeyReusedError: that request had another content.
        KeyBusyError: that request is under way.
        RetryLaterError: it cannot be stored now; the key is free again.
    """
    begun = await keys.begin(name, digest, lease_seconds=lease_seconds)
    if begun.standing is Standing.DONE and begun.answer is not None:
        return begun.answer
    if begun.standing is Standing.DIFFERENT:
        raise KeyReusedError
    if begun.standing is not Standing.BEGUN:
        raise KeyBusyError
    done = None
    try:
        done = await work()
    finally:
        with suppress(RetryLaterError):  # then the key is free when its time is over
            if done is None:
                await keys.give_up(name, begun.token)
            else:
                await keys.finish(name, begun.token, done, keep_seconds=KEPT_SECONDS)
    return done
