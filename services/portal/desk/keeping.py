"""What is over is forgotten, and what was begun is finished: every hour, by every portal; doing it twice changes nothing."""

from typing import TYPE_CHECKING

from services.portal.desk.leftovers import LEFT_ALONE
from services.portal.desk.refusals import RefusalError
from shared.filing.kinds import KINDS
from shared.logs import get_logger

if TYPE_CHECKING:
    from services.portal.desk.erasing_data import ErasingData
    from services.portal.desk.following import Following
    from services.portal.desk.leftovers import Leftovers
    from services.portal.desk.means import Means
    from shared.filing.organisations import Organisation
    from shared.runtime.patience import Patience

EVERY_SECONDS = 3600.0

_log = get_logger("portal")


class Keeping:
    """Keeps to what is said of how long things are kept."""

    def __init__(
        self, means: "Means", erasing_data: "ErasingData", leftovers: "Leftovers", following: "Following"
    ) -> None:
        self._means = means
        self._leftovers = leftovers
        self._following = following
        self._erasing_data = erasing_data

    async def run(self, patience: "Patience") -> None:
        """Tidy now and every hour, until the process is to stop."""
        await self._means.passwords.warm()
        await patience.repeat(self.tidy, seconds=EVERY_SECONDS)

    async def tidy(self) -> None:
        """Forget what is over, finish what was broken off, bring published fields to who follows them.

        Raises:
            RetryLaterError: the store does not answer.
        """
        store = self._means.around.store
        for kind in KINDS:
            if kind.can_expire:
                await store.shelf(kind).expire()
        await store.lanes.forget()
        long_ago = self._means.around.clock.now() - LEFT_ALONE
        async for organisation in self._means.organisations.each():
            if organisation.created_at > long_ago:
                continue
            if organisation.closing_at is None:
                if not await self._means.organisations.drop_unborn(organisation):
                    await self._leftovers.remove(organisation.id)
            elif organisation.erased_at is None and organisation.closing_at <= long_ago:
                await self._resume(organisation)
        await self._following.catch_up()

    async def _resume(self, organisation: "Organisation") -> None:
        _log.info("erasure_resumed", organisation=organisation.id)
        try:
            await self._erasing_data.finish(organisation)
        except RefusalError as error:  # another portal does the same just now
            _log.warning("erasure_not_finished", organisation=organisation.id, detail=str(error))
