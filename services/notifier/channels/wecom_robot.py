"""``wecom-robot``: a group robot of enterprise WeCom, called by its webhook.

Source: https://developer.work.weixin.qq.com/document/path/91770 (bodies, limits), path/90313 (error codes).
The vendor offers no idempotency: the same delivery sent twice is shown twice.
"""

import asyncio
import re
from functools import partial
from typing import TYPE_CHECKING, Any

import aiohttp

from services.notifier.channels import robot_options as checks
from services.notifier.channels.group_robot import GroupRobot
from services.notifier.channels.port import Rate
from services.notifier.templates import robot, spreadsheet, wecom_card
from services.notifier.templates.robot_forms import WECOM_MARKDOWN, WECOM_TABLE, WECOM_TEXT
from shared.errors import InvalidInputError, Reason, RetryLaterError
from shared.vendors.codes import REFUSED, TOO_FAST, TOO_LONG, Kind, Meaning, Vendor, gone
from shared.vendors.http import as_json
from shared.wire.subscription import Channel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from services.notifier.channels.port import Frame, Means, Message
    from services.notifier.templates.markup import Form
    from shared.store.records import Alert
    from shared.wire.subscription import Destination

PATH = "/cgi-bin/webhook/send"
UPLOAD_PATH = "/cgi-bin/webhook/upload_media"
OFFICIAL_URL = "https://qyapi.weixin.qq.com"
BLOCKED_SECONDS = 65.0
"""A minute's window, and what other clients add to it."""

TRIES = 4
"""Of -1, "system busy": the vendor allows three retries."""

LEAST_BYTES = 40
"""An item in a text takes no less; what was planned for a larger form and does not fit goes as a file."""

_KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_USER = re.compile(rf"[A-Za-z0-9][A-Za-z0-9_.@-]{{0,63}}|{checks.EVERYBODY}")
_MOBILE = re.compile(rf"{checks.MOBILE}|{checks.EVERYBODY}")
_CARD, _FILE = "card", "file"
_FORMS = {"markdown": WECOM_MARKDOWN, "markdown_v2": WECOM_TABLE, "text": WECOM_TEXT}

_AGAIN = "。请在群里重新添加机器人，再用新的地址登记"
_BUSY = Meaning(kind=Kind.BUSY, most_tries=TRIES)

VENDOR = Vendor(
    name="企业微信",
    official_url=OFFICIAL_URL,
    setting="ZHITUI_WECOM_BASE_URL",
    blocked_seconds=BLOCKED_SECONDS,
    codes={
        -1: _BUSY,
        40007: _BUSY,  # the file is unknown to the vendor: the next try uploads it again
        45033: Meaning(kind=Kind.BUSY, after_seconds=30.0),
        45009: TOO_FAST,
        130101: TOO_FAST,
        93000: gone(f"机器人的 webhook 地址无效，或机器人已被移出群{_AGAIN}"),
        93004: gone(f"机器人已被停用{_AGAIN}"),
        93008: gone(f"机器人不在群里{_AGAIN}"),
        **dict.fromkeys((40004, 40006, 40008, 40033, 40058, 44001, 44004, 45034), REFUSED),
        **dict.fromkeys((45001, 45002, 45008), TOO_LONG),
    },
    texts={40058: (("exceed max length", TOO_LONG),)},
)


class WecomRobotChannel(GroupRobot):
    """Sends to group robots; one message a call, which a file's upload precedes."""

    name = Channel.WECOM_ROBOT
    shuns_round_minutes = True
    rate = Rate(calls=20, window_seconds=60.0)

    def __init__(self, means: "Means") -> None:
        super().__init__(VENDOR, means.settings.wecom_base_url, means)

    def check(self, address: str, options: "Mapping[str, str]") -> str:
        """Return the key, in lower case, from a key or a whole webhook address."""
        bases = {OFFICIAL_URL, self._api.base_url}
        key = checks.key_in_query(address.strip(), bases=bases, path=PATH, parameter="key")
        if not _KEY.fullmatch(key):
            raise InvalidInputError(
                "企业微信机器人的地址应是 webhook 地址里 key= 后面的那一串（形如 693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa），"
                f"或整个地址 {OFFICIAL_URL}{PATH}?key=…。请从群机器人的设置里复制。"
            )
        checks.check_options(
            self.name,
            options,
            formats=(*_FORMS, _CARD, _FILE),
            checks={
                "mention": partial(checks.check_people, "mention", _USER, "zhangsan,lisi"),
                "mention_mobile": partial(checks.check_people, "mention_mobile", _MOBILE, "13800001111"),
            },
        )
        self._check_together(options)
        return key.lower()

    def paginate(
        self, destination: "Destination", frame: "Frame", alerts: "Sequence[Alert]"
    ) -> "list[tuple[Alert, ...]]":
        """Cut between items: by UTF-8 bytes, by a card's rows, or not at all."""
        match self._format(destination.options):
            case "file":
                return [tuple(alerts)]
            case "card":
                return wecom_card.paginate(alerts)
            case form:
                return robot.paginate(_FORMS[form], frame, alerts, _calls(form, destination.options))

    async def send(self, message: "Message") -> None:
        """Post one message."""
        if self._form_of(message) == _FILE:
            await self._post(message.destination, _part("file", media_id=await self._upload(message)))
        else:
            await self._post(message.destination, self.shown(message))

    def shown(self, message: "Message") -> bytes:
        """Return the body, or the workbook that is uploaded before."""
        options = message.destination.options
        match self._form_of(message):
            case "file":
                return spreadsheet.render(message)
            case "card":
                card = wecom_card.render(message.frame, message.alerts, list_url=self._list_url or OFFICIAL_URL)
                return _part("template_card", **card)
            case form:
                content = robot.render(_FORMS[form], message.frame, message.alerts, _calls(form, options))
                return message_body(_FORMS[form], content, options)

    async def say(self, destination: "Destination", sentence: str) -> None:
        """Post one sentence, as text: markdown without its signs would be without an address's, too. Raises as `send` does."""
        await self._post(destination, message_body(WECOM_TEXT, WECOM_TEXT.escape(sentence), {}))

    def _check_together(self, options: "Mapping[str, str]") -> None:
        form = options.get("format", "markdown")
        users = checks.people(options, "mention")
        if form not in {"markdown", "text"} and users:
            raise InvalidInputError("mention 只在文本和 markdown 消息里有效。请同时写 --set format=text。")
        if form != "text" and (checks.EVERYBODY in users or "mention_mobile" in options):
            raise InvalidInputError(
                f"mention={checks.EVERYBODY} 和 mention_mobile 只在文本消息里有效。请同时写 --set format=text。"
            )
        if form == _CARD and self._list_url is None:
            raise InvalidInputError("卡片消息要有可以点开的网址。请先设置 ZHITUI_PUBLIC_URL，或换一种 format。")

    def _format(self, options: "Mapping[str, str]") -> str:
        form = options.get("format", "markdown")
        return "markdown" if form == _CARD and self._list_url is None else form

    def _form_of(self, message: "Message") -> str:
        return self._fitting(self._format(message.destination.options), len(message.alerts))

    @staticmethod
    def _fitting(form: str, count: int) -> str:
        # The options may have changed since the message was planned.
        if form == _CARD and count > wecom_card.MAX_ITEMS:
            form = "markdown"
        if form in _FORMS and count > _FORMS[form].limit // LEAST_BYTES:
            return _FILE
        # A table of one row reads worse than the same in colour.
        return "markdown" if form == "markdown_v2" and count == 1 else form

    async def _upload(self, message: "Message") -> str:
        data = await asyncio.to_thread(spreadsheet.render, message)
        form = aiohttp.FormData(quote_fields=False)  # quoted names would be shown with their percent signs
        form.add_field("media", data, filename=spreadsheet.file_name(message), content_type=spreadsheet.CONTENT_TYPE)
        key = message.destination.address
        try:
            answer = await self._api.call(UPLOAD_PATH, form, params={"key": key, "type": "file"}, secrets=(key,))
        except RetryLaterError as error:
            error.ambiguous = False  # nobody sees a file that was only uploaded
            raise
        media_id = answer.fields.get("media_id")
        if not isinstance(media_id, str):
            raise RetryLaterError("企业微信收下了文件，但没有给出 media_id", reason=Reason.GARBAGE)
        return media_id

    async def _post(self, destination: "Destination", body: bytes) -> None:
        key = destination.address
        await self._api.call(PATH, body, params={"key": key}, secrets=(key,))


def message_body(form: "Form", content: str, options: "Mapping[str, str]") -> bytes:
    """Return the request's JSON of a text form."""
    part: dict[str, Any] = {"content": content}
    if form is WECOM_TEXT:
        called = {"mentioned_list": "mention", "mentioned_mobile_list": "mention_mobile"}
        part |= {field: users for field, name in called.items() if (users := checks.people(options, name))}
    return _part(form.msgtype, **part)


def _part(msgtype: str, **part: object) -> bytes:
    return as_json({"msgtype": msgtype, msgtype: part})


def _calls(form: str, options: "Mapping[str, str]") -> str:
    return " ".join(f"<@{user}>" for user in checks.people(options, "mention")) if form == "markdown" else ""
