"""The directory of an enterprise, as far as its app may see it: read department by department, only differences written.

Source: https://developer.work.weixin.qq.com/document/path/90227 (whom an app may see), path/95350 (departments),
path/90200 (their people).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from services.portal.desk.belongings import OF_CONNECTIONS, remove, walk
from shared.filing.wecom_members import WECOM_MEMBERS, WecomMember

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from services.portal.wecom.corps import Corps
    from services.portal.wecom.members import Members
    from shared.filing.wecom_corps import WecomCorp
    from shared.runtime.role import Surroundings

AGENT_PATH, DEPARTMENTS_PATH, PEOPLE_PATH = (
    "/cgi-bin/agent/get",
    "/cgi-bin/department/simplelist",
    "/cgi-bin/user/simplelist",
)
MOST = 20_000
"""Members that are taken over from one enterprise: who has more picks departments in the app's visible range."""

NAME_CHARACTERS = 64
_PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came of a reading.

    Attributes:
        listed: members that the app may see.
        changed: that were new, different or gone.
    """

    listed: int
    changed: int


class DirectoryReader:
    """Reads directories."""

    def __init__(self, around: "Surroundings", corps: "Corps", members: "Members") -> None:
        self._store = around.store
        self._clock = around.clock
        self._corps = corps
        self._members = members

    async def read(self, corp: "WecomCorp") -> Reading:
        """Bring what is known of an enterprise's members up to date.

        Raises:
            ZhituiError: as the vendor's answers mean; what was read until then is kept.
        """
        listed: dict[str, WecomMember] = {}
        async for member in self._people(corp):
            known = listed.get(member.id)
            departments = {*known.departments, *member.departments} if known else {*member.departments}
            name = member.name or (known.name if known else "")
            listed[member.id] = msgspec.structs.replace(member, name=name, departments=tuple(sorted(departments)))
            if len(listed) >= MOST:
                break
        changed = await self._write(corp, listed)
        if await self._corps.change(corp, synced_at=self._clock.now()) is None:
            await remove(
                self._store, OF_CONNECTIONS, corp.id
            )  # disconnected meanwhile: its people are nobody's business
        return Reading(listed=len(listed), changed=changed)

    async def known(self, corp: "WecomCorp") -> "AsyncIterator[WecomMember]":
        """Walk over the members that are written down."""
        async for one in walk(self._store, WECOM_MEMBERS, corp.id):
            yield one.document

    async def _write(self, corp: "WecomCorp", listed: dict[str, WecomMember]) -> int:
        changed = 0
        fresh = dict(listed)
        async for known in self.known(corp):
            now = fresh.pop(known.id, None)
            if now is None and not known.listed:
                continue
            fields: dict[str, object] = (
                {"listed": False, "name": "", "departments": ()}  # nobody needs to know who has left
                if now is None
                else {"listed": True, "name": now.name, "departments": now.departments, "user_id": now.user_id}
            )
            if any(getattr(known, name) != value for name, value in fields.items()):
                await self._members.change(known, **fields)
                changed += 1
        members = list(fresh.values())
        for first in range(0, len(members), _PAGE):
            piece = members[first : first + _PAGE]
            if not await self._members.shelf.add(piece):  # one of them has just said something
                for member in piece:
                    seen = await self._members.seen(corp, member.user_id)
                    await self._members.change(seen, listed=True, name=member.name, departments=member.departments)
            changed += len(piece)
        return changed

    async def _people(self, corp: "WecomCorp") -> "AsyncIterator[WecomMember]":
        account = self._corps.account(corp)
        agent = (await account.call(AGENT_PATH, params={"agentid": str(corp.agent_id)})).fields
        for user in _list(_dict(agent.get("allow_userinfos")).get("user")):
            if member := self._member(corp, user):
                yield member
        departments = (await account.call(DEPARTMENTS_PATH)).fields
        for department in _list(departments.get("department_id")):
            number = _dict(department).get("id")
            if isinstance(number, int):
                people = (await account.call(PEOPLE_PATH, params={"department_id": str(number)})).fields
                for user in _list(people.get("userlist")):
                    if member := self._member(corp, user):
                        yield member

    def _member(self, corp: "WecomCorp", user: object) -> WecomMember | None:
        said = _dict(user)
        user_id, name = said.get("userid"), said.get("name")
        if not isinstance(user_id, str) or not user_id:
            return None
        return WecomMember(
            id=self._members.id_of(corp, user_id),
            connection_id=corp.id,
            user_id=user_id,
            name=name[:NAME_CHARACTERS] if isinstance(name, str) else "",
            departments=tuple(n for n in _list(said.get("department")) if isinstance(n, int)),
            listed=True,
        )


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
