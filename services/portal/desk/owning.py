"""A document that is the asking organisation's, or as good as none."""

from typing import TYPE_CHECKING, TypeVar

import msgspec

from services.portal.desk.refusals import MissingError

if TYPE_CHECKING:
    from services.portal.desk.actor import Actor
    from shared.store.filed import Filed, Shelf


OwnedT = TypeVar("OwnedT", bound=msgspec.Struct)


async def own(shelf: "Shelf[OwnedT]", actor: "Actor", document_id: str) -> "Filed[OwnedT]":
    """Return one.

    Args:
        shelf: of documents that have an ``organisation_id``.
        actor: who asks.
        document_id: which.

    Raises:
        MissingError: there is none, or it is another organisation's.
    """
    filed = await shelf.get(document_id)
    if filed is None:
        raise MissingError
    actor.owns(filed.document.organisation_id)  # type: ignore[attr-defined]  # says `shelf`
    return filed
