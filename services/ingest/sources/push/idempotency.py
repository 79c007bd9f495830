"""``Idempotency-Key`` of a push, see `shared.once`: refusals in the words of the push, answers that can be kept."""

from typing import TYPE_CHECKING

import msgspec

from services.ingest.sources.push.answers import RETRY_AFTER_SECONDS, Answer, RefusedPushError
from shared.ids import stable_id
from shared.once import HEADER, KeyBusyError, KeyReusedError, key_in, once

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import web

    from shared.store.coordination import Idempotency

_LEASE_SECONDS = 120.0
_LEASE_SECONDS_PER_MIB = 2.0
"""A key whose process died is free after this: several times what reading so much takes."""


def key_of(request: "web.Request") -> str | None:
    """Return the request's key, ``None`` when it brings none.

    Raises:
        RefusedPushError: 400, it is none, or there are several.
    """
    try:
        return key_in(request.headers.getall(HEADER, []))
    except ValueError:
        raise RefusedPushError(
            400,
            "幂等键不对",
            f'{HEADER} 应是一个 1 到 255 个 ASCII 字符的字符串，例如 {HEADER}: "8e03978e-40d5-43dd"。',
        ) from None


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

        async def kept() -> bytes:
            return msgspec.json.encode(await work())

        lease_seconds = _LEASE_SECONDS + size / 1024**2 * _LEASE_SECONDS_PER_MIB
        name = stable_id("push", place, key)
        try:
            answer = await once(self._keys, name, digest, kept, lease_seconds=lease_seconds)
        except KeyReusedError:
            raise RefusedPushError(
                422, "幂等键已用过", f"这个 {HEADER} 已用于内容不同的请求；新的内容请用新的键，重试请原样发送。"
            ) from None
        except KeyBusyError:
            raise RefusedPushError(
                409,
                "同一请求正在处理",
                f"带这个 {HEADER} 的请求还没有处理完；请稍后原样重试。",
                {"Retry-After": str(RETRY_AFTER_SECONDS)},
            ) from None
        return msgspec.json.decode(answer, type=Answer)
