"""A webhook receiver as Standard Webhooks 1.0.0 wants it: it checks signature, age and size."""

import base64
import hashlib
import hmac
import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar

from aiohttp import web
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from shared.testing.vendor import Accepted, FakeVendor, Limit, Refusal, texts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from shared.clock import Clock

TOLERANCE_SECONDS = 300
BODY_BYTES = 20_000


class FakeReceiver(FakeVendor):
    """A server that takes signed calls on every path; use it as an async context.

    Attributes:
        secrets: what it was told: ``whsec_…`` or ``whpk_…``; any of them will do. Change it at will.
        ids: of all calls, in order, refused ones and repetitions too.
        bodies: what came with them.
    """

    limits: ClassVar[tuple[Limit, ...]] = ()
    unknown_key = Refusal(code=404, text="no such path")
    too_fast = Refusal(code=429, text="too fast")

    def __init__(
        self,
        *,
        clock: "Clock",
        secrets: "Sequence[str]" = (),
        paths: "Iterable[str] | None" = None,
        port: int = 0,
        on_accept: "Callable[[Accepted], None] | None" = None,
        answer_seconds: float = 0.0,
    ) -> None:
        super().__init__(clock=clock, keys=paths, port=port, on_accept=on_accept, answer_seconds=answer_seconds)
        self.secrets = tuple(secrets)
        self.takes_challenges = True
        self.ids: list[str] = []
        self.bodies: list[bytes] = []

    def routes(self) -> "Iterable[web.AbstractRouteDef]":
        """Return one for everything."""
        return [web.post("/{path:.*}", self._take)]

    def judge(self, key: str, raw: bytes, request: web.Request) -> Refusal | None:  # noqa: ARG002 - the port's
        """Check form, size, age and signature."""
        message_id, timestamp = request.headers.get("webhook-id", ""), request.headers.get("webhook-timestamp", "")
        if request.content_type != "application/json" or not message_id or "." in message_id:
            return Refusal(code=400, text="not in Standard Webhooks form")
        if len(raw) >= BODY_BYTES:
            return Refusal(code=413, text="too large")
        if not timestamp.isdigit() or abs(int(timestamp) - self.now.timestamp()) > TOLERANCE_SECONDS:
            return Refusal(code=401, text="too old, or from the future")
        signed = f"{message_id}.{timestamp}.".encode() + raw
        signatures = request.headers.get("webhook-signature", "").split(" ")
        if not any(_fits(secret, one, signed) for secret in self.secrets for one in signatures):
            return Refusal(code=401, text="wrong signature")
        return None

    def shown(self, body: dict[str, Any]) -> tuple[str, str]:
        """Return the type and all texts."""
        return body["type"], "\n".join(texts_of(body["data"]))

    def refuse(self, refusal: Refusal) -> web.Response:
        """Answer with a status, as receivers do."""
        self.refused.append(refusal.code)
        return web.Response(status=refusal.code, text=refusal.text)

    async def _take(self, request: web.Request) -> web.StreamResponse:
        self.ids.append(request.headers.get("webhook-id", ""))
        self.bodies.append(await request.read())
        response = await self.serve(request, f"/{request.match_info['path']}")
        if response.status == HTTPStatus.OK and self.takes_challenges:
            event = json.loads(self.bodies[-1])
            if event["type"] == "endpoint.verification":
                return web.json_response({"challenge": event["data"]["challenge"]})
        return response


def _fits(secret: str, signature: str, signed: bytes) -> bool:
    version, _, encoded = signature.partition(",")
    given = base64.b64decode(encoded)
    kind, _, key = secret.partition("_")
    if (kind, version) == ("whsec", "v1"):
        return hmac.compare_digest(hmac.digest(base64.b64decode(key), signed, hashlib.sha256), given)
    if (kind, version) == ("whpk", "v1a"):
        try:
            Ed25519PublicKey.from_public_bytes(base64.b64decode(key)).verify(given, signed)
        except InvalidSignature:
            return False
        return True
    return False
