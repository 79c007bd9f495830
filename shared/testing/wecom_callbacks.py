"""The stand-in of WeCom as it calls an app: it signs, seals, waits five seconds, tries three times, and shows answers.

Its arithmetic is its own: what is under test does not seal for itself what it opens.
Source: https://developer.work.weixin.qq.com/document/path/90930 (calls), path/90968 (cipher), path/90240 (events).
"""

import base64
import hashlib
import itertools
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import aiohttp
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

if TYPE_CHECKING:
    from shared.clock import Clock
    from shared.testing.wecom_enterprise import Enterprise

ANSWER_SECONDS = 5.0
TRIES = 3
TOKEN, AES_KEY = "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"  # the vendor's own samples

_PKCS7 = PKCS7(256)


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """What came of one call."""

    status: int
    body: bytes


@dataclass(slots=True, kw_only=True)
class CallbackSender:
    """Calls the callback address of one app.

    Attributes:
        url: as the administrator entered it.
        answer_seconds: how long it waits.
        shown: (user id, text) of answers that members read.
    """

    clock: "Clock"
    enterprise: "Enterprise"
    url: str
    token: str = TOKEN
    aes_key: str = AES_KEY
    answer_seconds: float = ANSWER_SECONDS
    shown: list[tuple[str, str]] = field(default_factory=list)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    async def check_url(self) -> bool:
        """Check the address as WeCom does when it is entered: the answer must be the bare text."""
        plain = str(10**18 + next(self._numbers)).encode()
        answered = await self.call("GET", self.query(sealed := self.seal(plain), echostr=sealed))
        return answered.status == 200 and answered.body == plain  # noqa: PLR2004 - OK

    async def say(self, user_id: str, text: str, *, message_id: str | None = None) -> str:
        """Let a member write, and return what it reads back at once (``""``: nothing)."""
        number = message_id or str(45_000 + next(self._numbers))
        content = text.replace("]]>", "]]]]><![CDATA[>")
        return await self._deliver(
            user_id,
            f"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{content}]]></Content><MsgId>{number}</MsgId>",
        )

    async def touch(self, user_id: str, button: str, task_id: str, *, response_code: str | None = None) -> str:
        """Let a member press a card's button."""
        code = response_code or self.enterprise.card_code(task_id)
        return await self.happens(
            user_id,
            "template_card_event",
            EventKey=button,
            TaskId=task_id,
            CardType="button_interaction",
            ResponseCode=code,
        )

    async def happens(self, user_id: str, event: str, **fields: str) -> str:
        """Let an event happen."""
        told = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
        return await self._deliver(
            user_id, f"<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[{event}]]></Event>{told}"
        )

    async def post(self, plain: bytes) -> Called:
        """Send an XML as it is, sealed and signed."""
        sealed = self.seal(plain)
        return await self.call("POST", self.query(sealed), self.envelope(sealed))

    async def call(self, method: str, query: dict[str, str], body: bytes | None = None) -> Called:
        """Ask once.

        Raises:
            TimeoutError: no answer in time.
        """
        timeout = aiohttp.ClientTimeout(total=self.answer_seconds)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.request(method, self.url, params=query, data=body, allow_redirects=False) as response,
        ):
            return Called(status=response.status, body=await response.read())

    def query(self, sealed: str, **more: str) -> dict[str, str]:
        """Return the signed query that goes with a sealed text."""
        timestamp, nonce = str(int(self.clock.now().timestamp())), str(1_000_000 + next(self._numbers))
        return {"msg_signature": self.sign(timestamp, nonce, sealed), "timestamp": timestamp, "nonce": nonce, **more}

    def envelope(self, sealed: str) -> bytes:
        """Return a body."""
        enterprise = self.enterprise
        return (
            f"<xml><ToUserName><![CDATA[{enterprise.corp_id}]]></ToUserName>"
            f"<AgentID><![CDATA[{enterprise.agent_id}]]></AgentID><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
        ).encode()

    def message(self, user_id: str, rest: str) -> bytes:
        """Return a message's XML."""
        enterprise = self.enterprise
        return (
            f"<xml><ToUserName><![CDATA[{enterprise.corp_id}]]></ToUserName>"
            f"<FromUserName><![CDATA[{user_id}]]></FromUserName>"
            f"<CreateTime>{int(self.clock.now().timestamp())}</CreateTime>{rest}<AgentID>{enterprise.agent_id}</AgentID></xml>"
        ).encode()

    def sign(self, timestamp: str, nonce: str, sealed: str) -> str:
        """Return a signature."""
        return hashlib.sha1("".join(sorted([self.token, timestamp, nonce, sealed])).encode()).hexdigest()  # noqa: S324

    def seal(self, plain: bytes) -> str:
        """Encrypt."""
        padder = _PKCS7.padder()
        content = os.urandom(16) + len(plain).to_bytes(4, "big") + plain + self.enterprise.corp_id.encode()
        encryptor = self._cipher().encryptor()
        padded = padder.update(content) + padder.finalize()
        return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()

    def open(self, sealed: str) -> bytes:
        """Decrypt."""
        decryptor, unpadder = self._cipher().decryptor(), _PKCS7.unpadder()
        padded = decryptor.update(base64.b64decode(sealed)) + decryptor.finalize()
        content = (unpadder.update(padded) + unpadder.finalize())[16:]
        size = int.from_bytes(content[:4], "big")
        if content[4 + size :] != self.enterprise.corp_id.encode():
            raise ValueError("sealed for somebody else")
        return content[4 : 4 + size]

    def _cipher(self) -> Cipher[modes.CBC]:
        key = base64.b64decode(f"{self.aes_key}=")
        return Cipher(algorithms.AES(key), modes.CBC(key[:16]))

    async def _deliver(self, user_id: str, rest: str) -> str:
        """Call until there is an answer; show it, if it is for the member who said something."""
        sealed = self.seal(self.message(user_id, rest))
        for _ in range(TRIES):
            try:
                answered = await self.call("POST", self.query(sealed), self.envelope(sealed))
            except TimeoutError:
                continue
            if answered.status != 200:  # noqa: PLR2004 - OK
                raise AssertionError(f"the callback answered HTTP {answered.status}")
            text = self._read(user_id, answered.body) if answered.body else ""
            if text:
                self.shown.append((user_id, text))
            return text
        return ""

    def _read(self, user_id: str, body: bytes) -> str:
        outer = {node.tag: node.text or "" for node in ET.fromstring(body)}  # noqa: S314 - what is under test wrote it
        if outer["MsgSignature"] != self.sign(outer["TimeStamp"], outer["Nonce"], outer["Encrypt"]):
            raise AssertionError("the answer is not signed")
        inner = {node.tag: node.text or "" for node in ET.fromstring(self.open(outer["Encrypt"]))}  # noqa: S314 - as above
        if (inner["ToUserName"], inner["FromUserName"]) != (user_id, self.enterprise.corp_id):
            raise AssertionError("the answer is for somebody else")
        text = inner["Content"]
        return text.encode()[:2048].decode("utf-8", "ignore")
