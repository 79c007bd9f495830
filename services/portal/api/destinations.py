"""Endpoints of destinations."""

from functools import partial
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from services.portal.api.endpoint import Ask, endpoint
from services.portal.api.paging import Page, Paged
from services.portal.api.same_names import view_of
from services.portal.api.views import DestinationView
from services.portal.desk.actor import Permission
from services.portal.desk.drafts import DestinationChange, DestinationDraft
from shared.filing.errands import ErrandState, Task

if TYPE_CHECKING:
    from shared.filing.errands import Errand


class ProofView(msgspec.Struct, frozen=True, kw_only=True):
    """A code or test message on its way to a destination.

    Attributes:
        task: ``verify``: it asks for consent; ``test``: it only shows that messages arrive.
        outcome: what came of it, in Chinese.
        proven: the other end answered by itself; no code need be typed in.
    """

    id: str
    task: Task
    state: ErrandState
    outcome: str
    proven: bool

    @classmethod
    def of(cls, errand: "Errand") -> "ProofView":
        """Tell of an errand."""
        return view_of(cls, errand)


class Code(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the people of a destination got."""

    code: Annotated[str, Meta(min_length=1, max_length=40)]


@endpoint("GET", "/destinations", needs=Permission.READ)
async def list_destinations(ask: Ask, query: Paged) -> Page[DestinationView]:
    """Return the organisation's destinations, the oldest first."""
    return await ask.page("destinations", query, partial(ask.desk.destinations.page, ask.actor), DestinationView.of)


@endpoint("POST", "/destinations", needs=Permission.WRITE_DESTINATIONS, status=201)
async def make_destination(ask: Ask, body: DestinationDraft) -> DestinationView:
    """Take down a destination; nothing goes there before it is verified (`proofs`)."""
    return DestinationView.of(await ask.desk.destinations.make(ask.actor, body))


@endpoint("GET", "/destinations/{destination_id}", needs=Permission.READ)
async def read_destination(ask: Ask, destination_id: str) -> DestinationView:
    """Return a destination."""
    return DestinationView.of(await ask.desk.destinations.get(ask.actor, destination_id))


@endpoint("PUT", "/destinations/{destination_id}", needs=Permission.WRITE_DESTINATIONS, edits=True)
async def change_destination(ask: Ask, destination_id: str, body: DestinationChange) -> DestinationView:
    """Change a destination; another address must be verified again."""
    return DestinationView.of(
        await ask.desk.destinations.change(ask.actor, destination_id, body, revision=ask.revision)
    )


@endpoint("DELETE", "/destinations/{destination_id}", needs=Permission.WRITE_DESTINATIONS, edits=True)
async def remove_destination(ask: Ask, destination_id: str) -> None:
    """Remove a destination that no subscription names."""
    await ask.desk.destinations.remove(ask.actor, destination_id, revision=ask.revision)


@endpoint("POST", "/destinations/{destination_id}/proofs", needs=Permission.WRITE_DESTINATIONS, status=201)
async def send_proof(ask: Ask, destination_id: str) -> ProofView:
    """Have a code sent to a destination that is not verified, a test message to one that is."""
    return ProofView.of(await ask.desk.proofs.send(ask.actor, destination_id))


@endpoint("GET", "/destinations/{destination_id}/proofs/{proof_id}", needs=Permission.READ)
async def read_proof(ask: Ask, destination_id: str, proof_id: str) -> ProofView:
    """Return what came of a code or test message; told for ten minutes."""
    return ProofView.of(await ask.desk.proofs.outcome(ask.actor, destination_id, proof_id))


@endpoint("POST", "/destinations/{destination_id}/confirm", needs=Permission.WRITE_DESTINATIONS)
async def confirm_destination(ask: Ask, destination_id: str, body: Code) -> DestinationView:
    """Verify a destination with the code that its people got."""
    return DestinationView.of(await ask.desk.destinations.confirm(ask.actor, destination_id, body.code))


@endpoint("POST", "/destinations/{destination_id}/enable", needs=Permission.WRITE_DESTINATIONS)
async def enable_destination(ask: Ask, destination_id: str) -> DestinationView:
    """Switch a destination on again; what waits there is sent."""
    return DestinationView.of(await ask.desk.destinations.enable(ask.actor, destination_id))


@endpoint("POST", "/destinations/{destination_id}/rotate", needs=Permission.WRITE_DESTINATIONS)
async def rotate_destination(ask: Ask, destination_id: str) -> DestinationView:
    """Give a webhook a new secret, a feed a new address; ``keys`` has it this once."""
    return DestinationView.of(await ask.desk.destinations.rotate(ask.actor, destination_id))
