"""``wecom-robot``: a group robot of enterprise WeCom, called by its webhook.

Source: https://developer.work.weixin.qq.com/document/path/91770 (bodies, limits), path/90313 (error codes).
The vendor offers no idempotency: the same delivery sent twice is shown twice.
"""

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import aiohttp

from services.notifier.channels.port import Rate
from services.notifier.templates import robot
from shared.errors import (
    ChannelMisconfiguredError,
    DestinationGoneError,
    InvalidInputError,
    RateLimitedError,
    Reason,
    RefusedMessageError,
    RetryLaterError,
    ZhituiError,
)
from shared.wire.subscription import Channel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from services.notifier.channels.port import Frame, Message
    from shared.settings import Settings
    from shared.store.records import Alert
    from shared.wire.subscription import Destination

PATH = "/cgi-bin/webhook/send"
OFFICIAL_URL = "https://qyapi.weixin.qq.com"
READ_LIMIT_BYTES = 64 * 1024
BLOCKED_SECONDS = 65.0
"""A minute's window, and what other clients add to it."""

BUSY_TRIES = 4
"""-1, "system busy": the vendor allows three retries."""

_KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_USER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}|@all")
_FORMS = {"markdown": robot.MARKDOWN, "text": robot.TEXT}

_GONE = {93000: "机器人的 webhook 地址无效，或机器人已被移出群", 93004: "机器人已被停用", 93008: "机器人不在群里"}
_TOO_FAST = {45009: BLOCKED_SECONDS, 130101: BLOCKED_SECONDS}
_BUSY = {-1: None, 45033: 30.0}
_REFUSED = {40058, 40008, 44004, 45008, 45034, 40007, 44001, 45001, 40006, 40033}
_TOO_LONG = {45002, 45008, 45001}


class WecomRobotChannel:
    """Sends to group robots; one HTTP call a message."""

    name = Channel.WECOM_ROBOT
    idempotent = False
    shuns_round_minutes = True
    rate = Rate(calls=20, window_seconds=60.0)

    def __init__(self, settings: "Settings") -> None:
        self._base_url = settings.wecom_base_url.rstrip("/")
        self._timeout = aiohttp.ClientTimeout(total=settings.send_timeout_seconds)
        self._session: aiohttp.ClientSession | None = None

    def lane(self, destination: "Destination") -> str:
        """Return a hash of the key: the vendor counts by robot."""
        return hashlib.sha256(destination.address.encode()).hexdigest()[:16]

    def check(self, address: str, options: "Mapping[str, str]") -> str:
        """Return the key, in lower case, from a key or a whole webhook address."""
        key = self._key_in(address.strip())
        if not _KEY.fullmatch(key):
            raise InvalidInputError(
                "企业微信机器人的地址应是 webhook 地址里 key= 后面的那一串（形如 693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa），"
                f"或整个地址 {OFFICIAL_URL}{PATH}?key=…。请从群机器人的设置里复制。"
            )
        for name, value in options.items():
            self._check_option(name, value)
        if "mention" in options and options.get("format") != "text":
            raise InvalidInputError("mention 只在文本消息里有效。请同时写 --set format=text。")
        return key.lower()

    def paginate(
        self, destination: "Destination", frame: "Frame", alerts: "Sequence[Alert]"
    ) -> "list[tuple[Alert, ...]]":
        """Cut between items, by UTF-8 bytes."""
        return robot.paginate(_form(destination), frame, alerts)

    async def send(self, message: "Message") -> None:
        """Post one message."""
        form = _form(message.destination)
        content = robot.render(form, message.frame, message.alerts)
        await self._post(message.destination, message_body(form, content, message.destination.options))

    async def send_test(self, destination: "Destination", now: "datetime") -> None:
        """Post a line that says that it works."""
        form = _form(destination)
        line = f"知推测试消息：这个群机器人可以收到专利推送。{now:%Y-%m-%d %H:%M}"
        await self._post(destination, message_body(form, form.escape(line), {}))

    async def close(self) -> None:
        """Close connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _key_in(self, address: str) -> str:
        if "://" not in address:
            return address
        parts = urlsplit(address)
        if f"{parts.scheme}://{parts.netloc}" not in {OFFICIAL_URL, self._base_url} or parts.path != PATH:
            return ""
        keys = parse_qs(parts.query).get("key", [])
        return keys[0] if len(keys) == 1 else ""

    @staticmethod
    def _check_option(name: str, value: str) -> None:
        if name == "format":
            if value not in _FORMS:
                raise InvalidInputError(f"format={value} 不行。可以是 markdown 或 text。")
        elif name == "mention":
            wrong = [user for user in value.split(",") if not _USER.fullmatch(user)]
            if wrong:
                raise InvalidInputError(
                    f"mention 里的“{wrong[0]}”不像成员的 userid。请写成 mention=zhangsan,lisi 或 mention=@all。"
                )
        else:
            raise InvalidInputError(f"wecom-robot 没有“{name}”这个选项。可以用：format、mention。")

    async def _post(self, destination: "Destination", body: bytes) -> None:
        # The key is in the address, and aiohttp's errors may carry the address: so none of them is chained.
        key = destination.address
        try:
            status, headers, raw = await self._exchange(key, body)
        except aiohttp.ConnectionTimeoutError:
            raise RetryLaterError("企业微信连接超时", reason=Reason.TIMEOUT) from None
        except TimeoutError:
            raise RetryLaterError("企业微信没有在时限内回答", reason=Reason.TIMEOUT, ambiguous=True) from None
        except aiohttp.ClientConnectorError as error:
            name = type(error.os_error).__name__
            raise RetryLaterError(f"连接不上企业微信（{name}）", reason=Reason.UNREACHABLE) from None
        except aiohttp.InvalidURL:
            raise ChannelMisconfiguredError(
                "ZHITUI_WECOM_BASE_URL 不是一个网址，请改正，例如 https://qyapi.weixin.qq.com",
                reason=Reason.CONFIGURATION,
            ) from None
        except (aiohttp.ClientError, OSError) as error:
            name = type(error).__name__
            raise RetryLaterError(
                f"与企业微信的连接中途断了（{name}）", reason=Reason.UNREACHABLE, ambiguous=True
            ) from None
        failure = judge(status, headers, raw, key)
        if failure is not None:
            raise failure

    async def _exchange(self, key: str, body: bytes) -> tuple[int, "Mapping[str, str]", bytes]:
        if self._session is None:
            # A new connection for each call: on one kept alive, a lost answer and a connection that the vendor had
            # closed before cannot be told apart, and 20 calls a minute do not need it.
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(force_close=True), timeout=self._timeout
            )
        async with self._session.post(
            f"{self._base_url}{PATH}",
            params={"key": key},
            data=body,
            headers={"Content-Type": "application/json; charset=utf-8"},
            allow_redirects=False,
        ) as response:
            raw = bytearray()
            async for chunk in response.content.iter_chunked(READ_LIMIT_BYTES):
                raw += chunk
                if len(raw) > READ_LIMIT_BYTES:
                    break
            return response.status, response.headers, bytes(raw[:READ_LIMIT_BYTES])


def message_body(form: robot.Form, content: str, options: "Mapping[str, str]") -> bytes:
    r"""Return the request's JSON, without ``\uXXXX`` escapes (the vendor's code 40033 refuses them)."""
    part: dict[str, Any] = {"content": content}
    users = [user for user in options.get("mention", "").split(",") if user]
    if users and form is robot.TEXT:
        part["mentioned_list"] = users
    body = {"msgtype": form.msgtype, form.msgtype: part}
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")


def judge(status: int, headers: "Mapping[str, str]", raw: bytes, key: str) -> ZhituiError | None:
    """Return what an answer means, ``None`` for success: the body's code decides, not HTTP 200."""
    if status == 429:  # noqa: PLR2004 - Too Many Requests
        return RateLimitedError(
            "企业微信限制了频率（HTTP 429）",
            after_seconds=max(_retry_after(headers), BLOCKED_SECONDS),
            reason=Reason.RATE_LIMITED,
            vendor_code="HTTP 429",
        )
    if status >= 500:  # noqa: PLR2004 - server errors
        return RetryLaterError(
            f"企业微信出错（HTTP {status}）",
            after_seconds=_retry_after(headers) or None,
            ambiguous=True,
            reason=Reason.SERVER,
            vendor_code=f"HTTP {status}",
        )
    if status != 200:  # noqa: PLR2004 - the endpoint answers 200 to everything else
        return ChannelMisconfiguredError(
            f"企业微信的地址不对（HTTP {status}）：请检查 ZHITUI_WECOM_BASE_URL，应为 {OFFICIAL_URL}",
            reason=Reason.CONFIGURATION,
            vendor_code=f"HTTP {status}",
        )
    try:
        answer = json.loads(raw)
        code, text = answer["errcode"], str(answer.get("errmsg", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        code, text = None, ""
    if isinstance(code, bool) or not isinstance(code, int):
        return RetryLaterError("企业微信的回答看不懂", ambiguous=True, reason=Reason.GARBAGE)
    return None if code == 0 else _judge_code(code, _hint(text, key))


def _judge_code(code: int, hint: str) -> ZhituiError:
    said = f"企业微信错误 {code}：{hint}"
    vendor_code = str(code)
    if code in _GONE:
        return DestinationGoneError(
            f"{_GONE[code]}（{code}）。请在群里重新添加机器人，再用新的地址登记。{hint}",
            reason=Reason.GONE,
            vendor_code=vendor_code,
        )
    if code in _TOO_FAST:
        return RateLimitedError(
            said, after_seconds=_TOO_FAST[code], reason=Reason.RATE_LIMITED, vendor_code=vendor_code
        )
    if code in _BUSY:
        return RetryLaterError(
            said,
            after_seconds=_BUSY[code],
            most_tries=BUSY_TRIES if code == -1 else None,
            reason=Reason.SERVER,
            vendor_code=vendor_code,
        )
    if code in _REFUSED or code in _TOO_LONG:
        reason = Reason.TOO_LONG if code in _TOO_LONG or "exceed max length" in hint else Reason.REJECTED
        return RefusedMessageError(said, reason=reason, vendor_code=vendor_code)
    return RetryLaterError(said, reason=Reason.REJECTED, vendor_code=vendor_code)


def _hint(errmsg: str, key: str) -> str:
    return errmsg.replace(key, "***")[:200]


def _retry_after(headers: "Mapping[str, str]") -> float:
    text = headers.get("Retry-After", "")
    return float(min(int(text), 86_400)) if text.isascii() and text.isdigit() else 0.0


def _form(destination: "Destination") -> robot.Form:
    return _FORMS[destination.options.get("format", "markdown")]
