"""Whose app a ``wecom-app`` destination is reached by: the one of the settings, or one that an organisation connected.

An app that refuses concerns its own organisation only: its messages wait, and those of the others go on.
"""

from typing import TYPE_CHECKING

from shared.errors import ChannelMisconfiguredError, DestinationGoneError, Reason, RetryLaterError
from shared.vendors.account_api import required
from shared.vendors.wecom_account import WecomAccount, WecomApp, wecom_http
from shared.vendors.wecom_app_codes import AGENT_ID, CONNECTED, CORP_ID, SECRET, VENDOR

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from services.notifier.channels.port import Means
    from shared.vendors.http import Answer
    from shared.wire.subscription import Destination

CORP = "corp"
"""The option that names the connection (`shared.filing.wecom_corps`)."""

LOOK_AGAIN_SECONDS = 900.0
"""How long messages wait while an organisation's own app refuses: the vendor bans who hammers."""

_CORP_APART = "/"
_MOST_KEPT = 1_000


class WecomAccounts:
    """Calls WeCom by the app that a destination belongs to."""

    def __init__(self, means: "Means") -> None:
        self._means = means
        self._own, self._others = wecom_http(VENDOR, means.settings), wecom_http(CONNECTED, means.settings)
        self._by_app: dict[WecomApp, WecomAccount] = {}

    def lane(self, destination: "Destination") -> str:
        """Return what tells the destination's app from others; holds no secret."""
        settings = self._means.settings
        return destination.options.get(CORP) or f"{settings.wecom_corp_id}/{settings.wecom_agent_id}"

    async def call(self, destination: "Destination", path: str, body: "Mapping[str, Any]") -> "Answer":
        """Post a body, with the app's number where it has an ``agentid``; raises as `WecomAccount.call` does."""
        return await self._call(destination.options.get(CORP), path, body)

    def message_id(self, destination: "Destination", message_id: str) -> str:
        """Return by what a message is called back: the vendor's id, with whose app said it."""
        corp = destination.options.get(CORP)
        return f"{corp}{_CORP_APART}{message_id}" if corp else message_id

    async def recall(self, path: str, message_id: str) -> None:
        """Call a message back."""
        corp, apart, msgid = message_id.rpartition(_CORP_APART)
        await self._call(corp if apart else None, path, {"msgid": msgid})

    async def close(self) -> None:
        """Close connections."""
        await self._own.close()
        await self._others.close()

    async def _call(self, corp: str | None, path: str, body: "Mapping[str, Any]") -> "Answer":
        if corp is None:
            return await self._post(self._of_settings(), path, body)
        try:
            return await self._post(await self._connected(corp), path, body)
        except ChannelMisconfiguredError as error:
            raise RetryLaterError(
                str(error),
                after_seconds=LOOK_AGAIN_SECONDS,
                reason=Reason.CONFIGURATION,
                vendor_code=error.vendor_code,
            ) from None

    async def _post(self, account: WecomAccount, path: str, body: "Mapping[str, Any]") -> "Answer":
        # In its place: the same message is the same bytes, whichever version sends it again.
        return await account.call(path, {**body, "agentid": account.app.agent_id} if "agentid" in body else body)

    def _of_settings(self) -> WecomAccount:
        settings = self._means.settings
        secret = settings.wecom_app_secret.get_secret_value() if settings.wecom_app_secret else ""
        required({CORP_ID: settings.wecom_corp_id, AGENT_ID: settings.wecom_agent_id, SECRET: secret})
        app = WecomApp(corp_id=settings.wecom_corp_id or "", agent_id=settings.wecom_agent_id or 0, secret=secret)
        if app not in self._by_app:
            self._by_app[app] = WecomAccount(app, self._own, self._means)
        return self._by_app[app]

    async def _connected(self, connection_id: str) -> WecomAccount:
        filed = await self._means.corps.get(connection_id) if self._means.corps is not None else None
        if filed is None:
            raise DestinationGoneError(
                "这个企业微信已经不再与知推连接。请在知推的“企业微信”页面重新连接，再登记目的地", reason=Reason.GONE
            )
        corp = filed.document
        app = WecomApp(corp_id=corp.corp_id, agent_id=corp.agent_id, secret=corp.secret)
        if app not in self._by_app:
            if len(self._by_app) >= _MOST_KEPT:
                del self._by_app[next(iter(self._by_app))]
            self._by_app[app] = WecomAccount(app, self._others, self._means)
        return self._by_app[app]
