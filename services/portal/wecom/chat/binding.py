"""``绑定``: a member proves with a code from the console to own an account there."""

from typing import TYPE_CHECKING

from services.portal.desk.turns import seconds_to_wait
from services.portal.wecom.chat import replies
from shared.filing.wecom_bindings import WECOM_BINDINGS

if TYPE_CHECKING:
    from services.portal.wecom.members import Members
    from shared.filing.wecom_corps import WecomCorp
    from shared.filing.wecom_members import WecomMember
    from shared.runtime.role import Surroundings

TRIES, TRIES_SECONDS = 5, 3600.0

PURPOSE = "wecom-binding"
"""What keys of codes are made for (`shared.filing.lookups`)."""


class Binding:
    """Takes codes."""

    def __init__(self, around: "Surroundings", members: "Members") -> None:
        self._around = around
        self._members = members

    async def bind(self, corp: "WecomCorp", member: "WecomMember", code: str) -> str:
        """Tie the member to the account whose owner took this code."""
        if not code:
            return replies.BIND_HOW
        lane = f"wecom-bind:{member.id}"
        if await seconds_to_wait(self._around.store.lanes, lane, calls=TRIES, window_seconds=TRIES_SECONDS):
            return replies.BIND_TOO_OFTEN
        shelf = self._around.store.shelf(WECOM_BINDINGS)
        key = self._members.lookups.secret(PURPOSE, code.replace(" ", "").upper())
        filed = await shelf.get(key)
        if filed is None or not await shelf.remove(key, revision=filed.revision):
            return replies.BIND_WRONG
        binding = filed.document
        await self._members.tie(corp, member, binding.account_id, binding.organisation_id)
        return replies.BOUND
