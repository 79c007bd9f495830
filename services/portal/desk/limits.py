"""How much an organisation may have of a kind, and that several who add at one moment do not come above it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import msgspec

from services.portal.desk.refusals import ConflictError, Text

if TYPE_CHECKING:
    from shared.store.filed import Shelf

OwnedT = TypeVar("OwnedT", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How many an organisation may have, and what is said when it wants more.

    Attributes:
        code: of the refusal, for programs.
    """

    most: int
    text: Text
    code: str = "limit-reached"

    async def refuse_more(self, shelf: "Shelf[OwnedT]", organisation_id: str) -> None:
        """Refuse before anything is done for it; `add` decides.

        Raises:
            ConflictError: the organisation has as many as it may have.
        """
        if await shelf.count(organisation_id) >= self.most:
            raise ConflictError(self.code, self.text)

    async def add(self, shelf: "Shelf[OwnedT]", document: "OwnedT") -> bool:
        """File a document of an organisation; false when its id or a lookup is taken.

        Counted when it is there: of several that are added at once none stays above the limit, though all may be refused.

        Raises:
            ConflictError: the organisation has as many as it may have.
        """
        if not await shelf.add([document]):
            return False
        if await shelf.count(document.organisation_id) > self.most:  # type: ignore[attr-defined]  # says `Shelf` of an owner
            await shelf.remove(document.id)  # type: ignore[attr-defined]  # says `Kind`
            raise ConflictError(self.code, self.text)
        return True
