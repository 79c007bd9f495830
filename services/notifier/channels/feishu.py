"""``feishu``: a custom bot of a Feishu or Lark group, called by its webhook.

Source: Feishu's guide to custom bots (bodies, signature, 100 calls a minute and 5 a second, 20 KB). The vendor offers no
idempotency.
"""

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from services.notifier.channels import robot_options as checks
from services.notifier.channels.group_robot import SecuredRobot
from services.notifier.channels.port import Rate
from services.notifier.channels.robot_signature import feishu_signature
from services.notifier.templates import robot
from services.notifier.templates.around import headline, leaving
from services.notifier.templates.markup import bare_link
from services.notifier.templates.robot_forms import FEISHU_CARD, FEISHU_POST, FEISHU_TEXT
from shared.errors import InvalidInputError
from shared.vendors.codes import REFUSED, TOO_FAST, Vendor, gone
from shared.vendors.http import as_json
from shared.wire.subscription import Channel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from services.notifier.channels.port import Frame, Means, Message
    from shared.store.records import Alert
    from shared.wire.subscription import Destination

PATH = "/open-apis/bot/v2/hook"
OFFICIAL_URL = "https://open.feishu.cn"
LARK_URL = "https://open.larksuite.com"
BLOCKED_SECONDS = 60.0

_KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_SECRET = re.compile(r"[0-9A-Za-z_-]{8,128}")
_USER = re.compile(rf"(?:ou_)?[0-9A-Za-z]{{4,64}}|{checks.EVERYBODY}")
_FORMS = {"card": FEISHU_CARD, "post": FEISHU_POST, "text": FEISHU_TEXT}

_SIGNATURE_CODE = 19021
_AGAIN = "改好后用 destination add 重新登记"

VENDOR = Vendor(
    name="飞书",
    official_url=OFFICIAL_URL,
    setting="ZHITUI_FEISHU_BASE_URL",
    blocked_seconds=BLOCKED_SECONDS,
    code_field="code",
    text_field="msg",
    wait_header="x-ogw-ratelimit-reset",
    codes={
        11232: TOO_FAST,
        99991400: TOO_FAST,
        9499: REFUSED,
        19001: gone("机器人的地址无效，或机器人已从群里删除。请在群里重新添加机器人，再用新的地址登记"),
        _SIGNATURE_CODE: gone(f"没有签名或签名不对。请核对 --set secret=，它在机器人的安全设置“签名校验”里；{_AGAIN}"),
        19022: gone(f"本机的出口 IP 不在机器人的 IP 白名单里。请在机器人的安全设置里加上；{_AGAIN}"),
        19024: gone(f"机器人要求消息含有关键词。请加上 --set keyword=关键词；{_AGAIN}"),
    },
)


class FeishuChannel(SecuredRobot):
    """Sends to custom bots; one HTTP call a message."""

    name = Channel.FEISHU
    shuns_round_minutes = True
    rate = Rate(calls=5, window_seconds=3.0)
    """With the dispatcher's margin five in four seconds: below five a second and below a hundred a minute at once."""

    signature_refused = _SIGNATURE_CODE

    def __init__(self, means: "Means") -> None:
        super().__init__(VENDOR, means.settings.feishu_base_url, means)

    def check(self, address: str, options: "Mapping[str, str]") -> str:
        """Return the key, in lower case, from a key or a whole webhook address."""
        address = address.strip()
        base_url = self._api.base_url
        if address.startswith(LARK_URL) and base_url != LARK_URL:
            raise InvalidInputError(f"这是 Lark 的地址。请先设置 ZHITUI_FEISHU_BASE_URL={LARK_URL}，再登记。")
        key = checks.key_in_path(address, bases={OFFICIAL_URL, base_url}, path=PATH)
        if not _KEY.fullmatch(key):
            raise InvalidInputError(
                "飞书机器人的地址应是 webhook 地址里 hook/ 后面的那一串，"
                f"或整个地址 {OFFICIAL_URL}{PATH}/…。请从机器人的设置里复制。"
            )
        checks.check_options(
            self.name,
            options,
            formats=tuple(_FORMS),
            checks={
                "secret": partial(checks.check_secret, _SECRET, "机器人安全设置“签名校验”里的密钥"),
                "keyword": checks.check_keyword,
                "mention": partial(checks.check_people, "mention", _USER, "ou_xxx,ou_yyy"),
            },
        )
        return key.lower()

    def paginate(
        self, destination: "Destination", frame: "Frame", alerts: "Sequence[Alert]"
    ) -> "list[tuple[Alert, ...]]":
        """Cut between items, by the bytes of the request."""
        form = _format(destination)
        return robot.paginate(_FORMS[form], frame, alerts, _tail(form, destination.options))

    async def send(self, message: "Message") -> None:
        """Post one message."""
        await self._post(message.destination, _body(message))

    def shown(self, message: "Message") -> bytes:
        """Return the body, not yet signed."""
        return as_json(_body(message))

    async def _post_line(self, destination: "Destination", line: str) -> None:
        await self._post(destination, text_body(FEISHU_TEXT.escape(line)))

    async def _post(self, destination: "Destination", body: "dict[str, Any]") -> None:
        key, secret = destination.address, destination.options.get("secret", "")
        now = self._clock.now()
        signed = {}
        if secret:
            seconds = int(now.timestamp())
            signed = {"timestamp": str(seconds), "sign": feishu_signature(secret, seconds)}
        await self._call(destination, f"{PATH}/{key}", as_json({**signed, **body}), now)


def _body(message: "Message") -> dict[str, Any]:
    form, frame, options = _format(message.destination), message.frame, message.destination.options
    content = robot.render(_FORMS[form], frame, message.alerts, _tail(form, options))
    match form:
        case "card":
            return card_body(headline(frame, message.alerts), content.partition("\n")[2])
        case "post":
            return post_body(
                content,
                links=(*leaving(frame, most=robot.MOST_LINKS), *leaving(frame, most=1)),
                called=checks.people(options, "mention"),
            )
        case _:
            return text_body(content)


def text_body(content: str) -> dict[str, Any]:
    """Return a text."""
    return {"msg_type": "text", "content": {"text": content}}


def card_body(title: str, content: str) -> dict[str, Any]:
    """Return a card (schema 2.0) of one markdown element; the header shows in the list of chats."""
    return {
        "msg_type": "interactive",
        "card": {
            "schema": "2.0",
            "header": {"title": {"tag": "plain_text", "content": title}, "template": "blue"},
            "body": {"elements": [{"tag": "markdown", "content": content}]},
        },
    }


def post_body(content: str, *, links: "Sequence[tuple[str, str]]", called: "Sequence[str]") -> dict[str, Any]:
    """Return a post: the first line as its title, a paragraph a line, the links to unsubscribe as links."""
    title, _, rest = content.partition("\n")
    leave = {bare_link(name, url): {"tag": "a", "text": name, "href": url} for name, url in links}
    lines: list[list[dict[str, str]]] = [
        [leave.get(line) or {"tag": "text", "text": line}] for line in rest.split("\n")
    ]
    if called:
        lines.append([{"tag": "at", "user_id": _user_id(user)} for user in called])
    return {"msg_type": "post", "content": {"post": {"zh_cn": {"title": title, "content": lines}}}}


def _format(destination: "Destination") -> str:
    return destination.options.get("format", "card")


def _tail(form: str, options: "Mapping[str, str]") -> str:
    called = map(_user_id, checks.people(options, "mention"))
    match form:
        case "card":
            at = [f"<at id={user}></at>" for user in called]
        case "text":
            at = [f'<at user_id="{user}"></at>' for user in called]
        case _:
            at = []
    return " ".join((*at, *filter(None, [options.get("keyword")])))


def _user_id(user: str) -> str:
    return "all" if user == checks.EVERYBODY else user
