"""A stand-in for WeCom's apps: tokens, messages to members, what is dropped without a word, recall, cards, people, sign-in.

Source: https://developer.work.weixin.qq.com/document/path/90236 (messages), path/91039 (tokens), path/94867 (recall).
"""

import hashlib
import json
from collections import defaultdict, deque
from typing import TYPE_CHECKING, Any

from aiohttp import web

from shared.testing.vendor import FakeVendor, Limit, Misbehaviour, Refusal, texts_of
from shared.testing.wecom_app_bodies import MAX_USERS, judge_app_body, judge_menu, shown_part
from shared.testing.wecom_enterprise import HINT, Enterprise, Person

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from shared.clock import Clock
    from shared.testing.tokens import TokenDesk

CORP_ID, SECRET, AGENT_ID = "wx5823bf96d3bd56c7", "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG", 1000002
MEMBER_LIMITS = (Limit(calls=30, window_seconds=60.0), Limit(calls=1000, window_seconds=3600.0))
RECALL_SECONDS = 86_400.0


class FakeWeComApp(FakeVendor):
    """The server, with one enterprise and one app; more can be added.

    Attributes:
        home: the one that is there from the beginning.
        token_script: as `script`, for whoever asks for a token.
        trusts: whether requests come from an address of the list.
        unlicensed: members who cannot be reached for want of a licence.
        dropped: (member, message id) that were dropped without a word, beyond the limits.
        repeated: message ids of requests that came again and were not shown again.
        recalled: message ids.
    """

    limits = ()
    unknown_key = Refusal(code=82001, text=f"touser is empty, {HINT}")
    too_fast = Refusal(code=45009, text=f"api freq out of limit, {HINT}")

    def __init__(self, *, clock: "Clock", members: "Iterable[str]" = ("ZhangSan", "lisi"), port: int = 0) -> None:
        super().__init__(clock=clock, port=port)
        self.home = Enterprise(clock, CORP_ID, AGENT_ID, SECRET)
        self.home.hire(*(Person(user_id=member, name=member) for member in members))
        self.token_script: deque[Misbehaviour] = deque()
        self.trusts = True
        self.unlicensed: set[str] = set()
        self.dropped: list[tuple[str, str]] = []
        self.repeated: list[str] = []
        self.recalled: list[str] = []
        self._enterprises = {CORP_ID: self.home}
        self._got: defaultdict[tuple[str, Limit], deque[float]] = defaultdict(deque)
        self._seen: dict[str, tuple[float, str]] = {}
        self._sent: dict[str, tuple[float, Enterprise]] = {}
        self._tasks: set[tuple[str, str]] = set()

    @property
    def tokens(self) -> "TokenDesk":
        """Where the first app gets its token."""
        return self.home.tokens

    def add(self, enterprise: Enterprise) -> Enterprise:
        """Let another enterprise use WeCom, too."""
        self._enterprises[enterprise.corp_id] = enterprise
        return enterprise

    def routes(self) -> "Iterable[web.AbstractRouteDef]":
        """Return the addresses."""
        return [
            web.get("/cgi-bin/gettoken", self._token),
            web.post("/cgi-bin/message/send", self._send),
            web.post("/cgi-bin/message/recall", self._on_behalf(self._recall)),
            web.post("/cgi-bin/message/update_template_card", self._on_behalf(self._update)),
            web.post("/cgi-bin/menu/create", self._on_behalf(self._menu)),
            web.get("/cgi-bin/agent/get", self._on_behalf(self._agent)),
            web.get("/cgi-bin/department/simplelist", self._on_behalf(self._departments)),
            web.get("/cgi-bin/user/simplelist", self._on_behalf(self._people)),
            web.get("/cgi-bin/auth/getuserinfo", self._on_behalf(self._who_came)),
        ]

    def judge(self, key: str, raw: bytes, request: web.Request) -> Refusal | None:
        """Check token, address, app, receivers and body, in this order."""
        enterprise = self._caller(request)
        if isinstance(enterprise, Refusal):
            return enterprise
        body = json.loads(raw)
        if not isinstance(body.get("agentid"), int):
            return Refusal(code=40056, text=f"invalid agentid, {HINT}")
        if body["agentid"] != enterprise.agent_id:
            return Refusal(code=301002, text=f"not allow operate another agent with this accesstoken, {HINT}")
        users = key.split("|")
        if len(users) > MAX_USERS:
            return Refusal(code=40032, text=f"invalid user list size, {HINT}")
        if not enterprise.known(users):
            return Refusal(code=81013, text=f"user & party & tag all invalid, {HINT}")
        return judge_app_body(body) or self._judge_task(enterprise, body, raw)

    def shown(self, body: dict[str, Any]) -> tuple[str, str]:
        """Return what members read."""
        kind = body["msgtype"]
        texts = texts_of(shown_part(kind, body[kind]))
        return kind, "\n".join(text for text in texts if not text.startswith(("http://", "https://")))

    def accept(self, key: str, raw: bytes) -> dict[str, object]:
        """Show a message to those whom it reaches; a repetition to nobody."""
        body, now = json.loads(raw), self.now.timestamp()
        enterprise = self._of_agent(body["agentid"], key)
        users = key.split("|")
        known = enterprise.known(users)
        said: dict[str, object] = {
            "invaliduser": "|".join(user.casefold() for user in users if user not in known),
            "invalidparty": "",
            "invalidtag": "",
            "unlicenseduser": "|".join(user.casefold() for user in known if user in self.unlicensed),
        }
        digest = hashlib.sha256(enterprise.corp_id.encode() + raw).hexdigest()
        seen_at, message_id = self._seen.get(digest, (float("-inf"), f"msg-{len(self._sent) + 1}"))
        if body.get("enable_duplicate_check") == 1 and now < seen_at + body.get("duplicate_check_interval", 1800):
            self.repeated.append(message_id)
            return {**said, "msgid": message_id}
        message_id = f"msg-{len(self._sent) + 1}"
        self._seen[digest] = now, message_id
        self._sent[message_id] = now, enterprise
        reached = [user for user in known if user not in self.unlicensed and self._has_room(user, message_id)]
        if body["msgtype"] == "template_card":
            task_id = body["template_card"]["task_id"]
            self._tasks.add((enterprise.corp_id, task_id))
            said["response_code"] = enterprise.card_code(task_id)
        if reached:
            super().accept("|".join(reached), raw)
        return {**said, "msgid": message_id}

    def _on_behalf(
        self, handler: "Callable[[Enterprise, web.Request], Awaitable[web.Response]]"
    ) -> "Callable[[web.Request], Awaitable[web.StreamResponse]]":
        async def handle(request: web.Request) -> web.StreamResponse:
            if self.script:
                return await self.misbehave(self.script.popleft(), request, "", b"")
            enterprise = self._caller(request)
            return self.refuse(enterprise) if isinstance(enterprise, Refusal) else await handler(enterprise, request)

        return handle

    def _caller(self, request: web.Request) -> Enterprise | Refusal:
        token = request.query.get("access_token", "")
        judged = {corp_id: one.tokens.judge(token) for corp_id, one in self._enterprises.items()}
        callers = [self._enterprises[corp_id] for corp_id, refusal in judged.items() if refusal is None]
        if not callers:
            expired = [refusal for refusal in judged.values() if refusal is not None and refusal.code != 40014]  # noqa: PLR2004
            return next(iter(expired), None) or Refusal(code=40014, text=f"invalid access_token {token}")
        if not self.trusts:
            return Refusal(code=60020, text=f"not allow to access from your ip, {HINT}")
        if not callers[0].is_open:
            return Refusal(code=50003, text=f"application is disabled, {HINT}")
        return callers[0]

    def _of_agent(self, agent_id: int, key: str) -> Enterprise:
        fitting = [one for one in self._enterprises.values() if one.agent_id == agent_id]
        return next((one for one in fitting if one.known(key.split("|"))), self.home)

    def _judge_task(self, enterprise: Enterprise, body: dict[str, Any], raw: bytes) -> Refusal | None:
        task = body["template_card"]["task_id"] if body["msgtype"] == "template_card" else ""
        digest = hashlib.sha256(enterprise.corp_id.encode() + raw).hexdigest()
        is_taken = (enterprise.corp_id, task) in self._tasks and digest not in self._seen
        return Refusal(code=40058, text=f"task_id is taken, {HINT}") if is_taken else None

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
        corp_id = request.query.get("corpid", "")
        tokens = self._enterprises.get(corp_id, self.home).tokens
        answer = tokens.ask(corp_id, request.query.get("corpsecret", ""))
        if isinstance(answer, Refusal):
            return self.refuse(answer)
        token, seconds = answer
        return self.answer(0, "ok", access_token=token, expires_in=seconds)

    async def _send(self, request: web.Request) -> web.StreamResponse:
        try:
            body = json.loads(await request.read())
        except ValueError:
            return self.refuse(Refusal(code=40035, text=f"invalid json, {HINT}"))
        return await self.serve(request, str(body.get("touser", "")))

    async def _recall(self, enterprise: Enterprise, request: web.Request) -> web.Response:
        message_id = json.loads(await request.read()).get("msgid")
        sent_at, sender = self._sent.get(message_id, (float("-inf"), None))
        if sender is not enterprise or sent_at <= self.now.timestamp() - RECALL_SECONDS:
            return self.refuse(Refusal(code=40058, text=f"invalid msgid, {HINT}"))
        self.recalled.append(message_id)
        return self.answer(0, "ok")

    async def _update(self, enterprise: Enterprise, request: web.Request) -> web.Response:
        refusal = enterprise.update(json.loads(await request.read()))
        return self.refuse(refusal) if refusal else self.answer(0, "ok", invaliduser=[])

    async def _menu(self, enterprise: Enterprise, request: web.Request) -> web.Response:
        menu = json.loads(await request.read())
        refusal = self._other_agent(enterprise, request) or judge_menu(menu)
        if refusal is not None:
            return self.refuse(refusal)
        enterprise.menu = menu
        return self.answer(0, "ok")

    async def _agent(self, enterprise: Enterprise, request: web.Request) -> web.Response:
        refusal = self._other_agent(enterprise, request)
        if refusal is not None:
            return self.refuse(refusal)
        return self.answer(
            0,
            "ok",
            agentid=enterprise.agent_id,
            name="知推",
            close=0 if enterprise.is_open else 1,
            redirect_domain=enterprise.domain,
            allow_userinfos={"user": [{"userid": person.user_id} for person in enterprise.people.values()]},
            allow_partys={"partyid": enterprise.departments},
            allow_tags={"tagid": []},
        )

    async def _departments(self, enterprise: Enterprise, _request: web.Request) -> web.Response:
        listed = [{"id": number, "parentid": 0, "order": 1} for number in enterprise.departments]
        return self.answer(0, "ok", department_id=listed)

    async def _people(self, enterprise: Enterprise, request: web.Request) -> web.Response:
        found = enterprise.department(int(request.query.get("department_id", "0")))
        if isinstance(found, Refusal):
            return self.refuse(found)
        listed = [
            {"userid": person.user_id, "name": person.name, "department": list(person.departments)} for person in found
        ]
        return self.answer(0, "ok", userlist=listed)

    async def _who_came(self, enterprise: Enterprise, request: web.Request) -> web.Response:
        came = enterprise.who_came(request.query.get("code", ""))
        return self.refuse(came) if isinstance(came, Refusal) else self.answer(0, "ok", userid=came)

    def _other_agent(self, enterprise: Enterprise, request: web.Request) -> Refusal | None:
        is_own = request.query.get("agentid") == str(enterprise.agent_id)
        return None if is_own else Refusal(code=301002, text=f"not allow operate another agent, {HINT}")
