"""``dingtalk``: a custom robot of a DingTalk group, called by its webhook.

Source: DingTalk's guide to custom robots (bodies, signature, 20 messages a minute). The vendor offers no idempotency.
"""

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from services.notifier.channels import robot_options as checks
from services.notifier.channels.group_robot import SecuredRobot
from services.notifier.channels.port import Rate
from services.notifier.channels.robot_signature import dingtalk_signature
from services.notifier.templates import robot
from services.notifier.templates.around import headline
from services.notifier.templates.robot_forms import DINGTALK_MARKDOWN, DINGTALK_TEXT
from shared.errors import InvalidInputError
from shared.vendors.codes import REFUSED, TOO_FAST, TOO_LONG, Kind, Meaning, Vendor, gone
from shared.vendors.http import as_json
from shared.wire.subscription import Channel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from services.notifier.channels.port import Frame, Means, Message
    from services.notifier.templates.markup import Form
    from shared.store.records import Alert
    from shared.wire.subscription import Destination

PATH = "/robot/send"
OFFICIAL_URL = "https://oapi.dingtalk.com"
BLOCKED_SECONDS = 600.0
"""Who sends more than 20 a minute is refused for ten minutes."""

_TOKEN = re.compile(r"[0-9a-fA-F]{64}")
_SECRET = re.compile(r"SEC[0-9A-Za-z]{8,128}")
_USER = re.compile(rf"[A-Za-z0-9_$:.@-]{{1,64}}|{checks.EVERYBODY}")
_MOBILE = re.compile(checks.MOBILE)
_CARD = "card"
_FORMS = {"markdown": DINGTALK_MARKDOWN, "text": DINGTALK_TEXT, _CARD: DINGTALK_MARKDOWN}

_SECURITY_CODE = 310000
_AGAIN = "改好后用 destination add 重新登记"
_GONE = gone("机器人的地址无效，或机器人已从群里删除。请在群里重新添加机器人，再用新的地址登记")
_BAD_SECRET = gone(f"没有签名或签名不对。请核对 --set secret=，它是机器人安全设置“加签”里 SEC 开头的那一串；{_AGAIN}")

VENDOR = Vendor(
    name="钉钉",
    official_url=OFFICIAL_URL,
    setting="ZHITUI_DINGTALK_BASE_URL",
    blocked_seconds=BLOCKED_SECONDS,
    codes={
        -1: Meaning(kind=Kind.BUSY, most_tries=4),
        130101: TOO_FAST,
        410100: TOO_FAST,
        660026: TOO_FAST,
        300001: _GONE,
        300005: _GONE,
        _SECURITY_CODE: gone(f"机器人的安全设置拒绝了消息。请核对加签、关键词和 IP 地址段；{_AGAIN}"),
        460101: TOO_LONG,
        **dict.fromkeys((40035, 400105, 430101, 430102, 430103, 430104), REFUSED),
    },
    texts={
        _SECURITY_CODE: (
            (
                "keyword",
                gone(f"机器人要求消息含有关键词。请加上 --set keyword=关键词；{_AGAIN}"),
            ),
            (
                "whitelist",
                gone(f"本机的出口 IP 不在机器人的 IP 地址段里。请在机器人的安全设置里加上；{_AGAIN}"),
            ),
            ("sign", _BAD_SECRET),
            ("timestamp", _BAD_SECRET),
        )
    },
)


class DingtalkChannel(SecuredRobot):
    """Sends to custom robots; one HTTP call a message."""

    name = Channel.DINGTALK
    shuns_round_minutes = False
    rate = Rate(calls=18, window_seconds=60.0)
    signature_refused = _SECURITY_CODE

    def __init__(self, means: "Means") -> None:
        super().__init__(VENDOR, means.settings.dingtalk_base_url, means)

    def check(self, address: str, options: "Mapping[str, str]") -> str:
        """Return the token from a token or a whole webhook address."""
        bases = {OFFICIAL_URL, self._api.base_url}
        token = checks.key_in_query(address.strip(), bases=bases, path=PATH, parameter="access_token")
        if not _TOKEN.fullmatch(token):
            raise InvalidInputError(
                "钉钉机器人的地址应是 webhook 地址里 access_token= 后面的 64 位，"
                f"或整个地址 {OFFICIAL_URL}{PATH}?access_token=…。请从机器人的设置里复制。"
            )
        checks.check_options(
            self.name,
            options,
            formats=tuple(_FORMS),
            checks={
                "secret": partial(checks.check_secret, _SECRET, "机器人安全设置“加签”里 SEC 开头的那一串"),
                "keyword": checks.check_keyword,
                "mention": partial(checks.check_people, "mention", _USER, "userid1,userid2"),
                "mention_mobile": partial(checks.check_people, "mention_mobile", _MOBILE, "13800001111"),
            },
        )
        if options.get("format") == _CARD:
            if {"mention", "mention_mobile"} & set(options):
                raise InvalidInputError("卡片消息不能提醒人。请换成 --set format=markdown。")
            if self._list_url is None:
                raise InvalidInputError("卡片消息要有可以点开的网址。请先设置 ZHITUI_PUBLIC_URL，或换一种 format。")
        return token

    def paginate(
        self, destination: "Destination", frame: "Frame", alerts: "Sequence[Alert]"
    ) -> "list[tuple[Alert, ...]]":
        """Cut between items, by the bytes of the request."""
        options = destination.options
        return robot.paginate(_FORMS[options.get("format", "markdown")], frame, alerts, _tail(options))

    async def send(self, message: "Message") -> None:
        """Post one message."""
        await self._post(message.destination, self.shown(message))

    def shown(self, message: "Message") -> bytes:
        """Return the body; it is signed in the address."""
        options = message.destination.options
        form = options.get("format", "markdown")
        title = headline(message.frame, message.alerts)
        content = robot.render(_FORMS[form], message.frame, message.alerts, _tail(options))
        if form == _CARD and self._list_url:
            return card_body(title, content, list_url=self._list_url)
        return message_body(_FORMS[form], title, content, options)

    async def _post_line(self, destination: "Destination", line: str) -> None:
        await self._post(destination, message_body(DINGTALK_TEXT, "", line, {}))

    async def _post(self, destination: "Destination", body: bytes) -> None:
        token, secret = destination.address, destination.options.get("secret", "")
        now = self._clock.now()
        params = {"access_token": token}
        if secret:
            milliseconds = int(now.timestamp() * 1000)
            params |= {"timestamp": str(milliseconds), "sign": dingtalk_signature(secret, milliseconds)}
        await self._call(destination, PATH, body, now, params=params)


def message_body(form: "Form", title: str, content: str, options: "Mapping[str, str]") -> bytes:
    """Return the request's JSON of a text form; who is called must stand in the content too (`_tail`)."""
    part = {"content": content} if form is DINGTALK_TEXT else {"title": title, "text": content}
    body: dict[str, Any] = {"msgtype": form.msgtype, form.msgtype: part}
    users, mobiles = checks.people(options, "mention"), checks.people(options, "mention_mobile")
    if users or mobiles:
        body["at"] = {
            "atMobiles": mobiles,
            "atUserIds": [user for user in users if user != checks.EVERYBODY],
            "isAtAll": checks.EVERYBODY in users,
        }
    return as_json(body)


def card_body(title: str, content: str, *, list_url: str) -> bytes:
    """Return the request's JSON of a card with one button."""
    card = {"title": title, "text": content, "singleTitle": "打开知推", "singleURL": list_url}
    return as_json({"msgtype": "actionCard", "actionCard": card})


def _tail(options: "Mapping[str, str]") -> str:
    called = (*checks.people(options, "mention"), *checks.people(options, "mention_mobile"))
    at = [one if one == checks.EVERYBODY else f"@{one}" for one in called]
    return " ".join((*at, *filter(None, [options.get("keyword")])))
