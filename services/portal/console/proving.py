"""How far a code or a test message that was sent to a destination is."""

from typing import TYPE_CHECKING, TypedDict

from services.portal.desk.refusals import MissingError
from shared.filing.errands import ErrandState
from shared.wire.subscription import DestinationState

if TYPE_CHECKING:
    from services.portal.console.frame import Frame
    from services.portal.console.visit import Visit
    from services.portal.desk.destinations import OwnDestination
    from shared.filing.errands import Errand


class Outcome(TypedDict):
    """What pages tell of it.

    Attributes:
        errand: the sending; ``None``: nothing was sent, or it is forgotten.
        is_proven: its people want it already.
    """

    errand: "Errand | None"
    is_proven: bool
    is_waiting: bool
    is_refused: bool


async def outcome_of(frame: "Frame", visit: "Visit", own: "OwnDestination") -> Outcome:
    """Return what came of the sending that the form or the address names (``errand=``)."""
    asked = visit.field("errand") or visit.request.query.get("errand", "")
    try:
        errand = await frame.desk.proofs.outcome(visit.actor, own.destination.id, asked) if asked else None
    except MissingError:
        errand = None
    return {
        "errand": errand,
        "is_proven": own.destination.state is DestinationState.ACTIVE,
        "is_waiting": errand is not None and errand.state is ErrandState.WAITING,
        "is_refused": errand is not None and errand.state is ErrandState.REFUSED,
    }
