"""Questions for consent and test messages that an organisation has sent to its destinations, seldom enough to pester nobody."""

from datetime import timedelta
from typing import TYPE_CHECKING

from services.portal.desk.actor import Permission
from services.portal.desk.refusals import ConflictError, MissingError, Text, TooManyError
from services.portal.desk.turns import seconds_to_wait
from shared.filing.errands import ERRANDS, Errand, Task
from shared.wire.subscription import DestinationState

if TYPE_CHECKING:
    from services.portal.desk.actor import Actor
    from services.portal.desk.audit import Audit
    from services.portal.desk.destinations import Destinations
    from shared.runtime.role import Surroundings

HOUR_SECONDS = 3600.0
MESSAGES_AN_HOUR = 20
"""Of one organisation, to all its destinations; the notifier counts by destination and address, too."""

KEPT = timedelta(minutes=10)
"""What came of one is told for so long; one that no notifier ran by then is not run any more."""


class Proofs:
    """What is sent to a destination before, or instead of, alerts."""

    def __init__(self, around: "Surroundings", audit: "Audit", destinations: "Destinations") -> None:
        self._around = around
        self._audit = audit
        self._destinations = destinations
        self._errands = around.store.shelf(ERRANDS)

    async def send(self, actor: "Actor", destination_id: str) -> Errand:
        """Have a code sent to a destination that is not verified yet, or a test message to one that is.

        Raises:
            MissingError: there is no such destination, or it is another organisation's.
            ConflictError: it was switched off.
            TooManyError: the organisation had too many sent.
        """
        actor.need(Permission.WRITE_DESTINATIONS)
        state = (await self._destinations.get(actor, destination_id)).destination.state
        if state is DestinationState.DISABLED:
            raise ConflictError(
                "disabled",
                Text("这个目的地已停用，请先启用。", "This destination was switched off; switch it on first."),
            )
        lane = f"proof-organisation:{actor.organisation_id}"
        wait_seconds = await seconds_to_wait(
            self._around.store.lanes, lane, calls=MESSAGES_AN_HOUR, window_seconds=HOUR_SECONDS
        )
        if wait_seconds:
            raise TooManyError(wait_seconds)
        now = self._around.clock.now()
        errand = Errand(
            id=actor.id_for("e"),
            task=Task.VERIFY if state is DestinationState.UNVERIFIED else Task.TEST,
            destination_id=destination_id,
            created_at=now,
            expires_at=now + KEPT,
        )
        await self._errands.add([errand])
        await self._audit.record(actor, f"destination.{errand.task.value}-sent", destination_id)
        return errand

    async def outcome(self, actor: "Actor", destination_id: str, errand_id: str) -> Errand:
        """Return what came of a message so far.

        Raises:
            MissingError: nobody had it sent, it is forgotten, or the destination is another organisation's.
        """
        await self._destinations.get(actor, destination_id)
        filed = await self._errands.get(errand_id)
        if filed is None or filed.document.destination_id != destination_id:
            raise MissingError
        return filed.document
