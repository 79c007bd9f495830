"""A stand-in for WeChat's service accounts: tokens, template messages, subscribe notifications.

Source: developers.weixin.qq.com/doc/service (stable_token, template/send, subscribe/bizsend); the field types are those of the table
that subscribe notifications of mini programs share.
"""

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from aiohttp import web

from shared.testing.tokens import TokenDesk
from shared.testing.vendor import FakeVendor, Misbehaviour, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shared.clock import Clock

APP_ID, SECRET, TEMPLATE = "wx0123456789abcdef", "fedcba9876543210fedcba9876543210", "TEMPLATE-OF-PATENTS"
FOLLOWER, STRANGER = "oFollower000000000000000001", "oStranger000000000000000001"
FIELDS = ("thing1", "character_string2", "thing3", "date4", "thing5", "phrase6", "time7")
KNOWN_SECONDS = 600.0

_DAY = r"\d{4}年\d{1,2}月\d{1,2}日"
_MINUTE = r"([01]?\d|2[0-3]):[0-5]\d"
_TYPES = {
    "thing": re.compile(r"[^\r\n]{1,20}"),
    "character_string": re.compile(r"[ -~]{1,32}"),
    "phrase": re.compile(r"[\u4e00-\u9fff]{1,5}"),
    "date": re.compile(rf"{_DAY}( {_MINUTE})?"),
    "time": re.compile(rf"({_DAY} )?{_MINUTE}"),
}
_EMOJI = re.compile(r"[\u2600-\u27bf\U0001f000-\U0001faff]")


class FakeWeChat(FakeVendor):
    """The server, with one service account that has one follower and one template.

    Attributes:
        tokens: where the account gets its token.
        token_script: as `script`, for whoever asks for a token.
        trusts: whether requests come from an address of the list.
        consents: how many notifications each openid still takes.
        quota: template messages that are left of the day's.
        repeated: ``client_msg_id`` of what came again and was not shown again.
    """

    limits = ()
    unknown_key = Refusal(code=40003, text="invalid openid")
    too_fast = Refusal(code=45009, text="reach max api daily quota limit")

    def __init__(self, *, clock: "Clock", fields: "Iterable[str]" = FIELDS[:5], port: int = 0) -> None:
        super().__init__(clock=clock, keys=(FOLLOWER, STRANGER), port=port)
        self.tokens = TokenDesk(
            clock,
            account=APP_ID,
            secret=SECRET,
            wrong_account=Refusal(code=40013, text="invalid appid"),
            wrong_secret=Refusal(code=40125, text="invalid appsecret"),
        )
        self.token_script: list[Misbehaviour] = []
        self.trusts = True
        self.consents: Counter[str] = Counter({FOLLOWER: 1})
        self.quota = 100_000
        self.repeated: list[str] = []
        self._fields = tuple(fields)
        self._seen: dict[tuple[str, str], float] = {}

    def routes(self) -> "Iterable[web.AbstractRouteDef]":
        """Return the three addresses."""
        return [
            web.post("/cgi-bin/stable_token", self._token),
            web.post("/cgi-bin/message/template/send", self._send),
            web.post("/cgi-bin/message/subscribe/bizsend", self._send),
        ]

    def judge(self, key: str, raw: bytes, request: web.Request) -> Refusal | None:
        """Check token, address, template, receiver and fields, in this order."""
        refusal = self.tokens.judge(request.query.get("access_token", ""))
        if refusal is not None:
            return refusal
        if not self.trusts:
            return Refusal(code=40164, text="invalid ip 203.0.113.7, not in whitelist")
        body = json.loads(raw)
        if body.get("template_id") != TEMPLATE:
            return Refusal(code=40037, text="invalid template_id")
        refusal = self._judge_consent(key, body) if _is_notification(request) else self._judge_follower(key)
        return refusal or self._judge_data(body.get("data") or {})

    def shown(self, body: dict[str, Any]) -> tuple[str, str]:
        """Return the fields that the template has, a line each."""
        return "template", "\n".join(body["data"][name]["value"] for name in self._fields)

    def accept(self, key: str, raw: bytes) -> dict[str, object]:
        """Show a message, unless it is a repetition."""
        body, now = json.loads(raw), self.now.timestamp()
        repeated = body.get("client_msg_id")
        if repeated and now < self._seen.get((key, repeated), float("-inf")) + KNOWN_SECONDS:
            self.repeated.append(repeated)
        else:
            self._seen[key, str(repeated)] = now
            super().accept(key, raw)
        return {"msgid": 200_228_332 + len(self.accepted)}

    def _judge_follower(self, key: str) -> Refusal | None:
        if key == STRANGER:
            return Refusal(code=43004, text="require subscribe")
        return None if self.quota else self.too_fast

    def _judge_consent(self, key: str, body: dict[str, Any]) -> Refusal | None:
        if not self.consents[key]:
            return Refusal(code=43101, text="user refuse to accept the msg")
        is_template = "url" in body or "client_msg_id" in body
        return Refusal(code=47001, text="data format error") if is_template else None

    def _judge_data(self, data: dict[str, Any]) -> Refusal | None:
        for name in self._fields:
            value = data.get(name, {}).get("value", "")
            kind = name.rstrip("0123456789")
            if not _TYPES[kind].fullmatch(value) or _EMOJI.search(value):
                return Refusal(code=47003, text=f"argument invalid! data.{name}.value is invalid")
        return None

    async def _token(self, request: web.Request) -> web.StreamResponse:
        if self.token_script:
            return await self.misbehave(self.token_script.pop(0), request, "", b"")
        body = json.loads(await request.read())
        if body.get("grant_type") != "client_credential":
            return self.refuse(Refusal(code=40002, text="invalid grant_type"))
        answer = self.tokens.ask(body.get("appid", ""), body.get("secret", ""))
        if isinstance(answer, Refusal):
            return self.refuse(answer)
        token, seconds = answer
        return web.json_response({"access_token": token, "expires_in": seconds})  # no code, as the real one

    async def _send(self, request: web.Request) -> web.StreamResponse:
        key = str(json.loads(await request.read()).get("touser", ""))
        shown = len(self.accepted)
        response = await self.serve(request, key)
        if _is_notification(request):
            self.consents[key] -= len(self.accepted) - shown
        return response


def _is_notification(request: web.Request) -> bool:
    return request.path.endswith("bizsend")
