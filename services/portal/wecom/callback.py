"""``/wecom/{corp}/callback``: what WeCom calls when a member says or does something.

Source: https://developer.work.weixin.qq.com/document/path/90930. Whoever is not WeCom learns nothing here, not even whether there
is such an enterprise: every refusal is the same. The vendor waits five seconds; what takes longer is answered by a message.
"""

import asyncio
import hashlib
import os
from typing import TYPE_CHECKING

from aiohttp import web

from services.portal.wecom.crypto import CallbackCipher, ForgedError
from services.portal.wecom.incoming import Incoming, answer_xml, envelope_xml, read, sealed_part
from shared.errors import InvalidInputError, RetryLaterError, ZhituiError
from shared.filing.lookups import Lookups
from shared.logs import get_logger
from shared.once import KeyBusyError, KeyReusedError, once
from shared.runtime.cancelling import cancel
from shared.runtime.openapi import describe

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from services.portal.wecom.corps import Corps
    from shared.filing.wecom_corps import WecomCorp
    from shared.runtime.role import Surroundings

BODY_LIMIT_BYTES = 64 * 1024
ANSWER_SECONDS = 3.5
"""How long an answer may take that goes back at once; the vendor hangs up after five."""

WORK_SECONDS = 60.0
"""How long a message is worked on before somebody may begin it anew."""

BUSY = "系统这会儿忙不过来，请过几分钟再发一次。"

_log = get_logger("wecom")
_REFUSED = {"404": {"description": "Not from WeCom, or there is no such enterprise: which is not told."}}


class Callbacks:
    """Takes calls of the vendor.

    Args:
        around: the process's.
        corps: who may be called.
        answer: does what a member asks for, and returns what it is told (``""``: nothing).
        send: tells a member what came too late for an answer.
    """

    def __init__(
        self,
        around: "Surroundings",
        corps: "Corps",
        answer: "Callable[[WecomCorp, Incoming], Awaitable[str]]",
        send: "Callable[[WecomCorp, str, str], Awaitable[None]]",
    ) -> None:
        self._around = around
        self._corps = corps
        self._answer = answer
        self._send = send
        self._lookups = Lookups(around.secrets)
        self._calls = around.metrics.portal_wecom_calls
        self._late: set[asyncio.Task[None]] = set()

    def routes(self) -> "list[web.RouteDef]":
        """Return the check of the address, and the address."""
        path = "/wecom/{corp}/callback"
        return [web.get(path, self.check_url), web.post(path, self.take)]

    async def close(self) -> None:
        """Let go of what is still worked on; the vendor was told that it arrived, its sender will ask again."""
        await asyncio.gather(*map(cancel, self._late))

    @describe(responses={"200": {"description": "The text that was sealed."}, **_REFUSED}, tags=["wecom"])
    async def check_url(self, request: web.Request) -> web.Response:
        """Prove to WeCom that this address is the app's."""
        # A plus that was not written as %2B has become a blank.
        sealed = request.query.get("echostr", "").replace(" ", "+")
        try:
            corp, cipher = await self._opened(request, sealed)
            plain = cipher.open(sealed)
        except InvalidInputError as error:
            return self._refuse(error)
        await self._corps.called(corp)
        self._calls.labels("checked").inc()
        return web.Response(body=plain, content_type="text/plain")

    @describe(responses={"200": {"description": "Taken; the answer is sealed."}, **_REFUSED}, tags=["wecom"])
    async def take(self, request: web.Request) -> web.Response:
        """Take a message or an event of WeCom."""
        try:
            sealed = sealed_part(await _body(request))
            corp, cipher = await self._opened(request, sealed)
            message = cipher.open(sealed)
            incoming = read(message)
            _check_receiver(corp, incoming)
        except InvalidInputError as error:
            return self._refuse(error)
        await self._corps.called(corp)
        text = await self._in_time(corp, incoming, hashlib.sha256(message).hexdigest())
        return self._said(cipher, incoming, text) if text else web.Response()

    async def _opened(self, request: web.Request, sealed: str) -> "tuple[WecomCorp, CallbackCipher]":
        """Return whom a signed call is for, and by which of its keys.

        Raises:
            ForgedError: nobody, or it is not signed by the vendor.
        """
        corp = await self._corps.get(request.match_info["corp"])
        if corp is None:
            raise ForgedError("unknown")
        query, now = request.query, self._around.clock.now()
        signature, timestamp, nonce = (query.get(name, "") for name in ("msg_signature", "timestamp", "nonce"))
        *older, last = self._corps.ciphers(corp)[::-1]
        for cipher in older:
            try:
                cipher.check(signature, timestamp, nonce, sealed, now=now)
            except ForgedError:
                continue
            return corp, cipher
        last.check(signature, timestamp, nonce, sealed, now=now)
        return corp, last

    async def _in_time(self, corp: "WecomCorp", incoming: Incoming, digest: str) -> str:
        task = asyncio.create_task(self._once(corp, incoming, digest))
        done, _ = await asyncio.wait({task}, timeout=ANSWER_SECONDS)
        if done:
            self._calls.labels("failed" if task.result() == BUSY else "answered").inc()
            return task.result()
        self._calls.labels("late").inc()
        late = asyncio.create_task(self._tell_late(corp, incoming, task))
        self._late.add(late)
        late.add_done_callback(self._late.discard)
        return ""

    async def _once(self, corp: "WecomCorp", incoming: Incoming, digest: str) -> str:
        """Return the answer; of what comes again, the same as before."""
        secrets = self._around.secrets

        async def work() -> bytes:
            return secrets.seal(await self._answer(corp, incoming))

        try:
            kept = await once(
                self._around.store.idempotency,
                self._lookups.secret("wecom-message", corp.id, incoming.key),  # its key may name a member
                digest,
                work,
                lease_seconds=WORK_SECONDS,
            )
        except (KeyBusyError, KeyReusedError):
            return ""
        except RetryLaterError as error:
            _log.warning("wecom_callback_failed", connection=corp.id, error=str(error))
            return BUSY
        return secrets.open(kept)

    async def _tell_late(self, corp: "WecomCorp", incoming: Incoming, task: "asyncio.Task[str]") -> None:
        try:
            text = await task
            if text:
                await self._send(corp, incoming.user_id, text)
        except ZhituiError as error:
            _log.warning("wecom_answer_lost", connection=corp.id, error=str(error))

    def _refuse(self, error: InvalidInputError) -> web.Response:
        self._calls.labels("refused").inc()
        _log.warning("wecom_callback_refused", reason=str(error))
        return web.Response(status=404, text="404: Not Found")

    def _said(self, cipher: CallbackCipher, to: Incoming, text: str) -> web.Response:
        seconds = int(self._around.clock.now().timestamp())
        timestamp, nonce = str(seconds), str(int.from_bytes(os.urandom(5), "big"))
        sealed = cipher.seal(answer_xml(to, text, at_seconds=seconds), os.urandom(16))
        body = envelope_xml(sealed, cipher.signature(timestamp, nonce, sealed), timestamp, nonce)
        return web.Response(body=body, content_type="application/xml")


async def _body(request: web.Request) -> bytes:
    raw = bytearray()
    async for chunk in request.content.iter_any():
        raw += chunk
        if len(raw) > BODY_LIMIT_BYTES:
            raise InvalidInputError("too large")
    return bytes(raw)


def _check_receiver(corp: "WecomCorp", incoming: Incoming) -> None:
    if incoming.corp_id != corp.corp_id or incoming.agent_id not in {"", str(corp.agent_id)}:
        raise ForgedError("receiver")
