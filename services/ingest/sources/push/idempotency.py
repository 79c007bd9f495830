"""``Idempotency-Key``: a request that is sent again is answered as before, and done once.

After draft-ietf-httpapi-idempotency-key-header-07: the header is a string of structured fields (RFC 9651); the same key
with other content is 422, with a request still under way 409. Beyond the draft the key may stand without quotes, as many
clients write it.
"""

import re
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from services.ingest.sources.push.answers import RETRY_AFTER_SECONDS, Answer, RefusedPushError
from shared.errors import RetryLaterError
from shared.ids import stable_id
from shared.store.coordination import Standing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import web

    from shared.store.coordination import Idempotency

HEADER = "Idempotency-Key"
KEPT_SECONDS = 24 * 3600.0
"""So long after its answer a key is known."""

_LEASE_SECONDS = 120.0
_LEASE_SECONDS_PER_MIB = 2.0
"""A key whose process died is free after this: several times what reading so much takes."""

_KEY = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\]){1,255})"|([\x21\x23-\x7e]{1,255})')


def key_of(request: "web.Request") -> str | None:
    """Return the request's key, ``None`` when it brings none.

    Raises:
        RefusedPushError: 400, it is none, or there are several.
    """
    given = request.headers.getall(HEADER, [])
    if not given:
        return None
    found = _KEY.fullmatch(given[0].strip()) if len(given) == 1 else None
    if found is None:
        raise RefusedPushError(
            400,
            "幂等键不对",
            f'{HEADER} 应是一个 1 到 255 个 ASCII 字符的字符串，例如 {HEADER}: "8e03978e-40d5-43dd"。',
        )
    return found[2] or re.sub(r"\\(.)", r"\1", found[1])


class Once:
    """Does what comes with a key once."""

    def __init__(self, keys: "Idempotency") -> None:
        self._keys = keys

    async def answer(
        self, place: str, key: str | None, digest: str, size: int, work: "Callable[[], Awaitable[Answer]]"
    ) -> Answer:
        """Return the answer of the work, or that of the earlier request with this key.

        Args:
            place: method and path; a key counts within one.
            key: of the request; without one the work is done each time.
            digest: of the content.
            size: of the content, in bytes.
            work: does what is asked; the answer it returns is kept.

        Raises:
            RefusedPushError: 409, 422.
            RetryLaterError: it cannot be stored now; the key is free again.
        """
        if key is None:
            return await work()
        name = stable_id("push", place, key)
        lease = _LEASE_SECONDS + size / 1024**2 * _LEASE_SECONDS_PER_MIB
        begun = await self._keys.begin(name, digest, lease_seconds=lease)
        if begun.standing is Standing.DONE and begun.answer is not None:
            return msgspec.json.decode(begun.answer, type=Answer)
        if begun.standing is Standing.DIFFERENT:
            raise RefusedPushError(
                422, "幂等键已用过", f"这个 {HEADER} 已用于内容不同的请求；新的内容请用新的键，重试请原样发送。"
            )
        if begun.standing is not Standing.BEGUN:
            raise RefusedPushError(
                409,
                "同一请求正在处理",
                f"带这个 {HEADER} 的请求还没有处理完；请稍后原样重试。",
                {"Retry-After": str(RETRY_AFTER_SECONDS)},
            )
        done = None
        try:
            done = await work()
        finally:
            with suppress(RetryLaterError):  # then the key is free when its time is over
                if done is None:
                    await self._keys.give_up(name, begun.token)
                else:
                    await self._keys.finish(name, begun.token, msgspec.json.encode(done), keep_seconds=KEPT_SECONDS)
        return done
