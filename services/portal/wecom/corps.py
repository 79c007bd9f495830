"""Connected enterprises: looked up, called, and opened for what they send."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from services.portal.wecom.crypto import CallbackCipher
from shared.filing.changing import with_fields
from shared.filing.wecom_corps import WECOM_CORPS, WecomCorp
from shared.vendors.wecom_account import WecomAccount, WecomApp, wecom_http
from shared.vendors.wecom_app_codes import CONNECTED

if TYPE_CHECKING:
    from shared.clock import Clock
    from shared.runtime.role import Surroundings
    from shared.secret_box import SecretBox
    from shared.settings import Settings
    from shared.store.coordination import Idempotency
    from shared.store.filed import Filed

OLD_KEYS = timedelta(days=1)
"""How long the keys before the last change are good: the administrator has to enter the new ones at the vendor, too."""

CALLED_EVERY = timedelta(hours=1)
"""How exactly it is known when the vendor called last; each time is a write."""

_MOST_KEPT = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _TokenMeans:
    """See `shared.vendors.access_tokens.TokenMeans`."""

    settings: "Settings"
    clock: "Clock"
    idempotency: "Idempotency"
    secrets: "SecretBox"


class Corps:
    """All connections of this installation."""

    def __init__(self, around: "Surroundings") -> None:
        self.shelf = around.store.shelf(WECOM_CORPS)
        self._clock = around.clock
        self._means = _TokenMeans(
            settings=around.settings, clock=around.clock, idempotency=around.store.idempotency, secrets=around.secrets
        )
        self._http = wecom_http(CONNECTED, around.settings)
        self._accounts: dict[WecomApp, WecomAccount] = {}

    async def get(self, connection_id: str) -> WecomCorp | None:
        """Return one."""
        filed = await self.shelf.get(connection_id)
        return filed.document if filed else None

    def account(self, corp: WecomCorp) -> WecomAccount:
        """Return what calls WeCom on its behalf."""
        app = WecomApp(corp_id=corp.corp_id, agent_id=corp.agent_id, secret=corp.secret)
        if app not in self._accounts:
            if len(self._accounts) >= _MOST_KEPT:
                del self._accounts[next(iter(self._accounts))]
            self._accounts[app] = WecomAccount(app, self._http, self._means)
        return self._accounts[app]

    def ciphers(self, corp: WecomCorp) -> list[CallbackCipher]:
        """Return what may have sealed its callbacks, the present keys first."""
        keys = [(corp.token, corp.aes_key)]
        if corp.old_token and corp.rotated_at and self._clock.now() < corp.rotated_at + OLD_KEYS:
            keys.append((corp.old_token, corp.old_aes_key))
        return [CallbackCipher(token, aes_key, corp.corp_id) for token, aes_key in keys]

    async def change(self, corp: WecomCorp, **fields: object) -> "Filed[WecomCorp] | None":
        """Set fields of one, whoever changes others at the same time; ``None`` when it is gone."""
        return await with_fields(self.shelf, corp.id, **fields)

    async def called(self, corp: WecomCorp) -> None:
        """Note that the vendor called it just now."""
        now = self._clock.now()
        if corp.called_at is None or now - corp.called_at >= CALLED_EVERY:
            await self.change(corp, called_at=now)

    async def close(self) -> None:
        """Close connections to the vendor."""
        await self._http.close()
