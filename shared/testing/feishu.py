"""A stand-in for Feishu's custom bots: signature, keywords, addresses, limits and error codes, on loopback.

Source: Feishu's guide to custom bots.
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
_BAD = Refusal(code=9499, text="Bad Request")


class FakeFeishu(FakeVendor):
    """The server.

    Attributes:
        security: of all bots.
    """

    limits = (Limit(calls=100, window_seconds=60.0), Limit(calls=5, window_seconds=1.0))
    fields = ("code", "msg")
    success_text = "success"
    unknown_key = Refusal(code=19001, text="param invalid: incoming webhook access token invalid")
    too_fast = Refusal(code=11232, text="frequency limited")
    security = Security()

    def routes(self) -> "Iterable[web.AbstractRouteDef]":
        """Return the address of a bot."""
        return [web.post("/open-apis/bot/v2/hook/{key}", self._send)]

    def judge(self, key: str, raw: bytes, request: web.Request) -> Refusal | None:  # noqa: ARG002 - the port's
        """Check size, security settings and shape."""
        if len(raw) > LIMIT_BYTES:
            return _BAD
        try:
            body = json.loads(raw)
        except ValueError:
            return _BAD
        if self._is_unsigned(body):
            return Refusal(code=19021, text="sign match fail or timestamp is not within one hour from current time")
        if self.security.refuses(request.remote):
            return Refusal(code=19022, text="Ip Not Allowed")
        if self.security.lacks_keyword(body):
            return Refusal(code=19024, text="Key Words Not Found")
        return None if _is_message(body) else _BAD

    def shown(self, body: dict[str, Any]) -> tuple[str, str]:
        """Return everything that people read."""
        kind = body["msg_type"]
        match kind:
            case "text":
                return kind, body["content"]["text"]
            case "post":
                post = body["content"]["post"]["zh_cn"]
                lines = ["".join(part.get("text", "") for part in line) for line in post["content"]]
                return kind, "\n".join([post["title"], *lines])
            case _:
                return kind, "\n".join(element["content"] for element in body["card"]["body"]["elements"])

    async def _send(self, request: web.Request) -> web.StreamResponse:
        return await self.serve(request, request.match_info["key"])

    def _is_unsigned(self, body: dict[str, Any]) -> bool:
        secret, stamp = self.security.secret, str(body.get("timestamp", ""))
        if not secret:
            return False
        if not is_timely(stamp, self.now):
            return True
        digest = hmac.digest(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256)
        return body.get("sign") != base64.b64encode(digest).decode()


def _is_message(body: dict[str, Any]) -> bool:
    try:
        match body["msg_type"]:
            case "text":
                return bool(body["content"]["text"])
            case "post":
                lines = body["content"]["post"]["zh_cn"]["content"]
                return bool(lines) and all(part["tag"] in {"text", "a", "at"} for line in lines for part in line)
            case "interactive":
                card = body["card"]
                elements = card["body"]["elements"]
                return card["schema"] == "2.0" and bool(elements) and all(one["tag"] == "markdown" for one in elements)
            case _:
                return False
    except (KeyError, TypeError):
        return False
