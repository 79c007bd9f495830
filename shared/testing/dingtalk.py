"""A stand-in for DingTalk's custom robots: signature, keywords, addresses, limits and error codes, on loopback.

Source: DingTalk's guide to custom robots; the texts of 310000 and the ten minutes' block as users report them.
"""

import base64
import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from shared.testing.robot_security import Security, is_timely
from shared.testing.vendor import FakeVendor, Limit, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

LIMIT_BYTES = 20_000
_MORE = "more: [https://open.dingtalk.com/document/robots/custom-robot-access]"
_REQUIRED = {
    "text": ("content",),
    "markdown": ("title", "text"),
    "actionCard": ("title", "text"),
}


class FakeDingtalk(FakeVendor):
    """The server.

    Attributes:
        security: of all robots.
    """

    limits = (Limit(calls=20, window_seconds=60.0, block_seconds=600.0),)
    unknown_key = Refusal(code=300001, text="token is not exist")
    too_fast = Refusal(code=130101, text="send too fast, exceed 20 times per minute")
    security = Security()

    def routes(self) -> "Iterable[web.AbstractRouteDef]":
        """Return the address of all robots."""
        return [web.post("/robot/send", self._send)]

    def judge(self, key: str, raw: bytes, request: web.Request) -> Refusal | None:  # noqa: ARG002 - the port's
        """Check shape, size and security settings."""
        if len(raw) > LIMIT_BYTES:
            return Refusal(code=460101, text=f"message too long, exceed {LIMIT_BYTES} bytes")
        try:
            body = json.loads(raw)
        except ValueError:
            return Refusal(code=40035, text="json invalid")
        kind = body.get("msgtype")
        part = body.get(kind) if isinstance(kind, str) else None
        if kind not in _REQUIRED or not isinstance(part, dict):
            return Refusal(code=400105, text="unsupported message type")
        if not all(isinstance(part.get(name), str) and part[name] for name in _REQUIRED[kind]):
            return Refusal(code=40035, text="param invalid")
        if kind == "actionCard" and not _has_buttons(part):
            return Refusal(code=40035, text="param invalid")
        return self._insecure(request, body)

    def shown(self, body: dict[str, Any]) -> tuple[str, str]:
        """Return a text, or a markdown's body; the title shows in the list of chats only."""
        kind = body["msgtype"]
        return kind, body[kind]["content" if kind == "text" else "text"]

    async def _send(self, request: web.Request) -> web.StreamResponse:
        return await self.serve(request, request.query.get("access_token", ""))

    def _insecure(self, request: web.Request, body: dict[str, Any]) -> Refusal | None:
        security = self.security
        if security.secret:
            stamp = request.query.get("timestamp", "")
            if not is_timely(stamp, self.now, a_second=1000):
                return Refusal(code=310000, text=f"invalid timestamp, {_MORE}")
            digest = hmac.digest(security.secret.encode(), f"{stamp}\n{security.secret}".encode(), hashlib.sha256)
            if request.query.get("sign") != base64.b64encode(digest).decode():
                return Refusal(code=310000, text=f"sign not match, {_MORE}")
        if security.lacks_keyword(body):
            return Refusal(code=310000, text=f"keywords not in content, {_MORE}")
        if security.refuses(request.remote):
            return Refusal(code=310000, text=f"ip {request.remote} not in whitelist, {_MORE}")
        return None


def _has_buttons(card: dict[str, Any]) -> bool:
    buttons = card.get("btns", [])
    return bool(card.get("singleTitle") and card.get("singleURL")) or (
        bool(buttons) and all(one.get("title") and one.get("actionURL") for one in buttons)
    )
