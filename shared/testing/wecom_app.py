"""A stand-in for WeCom's apps: tokens, messages to members, what is dropped without a word, and recall.

Source: https://developer.work.weixin.qq.com/document/path/90236 (messages), path/91039 (tokens), path/94867 (recall).
"""

import hashlib
import json
from collections import defaultdict, deque
from typing import TYPE_CHECKING, Any

from aiohttp import web

from shared.testing.tokens import TokenDesk
from shared.testing.vendor import FakeVendor, Limit, Misbehaviour, Refusal, texts_of
from shared.testing.wecom_app_bodies import MAX_USERS, judge_app_body, shown_part

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shared.clock import Clock

CORP_ID, SECRET, AGENT_ID = "wx5823bf96d3bd56c7", "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG", 1000002
MEMBER_LIMITS = (Limit(calls=30, window_seconds=60.0), Limit(calls=1000, window_seconds=3600.0))
RECALL_SECONDS = 86_400.0

_HINT = "hint: [1708397705432012366598976], from ip: 203.0.113.7, more info at https://open.work.weixin.qq.com/devtool/query"


class FakeWeComApp(FakeVendor):
    """The server, with one enterprise and one app.

    Attributes:
        tokens: where the app gets its token.
        token_script: as `script`, for whoever asks for a token.
        trusts: whether requests come from an address of the list.
        unlicensed: members who cannot be reached for want of a licence.
        dropped: (member, message id) that were dropped without a word, beyond the limits.
        repeated: message ids of requests that came again and were not shown again.
        recalled: message ids.
    """

    limits = ()
    unknown_key = Refusal(code=82001, text=f"touser is empty, {_HINT}")
    too_fast = Refusal(code=45009, text=f"api freq out of limit, {_HINT}")

    def __init__(self, *, clock: "Clock", members: "Iterable[str]" = ("ZhangSan", "lisi"), port: int = 0) -> None:
        super().__init__(clock=clock, port=port)
        self.tokens = TokenDesk(
            clock,
            account=CORP_ID,
            secret=SECRET,
            wrong_account=Refusal(code=40013, text=f"invalid corpid, {_HINT}"),
            wrong_secret=Refusal(code=40001, text=f"invalid credential, {_HINT}"),
        )
        self.token_script: deque[Misbehaviour] = deque()
        self.trusts = True
        self.unlicensed: set[str] = set()
        self.dropped: list[tuple[str, str]] = []
        self.repeated: list[str] = []
        self.recalled: list[str] = []
        self._members = {member.casefold() for member in members}
        self._got: defaultdict[tuple[str, Limit], deque[float]] = defaultdict(deque)
        self._seen: dict[str, tuple[float, str]] = {}
        self._sent_at: dict[str, float] = {}
        self._tasks: set[str] = set()

    def routes(self) -> "Iterable[web.AbstractRouteDef]":
        """Return the three addresses."""
        return [
            web.get("/cgi-bin/gettoken", self._token),
            web.post("/cgi-bin/message/send", self._send),
            web.post("/cgi-bin/message/recall", self._recall),
        ]

    def judge(self, key: str, raw: bytes, request: web.Request) -> Refusal | None:
        """Check token, address, app, receivers and body, in this order."""
        refusal = self._judge_caller(request)
        if refusal is not None:
            return refusal
        body = json.loads(raw)
        if not isinstance(body.get("agentid"), int):
            return Refusal(code=40056, text=f"invalid agentid, {_HINT}")
        if body["agentid"] != AGENT_ID:
            return Refusal(code=301002, text=f"not allow operate another agent with this accesstoken, {_HINT}")
        users = key.split("|")
        if len(users) > MAX_USERS:
            return Refusal(code=40032, text=f"invalid user list size, {_HINT}")
        if not self._known(users):
            return Refusal(code=81013, text=f"user & party & tag all invalid, {_HINT}")
        return judge_app_body(body) or self._judge_task(body, raw)

    def shown(self, body: dict[str, Any]) -> tuple[str, str]:
        """Return what members read."""
        kind = body["msgtype"]
        texts = texts_of(shown_part(kind, body[kind]))
        return kind, "\n".join(text for text in texts if not text.startswith(("http://", "https://")))

    def accept(self, key: str, raw: bytes) -> dict[str, object]:
        """Show a message to those whom it reaches; a repetition to nobody."""
        body, now = json.loads(raw), self.now.timestamp()
        users = key.split("|")
        known = self._known(users)
        said: dict[str, object] = {
            "invaliduser": "|".join(user.casefold() for user in users if user not in known),
            "invalidparty": "",
            "invalidtag": "",
            "unlicenseduser": "|".join(user.casefold() for user in known if user in self.unlicensed),
        }
        digest = hashlib.sha256(raw).hexdigest()
        seen_at, message_id = self._seen.get(digest, (float("-inf"), f"msg-{len(self._sent_at) + 1}"))
        if body.get("enable_duplicate_check") == 1 and now < seen_at + body.get("duplicate_check_interval", 1800):
            self.repeated.append(message_id)
            return {**said, "msgid": message_id}
        message_id = f"msg-{len(self._sent_at) + 1}"
        self._seen[digest] = now, message_id
        self._sent_at[message_id] = now
        reached = [user for user in known if user not in self.unlicensed and self._has_room(user, message_id)]
        if body["msgtype"] == "template_card":
            self._tasks.add(body["template_card"]["task_id"])
        if reached:
            super().accept("|".join(reached), raw)
        return {**said, "msgid": message_id}

    def _judge_caller(self, request: web.Request) -> Refusal | None:
        refusal = self.tokens.judge(request.query.get("access_token", ""))
        if refusal is not None or self.trusts:
            return refusal
        return Refusal(code=60020, text=f"not allow to access from your ip, {_HINT}")

    def _judge_task(self, body: dict[str, Any], raw: bytes) -> Refusal | None:
        task = body["template_card"]["task_id"] if body["msgtype"] == "template_card" else None
        is_taken = task in self._tasks and hashlib.sha256(raw).hexdigest() not in self._seen
        return Refusal(code=40058, text=f"task_id is taken, {_HINT}") if is_taken else None

    def _known(self, users: list[str]) -> list[str]:
        return [user for user in users if user.casefold() in self._members]

    def _has_room(self, user: str, message_id: str) -> bool:
        now, has_room = self.now.timestamp(), True
        for limit in MEMBER_LIMITS:
            got = self._got[user.casefold(), limit]
            while got and got[0] <= now - limit.window_seconds:
                got.popleft()
            has_room = has_room and len(got) < limit.calls
        if not has_room:
            self.dropped.append((user, message_id))
            return False
        for limit in MEMBER_LIMITS:
            self._got[user.casefold(), limit].append(now)
        return True

    async def _token(self, request: web.Request) -> web.StreamResponse:
        if self.token_script:
            return await self.misbehave(self.token_script.popleft(), request, "", b"")
        answer = self.tokens.ask(request.query.get("corpid", ""), request.query.get("corpsecret", ""))
        if isinstance(answer, Refusal):
            return self.refuse(answer)
        token, seconds = answer
        return self.answer(0, "ok", access_token=token, expires_in=seconds)

    async def _send(self, request: web.Request) -> web.StreamResponse:
        try:
            body = json.loads(await request.read())
        except ValueError:
            return self.refuse(Refusal(code=40035, text=f"invalid json, {_HINT}"))
        return await self.serve(request, str(body.get("touser", "")))

    async def _recall(self, request: web.Request) -> web.StreamResponse:
        refusal = self._judge_caller(request)
        if refusal is not None:
            return self.refuse(refusal)
        message_id = json.loads(await request.read()).get("msgid")
        sent_at = self._sent_at.get(message_id)
        if sent_at is None or sent_at <= self.now.timestamp() - RECALL_SECONDS:
            return self.refuse(Refusal(code=40058, text=f"invalid msgid, {_HINT}"))
        self.recalled.append(message_id)
        return self.answer(0, "ok")
