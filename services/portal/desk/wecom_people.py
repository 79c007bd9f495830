"""What an organisation does with an enterprise that it has connected: pick its people, put a menu, tie accounts."""

import secrets as random_letters
import string
from datetime import timedelta
from typing import TYPE_CHECKING

from services.portal.desk.actor import Permission
from services.portal.desk.refusals import ConflictError, Text, TooManyError
from services.portal.desk.turns import seconds_to_wait
from services.portal.wecom.chat.binding import PURPOSE
from services.portal.wecom.menu import create_menu
from shared.errors import ZhituiError
from shared.filing.wecom_bindings import WECOM_BINDINGS, WecomBinding

if TYPE_CHECKING:
    from services.portal.desk.actor import Actor
    from services.portal.desk.audit import Audit
    from services.portal.desk.wecom import WecomDesk
    from services.portal.wecom.corps import Corps
    from services.portal.wecom.directory import DirectoryReader, Reading
    from services.portal.wecom.members import Members
    from shared.filing.wecom_members import WecomMember
    from shared.runtime.role import Surroundings

CODE_CHARACTERS = 8
CODE_KEPT = timedelta(minutes=10)
CODES, CODES_SECONDS = 10, 3600.0

_CODE_LETTERS = "".join(sorted({*string.ascii_uppercase, *string.digits} - {*"IO01"}))


class WecomPeople:
    """Members of connected enterprises, as their organisations see them."""

    def __init__(
        self,
        around: "Surroundings",
        audit: "Audit",
        connections: "WecomDesk",
        *,
        corps: "Corps",
        members: "Members",
        directory: "DirectoryReader",
    ) -> None:
        self._around = around
        self._audit = audit
        self._connections = connections
        self._corps = corps
        self._members = members
        self._directory = directory

    async def read_directory(self, actor: "Actor", connection_id: str) -> "Reading":
        """Bring what is known of the enterprise's members up to date.

        Raises:
            ConflictError: the vendor refuses; the sentence says why.
        """
        actor.need(Permission.MANAGE_ORGANISATION)
        corp = await self._connections.get(actor, connection_id)
        try:
            reading = await self._directory.read(corp)
        except ZhituiError as error:
            raise _refused(error) from error
        await self._audit.record(actor, "wecom.directory-read", corp.id, listed=str(reading.listed))
        return reading

    async def pick(self, actor: "Actor", connection_id: str, *, like: str = "", limit: int = 50) -> "list[WecomMember]":
        """Return members for picking, by name or user id; those that the directory named."""
        actor.need(Permission.WRITE_DESTINATIONS)
        corp = await self._connections.get(actor, connection_id)
        wanted = like.strip().casefold()
        found = [
            member
            async for member in self._directory.known(corp)
            if member.listed and (wanted in member.name.casefold() or wanted in member.user_id.casefold())
        ]
        return sorted(found, key=lambda member: (member.name, member.user_id))[:limit]

    async def put_menu(self, actor: "Actor", connection_id: str) -> None:
        """Put the menu under the chat with the app.

        Raises:
            ConflictError: the vendor refuses; the sentence says why.
        """
        actor.need(Permission.MANAGE_ORGANISATION)
        corp = await self._connections.get(actor, connection_id)
        page = self._around.settings.front_page
        try:
            await create_menu(self._corps, corp, f"{page}wecom/{corp.id}/sign-in?next=/inbox" if page else None)
        except ZhituiError as error:
            raise _refused(error) from error
        await self._audit.record(actor, "wecom.menu-put", corp.id)

    async def binding_code(self, actor: "Actor") -> str:
        """Return a code that ties whoever writes it to the app to the account that asks, once, for ten minutes.

        Raises:
            TooManyError: the account took too many.
        """
        actor.need(Permission.READ)
        lane = f"wecom-code:{actor.account_id}"
        wait_seconds = await seconds_to_wait(self._around.store.lanes, lane, calls=CODES, window_seconds=CODES_SECONDS)
        if wait_seconds:
            raise TooManyError(wait_seconds)
        code = "".join(random_letters.choice(_CODE_LETTERS) for _ in range(CODE_CHARACTERS))
        now = self._around.clock.now()
        binding = WecomBinding(
            id=self._members.lookups.secret(PURPOSE, code),
            account_id=actor.account_id,
            organisation_id=actor.organisation_id,
            created_at=now,
            expires_at=now + CODE_KEPT,
        )
        await self._around.store.shelf(WECOM_BINDINGS).add([binding])
        return code


def _refused(error: ZhituiError) -> ConflictError:
    return ConflictError("wecom-refuses", Text(str(error), f"WeCom refuses ({error.vendor_code or 'no answer'})."))
