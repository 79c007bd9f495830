"""``wecom-app``: members of an enterprise, reached by its own app.

Source: https://developer.work.weixin.qq.com/document/path/90236 (messages), path/91039 (tokens), path/94867 (recall).
The vendor does not show the very same request again within four hours; so a delivery's bytes are the same on every try.
What a member gets beyond 30 a minute or 1,000 an hour the vendor drops without a word, so turns are counted by member.
"""

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from services.notifier.channels import robot_options as checks
from services.notifier.channels.port import LANES_APART, Rate, Receipt
from services.notifier.channels.wecom_accounts import CORP, WecomAccounts
from services.notifier.templates import robot
from services.notifier.templates import wecom_app as looks
from services.notifier.templates.cutting import by_number
from shared.errors import DestinationGoneError, InvalidInputError, Reason
from shared.vendors.http import as_json
from shared.vendors.wecom_app_codes import NOBODY, VENDOR
from shared.wire.subscription import Channel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from services.notifier.channels.port import Frame, Means, Message
    from shared.store.records import Alert
    from shared.vendors.http import Answer
    from shared.wire.subscription import Destination

SEND_PATH, RECALL_PATH = "/cgi-bin/message/send", "/cgi-bin/message/recall"
REPEAT_SECONDS = 14_400
"""The longest time for which the vendor takes a request for a repetition of the one before."""

RECALL_SECONDS = 86_400.0
MAX_MEMBERS = 100
"""The vendor takes 1,000; each of them costs two writes to count."""

_MEMBERS_APART = "|"
_CONNECTION = re.compile(r"wc-[A-Za-z0-9_-]{8,64}")
_MEMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")
_TEXTS = {"markdown": looks.MARKDOWN, "text": looks.TEXT}
_TEXTCARD, _NEWS, _BUTTONS = "textcard", "news", "card"
_CARDS = {_TEXTCARD: looks.TEXTCARD_ITEMS, _NEWS: looks.NEWS_ITEMS, _BUTTONS: looks.BUTTON_ITEMS}
_OPENS = {_TEXTCARD, _NEWS}
"""What must open an address."""


class WecomAppChannel:
    """Sends to members; one message a call."""

    name = Channel.WECOM_APP
    idempotent = timedelta(seconds=REPEAT_SECONDS - 1800)
    shuns_round_minutes = True
    rate = Rate(calls=16, window_seconds=60.0)
    """Keeps 1,000 an hour too: sixty such windows are 960."""

    recall_seconds = RECALL_SECONDS

    def __init__(self, means: "Means") -> None:
        self._accounts = WecomAccounts(means)
        self._list_url = means.settings.front_page

    def lane(self, destination: "Destination") -> str:
        """Return a hash for each member: the vendor counts by member and app."""
        app = self._accounts.lane(destination)
        members = sorted(member.casefold() for member in destination.address.split(_MEMBERS_APART))
        return LANES_APART.join(checks.lane_of(f"{app}/{member}") for member in members)

    def check(self, address: str, options: "Mapping[str, str]") -> str:
        """Return the members, each once, in their order."""
        members = [member.strip() for member in address.split(_MEMBERS_APART)]
        wrong = [member for member in members if not _MEMBER.fullmatch(member)]
        if wrong:
            raise InvalidInputError(
                f"企业微信成员的账号“{wrong[0]}”不对。请写管理后台通讯录里的“账号”（userid），例如 zhangsan；"
                "几个人写成 'zhangsan|lisi'。"
            )
        unique: dict[str, str] = {}
        for member in members:
            unique.setdefault(member.casefold(), member)
        if len(unique) > MAX_MEMBERS:
            raise InvalidInputError(f"一个目的地最多 {MAX_MEMBERS} 个成员。请分成几个目的地。")
        checks.check_options(self.name, options, formats=(*_TEXTS, *_CARDS), checks={CORP: _check_corp})
        if options.get("format") in _OPENS and self._list_url is None:
            raise InvalidInputError(
                f"format={options['format']} 要有可以点开的网址。请先设置 ZHITUI_PUBLIC_URL，或换一种 format。"
            )
        return _MEMBERS_APART.join(unique.values())

    def paginate(
        self, destination: "Destination", frame: "Frame", alerts: "Sequence[Alert]"
    ) -> "list[tuple[Alert, ...]]":
        """Cut between items: by UTF-8 bytes, or by what a card holds."""
        form = self._format(destination.options)
        if form in _CARDS:
            return by_number(alerts, _CARDS[form])
        return robot.paginate(_TEXTS[form], frame, alerts)

    async def send(self, message: "Message") -> Receipt:
        """Send one message to all members of the destination."""
        msgtype, part = self._part(message)
        answer = await self._post(
            message.destination, msgtype, part, enable_duplicate_check=1, duplicate_check_interval=REPEAT_SECONDS
        )
        return self._receipt(message.destination, answer)

    def shown(self, message: "Message") -> bytes:
        """Return what the members see, without who they are."""
        msgtype, part = self._part(message)
        return as_json({"msgtype": msgtype, msgtype: part})

    async def send_test(self, destination: "Destination", now: "datetime") -> Receipt:
        """Send a line that says that it works."""
        line = f"知推测试消息：你可以在这个应用里收到专利推送。{now:%Y-%m-%d %H:%M:%S}"
        return self._receipt(destination, await self._post(destination, "text", {"content": line}))

    async def say(self, destination: "Destination", sentence: str) -> None:
        """Send one sentence to all members; raises as `send` does."""
        text = {"content": looks.TEXT.escape(sentence)}
        answer = await self._post(
            destination, "text", text, enable_duplicate_check=1, duplicate_check_interval=REPEAT_SECONDS
        )
        self._receipt(destination, answer)

    async def recall(self, message_id: str) -> None:
        """Take a message away from the members who see it in WeCom; in WeChat it stays."""
        await self._accounts.recall(RECALL_PATH, message_id)

    async def close(self) -> None:
        """Close connections."""
        await self._accounts.close()

    def _format(self, options: "Mapping[str, str]") -> str:
        form = options.get("format", "markdown")
        return "markdown" if form in _OPENS and self._list_url is None else form

    def _part(self, message: "Message") -> tuple[str, dict[str, Any]]:
        form, frame, alerts = self._format(message.destination.options), message.frame, message.alerts
        if len(alerts) > _CARDS.get(form, len(alerts)):
            form = "markdown"  # the options changed since it was planned
        match form:
            case "textcard":
                return form, looks.textcard(frame, alerts, url=self._list_url or VENDOR.official_url)
            case "news":
                return form, looks.news(frame, alerts, url=self._list_url or VENDOR.official_url)
            case "card":
                card = looks.buttons(frame, alerts, task_id=message.id, url=self._list_url)
                return "template_card", card
            case _:
                return form, {"content": robot.render(_TEXTS[form], frame, alerts)}

    async def _post(self, destination: "Destination", msgtype: str, part: dict[str, Any], **more: int) -> "Answer":
        body = {"touser": destination.address, "agentid": 0, "msgtype": msgtype, msgtype: part, **more}
        return await self._accounts.call(destination, SEND_PATH, body)

    def _receipt(self, destination: "Destination", answer: "Answer") -> Receipt:
        msgid = answer.fields.get("msgid")
        return Receipt(
            message_id=self._accounts.message_id(destination, msgid) if isinstance(msgid, str) else None,
            note=_missed(destination.address, answer),
        )


def _check_corp(value: str) -> None:
    if not _CONNECTION.fullmatch(value):
        raise InvalidInputError("corp 要写知推“企业微信”页面上的连接编号，例如 corp=wc-4hJkQp0aTz。")


def _missed(address: str, answer: "Answer") -> str:
    """Return who does not get it and what to do, ``""`` when everybody does.

    Raises:
        DestinationGoneError: nobody gets it.
    """
    members = address.split(_MEMBERS_APART)
    unknown, unlicensed = (_named(members, answer.fields.get(field)) for field in ("invaliduser", "unlicenseduser"))
    said = []
    if unknown:
        said.append(f"{'、'.join(unknown)} 收不到：账号不存在或不在应用的可见范围内")
    if unlicensed:
        said.append(f"{'、'.join(unlicensed)} 收不到：没有企业微信的接口许可")
    if not said:
        return ""
    if {*unknown, *unlicensed} >= {*members}:
        raise DestinationGoneError(NOBODY.advice, reason=Reason.GONE)
    return f"成员 {'；'.join(said)}。请在管理后台核对后，用 destination add 重新登记这个目的地"


def _named(members: list[str], answered: object) -> list[str]:
    # The vendor gives ids in small letters.
    ids = set(answered.casefold().split(_MEMBERS_APART)) if isinstance(answered, str) else set()
    return [member for member in members if member.casefold() in ids]
