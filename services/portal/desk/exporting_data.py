"""Personal data in a form that people can take away (PIPL art. 45): one zip of JSON Lines."""

import asyncio
import io
import zipfile
from typing import TYPE_CHECKING, Any

import msgspec

from services.portal.desk.actor import Actor, Permission, Way
from services.portal.desk.belongings import OF_MEMBERS, OF_ORGANISATIONS, OF_WECOM_MEMBERS, Belonging, walk
from services.portal.desk.refusals import ForbiddenError, MissingError
from shared.filing.audit_entries import AUDIT_ENTRIES
from shared.filing.destination_cards import DESTINATION_CARDS
from shared.filing.profile_cards import PROFILE_CARDS
from shared.filing.subscription_cards import SUBSCRIPTION_CARDS
from shared.filing.wecom_members import WECOM_MEMBERS
from shared.wire.subscription import Channel

if TYPE_CHECKING:
    from services.portal.desk.means import Means
    from shared.filing.accounts import Account
    from shared.wire.subscription import Destination

    Files = dict[str, list[dict[str, Any]]]

README = """\
这里是知推保存的、属于您或贵单位的全部数据，每个文件一类，每行一个 JSON 对象（UTF-8）。
密码、令牌、密钥只以不可逆或加密的形式保存，不在其中；webhook 和机器人的地址只显示一部分，因为地址本身就是密钥。

This is all that Zhitui keeps of you or your organisation: one file a kind, one JSON object a line (UTF-8).
Passwords, tokens and keys are left out, and addresses that are keys themselves are shown in part only.
"""


class ExportingData:
    """Makes the archives."""

    def __init__(self, means: "Means") -> None:
        self._means = means
        self._store = means.around.store

    async def of_member(self, actor: Actor) -> bytes:
        """Return what is kept of the member who asks.

        Raises:
            ForbiddenError: a program asks.
        """
        account = await self._member(actor)
        files: Files = {"accounts": [_shown(account, OF_MEMBERS)]}
        for belonging in OF_MEMBERS.under:
            await self._collect(files, belonging, account.id)
        if account.wecom_key:
            known = await self._store.shelf(WECOM_MEMBERS).get(account.wecom_key)
            files[WECOM_MEMBERS.name] = [_shown(known.document, OF_WECOM_MEMBERS)] if known else []
        entries = next(one for one in OF_ORGANISATIONS if one.kind is AUDIT_ENTRIES)
        files["audit_entries"] = [
            _shown(filed.document, entries)
            async for filed in walk(self._store, entries.kind, account.organisation_id)
            if filed.document.account_id == account.id
        ]
        await self._means.audit.record(actor, "member.exported", account.id)
        return await asyncio.to_thread(_zipped, files)

    async def of_organisation(self, actor: Actor) -> bytes:
        """Return what is kept of the organisation of who asks, its members included.

        Raises:
            ForbiddenError: this role may not, or a program asks.
        """
        actor.need(Permission.MANAGE_ORGANISATION)
        await self._member(actor)
        organisation = await self._means.organisations.mine(actor)
        files: Files = {"organisations": [msgspec.to_builtins(organisation.document)]}
        for belonging in OF_ORGANISATIONS:
            await self._collect(files, belonging, actor.organisation_id)
        await self._add_what_cards_are_of(files)
        await self._means.audit.record(actor, "organisation.exported", actor.organisation_id)
        return await asyncio.to_thread(_zipped, files)

    async def _member(self, actor: Actor) -> "Account":
        if actor.way is not Way.SESSION:
            raise ForbiddenError
        account = await self._means.accounts.get(actor.account_id)
        if account is None:
            raise MissingError
        return account

    async def _collect(self, files: "Files", belonging: Belonging, owner: str) -> None:
        rows = files.setdefault(belonging.kind.name, [])
        async for filed in walk(self._store, belonging.kind, owner):
            rows.append(_shown(filed.document, belonging))
            for below in belonging.under:
                await self._collect(files, below, filed.document.id)

    async def _add_what_cards_are_of(self, files: "Files") -> None:
        def ids(kind: str) -> list[str]:
            return [row["id"] for row in files[kind]]

        profiles = await self._store.profiles.many(ids(PROFILE_CARDS.name))
        destinations = await self._store.destinations.many(ids(DESTINATION_CARDS.name))
        subscriptions = await self._store.subscriptions.many(ids(SUBSCRIPTION_CARDS.name))
        files["profiles"] = [msgspec.to_builtins(one) for one in profiles.values()]
        files["destinations"] = [_destination(one) for one in destinations.values()]
        files["subscriptions"] = [msgspec.to_builtins(one) for one in subscriptions.values()]


def _shown(document: msgspec.Struct, belonging: Belonging) -> dict[str, Any]:
    row: dict[str, Any] = msgspec.to_builtins(document)
    return {name: value for name, value in row.items() if name not in belonging.hidden}


def _destination(destination: "Destination") -> dict[str, Any]:
    row: dict[str, Any] = msgspec.to_builtins(destination)
    address = destination.address if destination.channel is Channel.EMAIL else destination.masked_address
    return row | {"address": address, "options": destination.masked_options}


def _zipped(files: "Files") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", README)
        for name, rows in files.items():
            archive.writestr(f"{name}.jsonl", b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    return out.getvalue()
