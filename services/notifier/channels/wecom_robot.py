"""``wecom-robot``: a group robot of enterprise WeCom, called by its webhook.

Source: https://developer.work.weixin.qq.com/document/path/91770 (bodies, limits), path/90313 (error codes).
The vendor offers no idempotency: the same delivery sent twice is shown twice.
"""

import hashlib
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from services.notifier.channels.port import Rate
from services.notifier.channels.vendor_codes import Kind, Meaning, Vendor
from services.notifier.channels.vendor_http import VendorApi, as_json
from services.notifier.templates import robot
from shared.errors import InvalidInputError
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
BLOCKED_SECONDS = 65.0
"""A minute's window, and what other clients add to it."""

BUSY_TRIES = 4
"""-1, "system busy": the vendor allows three retries."""

_KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_USER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}|@all")
_FORMS = {"markdown": robot.MARKDOWN, "text": robot.TEXT}

_AGAIN = "。请在群里重新添加机器人，再用新的地址登记"
_REFUSED = Meaning(kind=Kind.REFUSED)
_TOO_LONG = Meaning(kind=Kind.TOO_LONG)
_TOO_FAST = Meaning(kind=Kind.TOO_FAST)

VENDOR = Vendor(
    name="企业微信",
    official_url=OFFICIAL_URL,
    setting="ZHITUI_WECOM_BASE_URL",
    blocked_seconds=BLOCKED_SECONDS,
    codes={
        -1: Meaning(kind=Kind.BUSY, most_tries=BUSY_TRIES),
        45033: Meaning(kind=Kind.BUSY, after_seconds=30.0),
        45009: _TOO_FAST,
        130101: _TOO_FAST,
        93000: Meaning(kind=Kind.GONE, advice=f"机器人的 webhook 地址无效，或机器人已被移出群{_AGAIN}"),
        93004: Meaning(kind=Kind.GONE, advice=f"机器人已被停用{_AGAIN}"),
        93008: Meaning(kind=Kind.GONE, advice=f"机器人不在群里{_AGAIN}"),
        **dict.fromkeys((40058, 40008, 44004, 45034, 40007, 44001, 40006, 40033), _REFUSED),
        **dict.fromkeys((45001, 45002, 45008), _TOO_LONG),
    },
    texts={40058: (("exceed max length", _TOO_LONG),)},
)


class WecomRobotChannel:
    """Sends to group robots; one HTTP call a message."""

    name = Channel.WECOM_ROBOT
    idempotent = False
    shuns_round_minutes = True
    rate = Rate(calls=20, window_seconds=60.0)

    def __init__(self, settings: "Settings") -> None:
        self._api = VendorApi(VENDOR, settings.wecom_base_url, timeout_seconds=settings.send_timeout_seconds)

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
        await self._api.close()

    def _key_in(self, address: str) -> str:
        if "://" not in address:
            return address
        parts = urlsplit(address)
        if f"{parts.scheme}://{parts.netloc}" not in {OFFICIAL_URL, self._api.base_url} or parts.path != PATH:
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
        key = destination.address
        await self._api.call(PATH, body, params={"key": key}, secrets=(key,))


def message_body(form: robot.Form, content: str, options: "Mapping[str, str]") -> bytes:
    """Return the request's JSON."""
    part: dict[str, Any] = {"content": content}
    users = [user for user in options.get("mention", "").split(",") if user]
    if users and form is robot.TEXT:
        part["mentioned_list"] = users
    return as_json({"msgtype": form.msgtype, form.msgtype: part})


def _form(destination: "Destination") -> robot.Form:
    return _FORMS[destination.options.get("format", "markdown")]
