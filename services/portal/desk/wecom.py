"""Enterprises in WeCom that an organisation connects: entered, checked, changed, disconnected; secrets are never shown."""

from typing import TYPE_CHECKING

import msgspec

from services.portal.desk.actor import Permission
from services.portal.desk.belongings import OF_CONNECTIONS, remove
from services.portal.desk.limits import Limit
from services.portal.desk.owning import own
from services.portal.desk.refusals import ConflictError, Fault, InvalidError, MissingError, Text
from services.portal.desk.wecom_checks import Finding, judge_app
from services.portal.desk.wecom_drafts import (
    BAD_FILE,
    BAD_SECRET,
    FILE,
    FILE_CONTENT,
    SECRET,
    CorpDraft,
    Keys,
    draft_faults,
    key_faults,
    keys_of,
)
from services.portal.wecom.directory import AGENT_PATH
from shared.errors import ZhituiError
from shared.filing.wecom_corps import WecomCorp
from shared.ids import fresh_id

if TYPE_CHECKING:
    from services.portal.desk.actor import Actor
    from services.portal.desk.audit import Audit
    from services.portal.wecom.corps import Corps
    from shared.runtime.role import Surroundings

MOST = 5
"""Connections of one organisation."""

LIMIT = Limit(
    most=MOST,
    text=Text(f"一个单位最多连接 {MOST} 个企业微信应用。", f"An organisation connects at most {MOST} apps."),
)


class WecomDesk:
    """What an organisation's managers do with its connections."""

    def __init__(self, around: "Surroundings", audit: "Audit", corps: "Corps") -> None:
        self._around = around
        self._audit = audit
        self._corps = corps

    async def all(self, actor: "Actor") -> list[WecomCorp]:
        """Return the organisation's connections, the oldest first; the caller shows no secret of them."""
        actor.need(Permission.READ)
        return [filed.document for filed in await self._corps.shelf.page(actor.organisation_id, limit=MOST)]

    async def get(self, actor: "Actor", connection_id: str) -> WecomCorp:
        """Return one.

        Raises:
            MissingError: there is none, or it is another organisation's.
        """
        actor.need(Permission.READ)
        return (await own(self._corps.shelf, actor, connection_id)).document

    async def connect(self, actor: "Actor", draft: CorpDraft) -> Keys:
        """Write a connection down; `check` then tells whether it works.

        Raises:
            InvalidError: what was entered cannot be right.
            ConflictError: the organisation has as many as it may have.
        """
        actor.need(Permission.MANAGE_ORGANISATION)
        faults = draft_faults(draft)
        if faults:
            raise InvalidError(*faults)
        keys = keys_of(fresh_id("wc"), draft.token, draft.aes_key)
        corp = WecomCorp(
            id=keys.connection_id,
            organisation_id=actor.organisation_id,
            corp_id=draft.corp_id,
            agent_id=draft.agent_id,
            secret=draft.secret,
            token=keys.token,
            aes_key=keys.aes_key,
            newcomers=draft.newcomers,
            created_at=self._around.clock.now(),
            created_by=actor.account_id,
        )
        await LIMIT.add(self._corps.shelf, corp)
        await self._audit.record(actor, "wecom.connected", corp.id)
        return keys

    async def check(self, actor: "Actor", connection_id: str) -> list[Finding]:
        """Ask the vendor what it thinks of a connection, and return what is well and what is not.

        Raises:
            MissingError: there is none, or it is another organisation's.
            ConflictError: another organisation connected this app, and has proved it.
        """
        actor.need(Permission.MANAGE_ORGANISATION)
        corp = await self.get(actor, connection_id)
        try:
            params = {"agentid": str(corp.agent_id)}
            app = (await self._corps.account(corp).call(AGENT_PATH, params=params)).fields
        except ZhituiError as error:
            return [Finding.of_error(error), *judge_app(corp, None, self._around.settings.public_url)]
        if corp.proved_at is None:
            corp = await self._prove(corp)
            await self._audit.record(actor, "wecom.proved", corp.id)
        return judge_app(corp, app, self._around.settings.public_url)

    async def replace_keys(self, actor: "Actor", connection_id: str, *, token: str = "", aes_key: str = "") -> Keys:
        """Give the callback other keys; those before stay good for a day.

        Raises:
            InvalidError: these are none.
            MissingError: there is no such connection, or it is another organisation's.
        """
        actor.need(Permission.MANAGE_ORGANISATION)
        corp = await self.get(actor, connection_id)
        faults = key_faults(token, aes_key)
        if faults:
            raise InvalidError(*faults)
        keys = keys_of(corp.id, token, aes_key)
        await self._corps.change(
            corp,
            token=keys.token,
            aes_key=keys.aes_key,
            old_token=corp.token,
            old_aes_key=corp.aes_key,
            rotated_at=self._around.clock.now(),
        )
        await self._audit.record(actor, "wecom.keys-replaced", corp.id)
        return keys

    async def replace_secret(self, actor: "Actor", connection_id: str, secret: str) -> None:
        """Take the app's new secret; whose the app is stays proved, `check` tells whether the secret is right.

        Raises:
            InvalidError: this is none.
            MissingError: there is no such connection, or it is another organisation's.
        """
        actor.need(Permission.MANAGE_ORGANISATION)
        corp = await self.get(actor, connection_id)
        if not SECRET.fullmatch(secret):
            raise InvalidError(Fault("/secret", BAD_SECRET))
        await self._corps.change(corp, secret=secret)
        await self._audit.record(actor, "wecom.secret-replaced", corp.id)

    async def prove_domain(self, actor: "Actor", connection_id: str, name: str, content: str) -> None:
        """Take the file by which the vendor checks whose the domain is; it is shown at the domain's root.

        Raises:
            InvalidError: it is none of the vendor's files.
            ConflictError: there is such a file already.
        """
        actor.need(Permission.MANAGE_ORGANISATION)
        corp = await self.get(actor, connection_id)
        if not FILE.fullmatch(name) or not FILE_CONTENT.fullmatch(content.strip()):
            raise InvalidError(Fault("/file", BAD_FILE))
        if not await self._changed(corp, domain_file=(name, content.strip())):
            raise ConflictError("exists", Text("这个文件已由另一个连接使用。", "Another connection has this file."))
        await self._audit.record(actor, "wecom.domain-file-put", corp.id)

    async def disconnect(self, actor: "Actor", connection_id: str) -> None:
        """Forget a connection with its members; what it reached is told so by the notifier.

        Raises:
            MissingError: there is none, or it is another organisation's.
        """
        actor.need(Permission.MANAGE_ORGANISATION)
        corp = await self.get(actor, connection_id)
        await remove(self._around.store, OF_CONNECTIONS, corp.id)
        await self._audit.record(actor, "wecom.disconnected", corp.id)

    async def _prove(self, corp: WecomCorp) -> WecomCorp:
        proved_at = self._around.clock.now()
        if not await self._changed(corp, proved_at=proved_at):
            raise ConflictError(
                "connected-elsewhere",
                Text(
                    "这个应用已由另一个单位连接。请先在那边断开，或新建一个自建应用。",
                    "Another organisation has connected this app. Disconnect it there first, or make another app.",
                ),
            )
        return msgspec.structs.replace(corp, proved_at=proved_at)

    async def _changed(self, corp: WecomCorp, **fields: object) -> bool:
        """Set fields that others find it by; false when another connection is found by the same."""
        while (filed := await self._corps.shelf.get(corp.id)) is not None:
            wanted = msgspec.structs.replace(filed.document, **fields)
            if await self._corps.shelf.replace(wanted, revision=filed.revision) is not None:
                return True
            now = await self._corps.shelf.get(corp.id)
            if now is not None and now.revision == filed.revision:
                return False
        raise MissingError


def public_callback(public_url: str | None, connection_id: str) -> str | None:
    """Return the address that the administrator enters at the vendor, ``None`` when nobody outside reaches this server."""
    return f"{public_url.rstrip('/')}/wecom/{connection_id}/callback" if public_url else None
