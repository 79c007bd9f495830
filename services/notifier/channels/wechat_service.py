"""``wechat-service``: followers of a WeChat service account, by template messages or subscribe notifications.

Source: developers.weixin.qq.com/doc/service (stable_token, template/send, subscribe/bizsend and their codes).
A template message carries ``client_msg_id``, by which the vendor knows a repetition for ten minutes; a notification has no such thing.
"""

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from services.notifier.channels.no_options import check_no_options
from services.notifier.channels.port import Receipt
from services.notifier.channels.wechat_service_codes import (
    APP_ID,
    FIELDS,
    SECRET,
    STALE,
    TEMPLATE,
    VENDOR,
    WRONG_SECRET,
)
from services.notifier.templates import wechat_template as looks
from shared.errors import ChannelMisconfiguredError, InvalidInputError, Reason
from shared.vendors.access_tokens import AccessTokens, Fetched
from shared.vendors.account_api import AccountApi, required, token_in
from shared.vendors.http import VendorApi, as_json
from shared.wire.subscription import Channel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from services.notifier.channels.port import Frame, Means, Message
    from shared.store.records import Alert
    from shared.wire.subscription import Destination

TOKEN_PATH = "/cgi-bin/stable_token"  # noqa: S105 - a path
PATHS = {"template": "/cgi-bin/message/template/send", "subscribe": "/cgi-bin/message/subscribe/bizsend"}
KNOWN_FOR = timedelta(minutes=9)
"""The vendor knows a ``client_msg_id`` for ten minutes."""

_OPENID = re.compile(r"[A-Za-z0-9_-]{20,64}")


class WechatServiceChannel:
    """Sends to followers; one publication a message, as its fields hold twenty characters each."""

    name = Channel.WECHAT_SERVICE
    shuns_round_minutes = False
    rate = None

    def __init__(self, means: "Means") -> None:
        self._settings = settings = means.settings
        self.idempotent: bool | timedelta = KNOWN_FOR if settings.wechat_message == "template" else False
        timeout_seconds, base_url = settings.send_timeout_seconds, settings.wechat_base_url
        self._http = VendorApi(VENDOR, base_url, timeout_seconds=timeout_seconds)
        self._token_http = VendorApi(replace(VENDOR, silent_success=True), base_url, timeout_seconds=timeout_seconds)
        self._secret = settings.wechat_app_secret.get_secret_value() if settings.wechat_app_secret else ""
        account = f"{base_url}\n{settings.wechat_app_id}\n{self._secret}"
        tokens = AccessTokens(account, self._fetch_token, means, refusals=WRONG_SECRET)
        self._api = AccountApi(self._http, tokens, stale=STALE)

    def lane(self, destination: "Destination") -> str:
        """Return the destination's id: nothing is counted by."""
        return destination.id

    def check(self, address: str, options: "Mapping[str, str]") -> str:
        """Return the openid."""
        openid = address.strip()
        if not _OPENID.fullmatch(openid):
            raise InvalidInputError("这里要写收件人在服务号里的 openid（28 个字符，一般以 o 开头），不是微信号。")
        check_no_options(self.name, options)
        looks.parse_fields(self._settings.wechat_template_fields)
        return openid

    def paginate(
        self,
        destination: "Destination",  # noqa: ARG002 - the port's
        frame: "Frame",  # noqa: ARG002 - the port's
        alerts: "Sequence[Alert]",
    ) -> "list[tuple[Alert, ...]]":
        """Give every publication a message of its own."""
        return [(alert,) for alert in alerts]

    async def send(self, message: "Message") -> Receipt:
        """Send one message."""
        more = {"client_msg_id": message.id} if self.idempotent else {}
        return await self._post(message.destination, looks.render(self._fields(), message), **more)

    def shown(self, message: "Message") -> bytes:
        """Return what the template's fields say."""
        return as_json(looks.render(self._fields(), message))

    async def send_test(self, destination: "Destination", now: "datetime") -> None:
        """Send a message that says that it works; of subscribe notifications it uses one consent up."""
        await self._post(destination, looks.render_test(self._fields(), now))

    async def close(self) -> None:
        """Close connections."""
        await self._http.close()
        await self._token_http.close()

    def _fields(self) -> dict[str, str]:
        try:
            return looks.parse_fields(self._settings.wechat_template_fields)
        except InvalidInputError as error:
            raise ChannelMisconfiguredError(f"{FIELDS} 不对：{error}", reason=Reason.CONFIGURATION) from None

    async def _post(self, destination: "Destination", data: "Mapping[str, Any]", **more: str) -> Receipt:
        settings = self._settings
        required({APP_ID: settings.wechat_app_id, SECRET: self._secret, TEMPLATE: settings.wechat_template_id})
        link = "url" if settings.wechat_message == "template" else "page"
        opens = {link: settings.front_page} if settings.front_page else {}
        body = {
            "touser": destination.address,
            "template_id": settings.wechat_template_id,
            **opens,
            **more,
            "data": data,
        }
        answer = await self._api.call(PATHS[settings.wechat_message], body)
        message_id = answer.fields.get("msgid")
        return Receipt(message_id=str(message_id) if isinstance(message_id, int) else None)

    async def _fetch_token(self) -> Fetched:
        body = {
            "grant_type": "client_credential",
            "appid": self._settings.wechat_app_id,
            "secret": self._secret,
            "force_refresh": False,
        }
        return token_in(await self._token_http.call(TOKEN_PATH, as_json(body), secrets=(self._secret,)))
