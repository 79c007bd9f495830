"""``Idempotency-Key`` of the API, see `shared.once`. Answers may hold a new secret, so they are kept sealed."""

from typing import TYPE_CHECKING

import msgspec

from services.portal.api.kept import Kept
from services.portal.api.problems import UnreadableError
from services.portal.desk.refusals import ConflictError, InvalidError, Text
from shared.ids import stable_id
from shared.once import HEADER, KeyBusyError, KeyReusedError, key_in, once

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from aiohttp import web

    from shared.secret_box import SecretBox
    from shared.store.coordination import Idempotency

LEASE_SECONDS = 20.0
"""A key whose process died is free after this: many times what an endpoint takes."""

UNDER_WAY_SECONDS = 7.0
"""When who asks meanwhile may ask again; who does it three times finds the key free."""


class Once:
    """Does what comes with a key once."""

    def __init__(self, keys: "Idempotency", secrets: "SecretBox") -> None:
        self._keys = keys
        self._secrets = secrets

    def key_of(self, request: "web.Request") -> str | None:
        """Return the request's key, ``None`` when it brings none.

        Raises:
            UnreadableError: it is none, or there are several.
        """
        try:
            return key_in(request.headers.getall(HEADER, []))
        except ValueError:
            raise UnreadableError(
                400,
                "bad-idempotency-key",
                Text(
                    f'{HEADER} 应是一个 1 到 255 个 ASCII 字符的字符串，例如 {HEADER}: "8e03978e-40d5-43dd"。',
                    f'{HEADER} is one string of 1 to 255 ASCII characters, such as {HEADER}: "8e03978e-40d5-43dd".',
                ),
            ) from None

    async def answer(self, place: "Sequence[str]", digest: str, work: "Callable[[], Awaitable[Kept]]") -> Kept:
        """Return the answer of the work, or that of the earlier request of this place.

        Args:
            place: who asks for what, and the key.
            digest: of the body.
            work: does it; what it refuses is not kept, so that it can be tried again.

        Raises:
            InvalidError: the key came with another body.
            ConflictError: the same request is under way.
        """

        async def sealed() -> bytes:
            return self._secrets.seal(msgspec.json.encode(await work()).decode())

        try:
            kept = await once(self._keys, stable_id("api", *place), digest, sealed, lease_seconds=LEASE_SECONDS)
        except KeyReusedError:
            raise InvalidError(
                code="idempotency-key-reused",
                text=Text(
                    f"这个 {HEADER} 已用于内容不同的请求；新的内容请用新的键，重试请原样发送。",
                    f"This {HEADER} came with another body before; take a new key, or send the same again.",
                ),
            ) from None
        except KeyBusyError:
            raise ConflictError(
                "under-way",
                Text(
                    f"带这个 {HEADER} 的请求还没有处理完，请稍后原样重试。",
                    f"A request with this {HEADER} is under way; send the same again later.",
                ),
                after_seconds=UNDER_WAY_SECONDS,
            ) from None
        return msgspec.json.decode(self._secrets.open(kept), type=Kept)
