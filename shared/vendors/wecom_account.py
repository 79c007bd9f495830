"""An app of an enterprise in WeCom, as both sides of Zhitui call it: the notifier sends by it, the portal asks it.

Source: https://developer.work.weixin.qq.com/document/path/91039 (tokens).
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shared.vendors.access_tokens import AccessTokens, Fetched
from shared.vendors.account_api import AccountApi, token_in
from shared.vendors.http import VendorApi
from shared.vendors.wecom_app_codes import STALE, WRONG_SECRET

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.settings import Settings
    from shared.vendors.access_tokens import TokenMeans
    from shared.vendors.codes import Vendor
    from shared.vendors.http import Answer

TOKEN_PATH = "/cgi-bin/gettoken"  # noqa: S105 - an address


@dataclass(frozen=True, slots=True, kw_only=True)
class WecomApp:
    """Which app of which enterprise."""

    corp_id: str
    agent_id: int
    secret: str = field(repr=False)


def wecom_http(vendor: "Vendor", settings: "Settings") -> VendorApi:
    """Return what reaches WeCom, with codes explained to those who set an app up where this one was."""
    return VendorApi(vendor, settings.wecom_base_url, timeout_seconds=settings.send_timeout_seconds)


class WecomAccount:
    """Calls WeCom on behalf of one app; all processes share its token.

    Args:
        app: which one.
        http: reaches WeCom; whoever made it closes it (see `wecom_http`).
        means: where tokens are kept.
    """

    def __init__(self, app: WecomApp, http: VendorApi, means: "TokenMeans") -> None:
        settings = means.settings
        self.app = app
        self._http = http
        account = f"{settings.wecom_base_url}\n{app.corp_id}\n{app.secret}"
        tokens = AccessTokens(account, self._fetch_token, means, refusals=WRONG_SECRET)
        self._api = AccountApi(self._http, tokens, stale=STALE)

    async def call(
        self, path: str, body: "Mapping[str, Any] | None" = None, *, params: "Mapping[str, str] | None" = None
    ) -> "Answer":
        """Post a body, or ask with GET where there is none.

        Raises:
            ZhituiError: as `shared.vendors.account_api.AccountApi.call` does.
        """
        return await self._api.call(path, body, params=params)

    async def _fetch_token(self) -> Fetched:
        params = {"corpid": self.app.corp_id, "corpsecret": self.app.secret}
        return token_in(await self._http.call(TOKEN_PATH, params=params, secrets=(self.app.secret,)))
