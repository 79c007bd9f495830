"""Organisations: what they say of themselves, and the list that the centre's people see."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from services.portal.desk.actor import Permission
from services.portal.desk.belongings import OF_ORGANISATIONS, walk
from services.portal.desk.refusals import Fault, InvalidError, MissingError, StaleError, Text
from shared.filing.organisations import CENTRE_ID, ORGANISATIONS, Organisation, OrganisationKind
from shared.ids import fresh_id

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from services.portal.desk.actor import Actor
    from services.portal.desk.audit import Audit
    from shared.runtime.role import Surroundings
    from shared.store.filed import Filed, Position

NAME_CHARACTERS = 120
MOST_APPLICANTS = 50
REGION_DIGITS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What an organisation says of itself.

    Attributes:
        region: six digits of GB/T 2260, or ``""``.
        applicants: names under which it files patents.
    """

    name: str
    region: str = ""
    applicants: tuple[str, ...] = ()

    def faults(self, pointer: str = "") -> list[Fault]:
        """Return what is wrong with it."""
        faults = []
        if not 1 <= len(self.name.strip()) <= NAME_CHARACTERS:
            faults.append(
                Fault(
                    f"{pointer}/name",
                    Text(
                        f"请填写单位名称（最多 {NAME_CHARACTERS} 字）。",
                        f"Give a name of 1 to {NAME_CHARACTERS} characters.",
                    ),
                )
            )
        if self.region and not (self.region.isascii() and self.region.isdigit() and len(self.region) == REGION_DIGITS):
            faults.append(
                Fault(f"{pointer}/region", Text("地区请写 6 位行政区划代码。", "A region is six digits (GB/T 2260)."))
            )
        if len(self.applicants) > MOST_APPLICANTS or any(
            not 1 <= len(name.strip()) <= NAME_CHARACTERS for name in self.applicants
        ):
            faults.append(
                Fault(
                    f"{pointer}/applicants",
                    Text(
                        f"申请人名称最多 {MOST_APPLICANTS} 个，每个 1 到 {NAME_CHARACTERS} 字。",
                        f"At most {MOST_APPLICANTS} applicants of 1 to {NAME_CHARACTERS} characters.",
                    ),
                )
            )
        return faults

    def tidy(self) -> dict[str, object]:
        """Return the fields without blanks around them."""
        names = dict.fromkeys(name.strip() for name in self.applicants)
        return {"name": self.name.strip(), "region": self.region, "applicants": tuple(names)}


class Organisations:
    """All organisations."""

    def __init__(self, around: "Surroundings", audit: "Audit") -> None:
        self.shelf = around.store.shelf(ORGANISATIONS)
        self._store = around.store
        self._clock = around.clock
        self._audit = audit

    async def mine(self, actor: "Actor") -> "Filed[Organisation]":
        """Return the actor's own."""
        actor.need(Permission.READ)
        filed = await self.shelf.get(actor.organisation_id)
        if filed is None:
            raise MissingError
        return filed

    async def edit(self, actor: "Actor", particulars: Particulars, *, revision: int) -> "Filed[Organisation]":
        """Change what the actor's own says of itself.

        Raises:
            ForbiddenError: this role may not.
            InvalidError: the particulars cannot be.
            StaleError: somebody else changed it since that revision.
        """
        actor.need(Permission.MANAGE_ORGANISATION)
        faults = particulars.faults()
        if faults:
            raise InvalidError(*faults)
        filed = await self.mine(actor)
        changed = msgspec.structs.replace(filed.document, **particulars.tidy())
        if await self.shelf.replace(changed, revision=revision) is None:
            raise StaleError
        await self._audit.record(actor, "organisation.edited", changed.id)
        return await self.mine(actor)

    async def all(
        self, actor: "Actor", *, after: "Position | None" = None, limit: int = 50
    ) -> "Sequence[Filed[Organisation]]":
        """Return organisations, oldest first; for the centre's operators alone."""
        actor.need(Permission.OPERATE)
        return await self.shelf.page("", after=after, limit=limit)

    async def each(self) -> "AsyncIterator[Organisation]":
        """Walk over all of them, oldest first; for who runs the installation."""
        async for filed in walk(self._store, ORGANISATIONS, ""):
            yield filed.document

    async def make(self, particulars: Particulars) -> Organisation:
        """File a new company, as yet without members."""
        made = Organisation(id=fresh_id("o"), created_at=self._clock.now(), **particulars.tidy())  # type: ignore[arg-type]
        await self.shelf.add([made])
        return made

    async def drop_unborn(self, organisation: Organisation) -> bool:
        """Forget one that has nothing at all, as its founding broke off before it had a member; false: it has something."""
        for belonging in OF_ORGANISATIONS:
            if await self._store.shelf(belonging.kind).count(organisation.id):
                return False
        return await self.shelf.remove(organisation.id)

    async def centre(self, name: str) -> Organisation:
        """Return the centre, made under this name when there is none yet."""
        made = Organisation(id=CENTRE_ID, name=name, kind=OrganisationKind.CENTRE, created_at=self._clock.now())
        await self.shelf.add([made])
        filed = await self.shelf.get(CENTRE_ID)
        return filed.document if filed else made
