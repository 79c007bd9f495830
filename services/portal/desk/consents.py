"""What people agreed to."""

from typing import TYPE_CHECKING

import msgspec

from shared.filing.consents import CONSENTS, Consent
from shared.ids import fresh_id

if TYPE_CHECKING:
    from services.portal.desk.actor import Actor
    from shared.filing.accounts import Account
    from shared.runtime.role import Surroundings

PRIVACY = "privacy"

PRIVACY_VERSION = "2026-11-01"
"""Of the privacy notice that is shown; a new wording has a new day here."""

PAGE = 100


class Consents:
    """The record of consents."""

    def __init__(self, around: "Surroundings") -> None:
        self.shelf = around.store.shelf(CONSENTS)
        self._clock = around.clock

    async def give(self, account: "Account", *, how: str) -> None:
        """Write down that a member, maybe one to be, agreed to today's privacy notice (``sign-up``, ``invitation``, ``wecom``)."""
        consent = Consent(
            id=fresh_id("k"),
            account_id=account.id,
            organisation_id=account.organisation_id,
            text=PRIVACY,
            version=PRIVACY_VERSION,
            how=how,
            given_at=self._clock.now(),
        )
        await self.shelf.add([consent])

    async def of(self, actor: "Actor") -> list[Consent]:
        """Return the member's own, newest first."""
        filed = await self.shelf.page(actor.account_id, limit=PAGE, newest_first=True)
        return [one.document for one in filed]

    async def end(self, account_id: str) -> None:
        """Write down that what a member agreed to holds no more, as its data is erased."""
        for filed in await self.shelf.page(account_id, limit=PAGE):
            if filed.document.withdrawn_at is None:
                ended = msgspec.structs.replace(filed.document, withdrawn_at=self._clock.now())
                await self.shelf.replace(ended, revision=filed.revision)

    async def forget(self, account_id: str) -> None:
        """Forget what was agreed to for an account that did not come to be."""
        for filed in await self.shelf.page(account_id, limit=PAGE):
            await self.shelf.remove(filed.document.id)
