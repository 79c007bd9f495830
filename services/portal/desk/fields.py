"""Technical fields: browsed, searched, looked at. The shipped catalogue with what this installation's curators changed in it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.portal.catalogue.catalogue import MAX_RULES, Catalogue, shipped, volumes
from services.portal.catalogue.field import Field, Volumes
from services.portal.desk.actor import Permission
from services.portal.desk.advising import advice_of
from services.portal.desk.belongings import walk
from services.portal.desk.field_contents import applied
from services.portal.desk.refusals import ConflictError, MissingError, Text
from shared.filing.curated_fields import CURATED_FIELDS, CuratedField
from shared.wire.profile import Profile

if TYPE_CHECKING:
    from services.portal.desk.actor import Actor
    from shared.advice import Preview
    from shared.runtime.role import Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """A field where it stands.

    Attributes:
        number: of its version; 0: as shipped.
        path: what is above it, the root first.
        below: what is directly below it.
        a_week: publications to be expected, measured with the shipped rules; ``None``: changed since, or not measured.
        profile: what a subscriber would get; ``None`` of a node that holds together too much for that.
        namesakes: fields of the same name in other tables.
    """

    field: Field
    number: int
    path: tuple[Field, ...]
    below: tuple[Field, ...]
    a_week: int | None
    profile: Profile | None
    namesakes: tuple[Field, ...]


class Fields:
    """What anybody who is signed in can see of the catalogue."""

    def __init__(self, around: "Surroundings") -> None:
        self._around = around
        self._curated = around.store.shelf(CURATED_FIELDS)
        self._made: tuple[dict[str, Field], Catalogue] = ({}, shipped())

    @property
    def volumes(self) -> Volumes:
        """What was measured of the shipped fields, and on what."""
        return volumes()

    async def catalogue(self, actor: "Actor") -> Catalogue:
        """Return the catalogue as it counts now."""
        actor.need(Permission.READ)
        return await self.current()

    async def search(self, actor: "Actor", text: str, *, limit: int = 50) -> tuple[Field, ...]:
        """Return the fields that hold all these words in code, names, description or keywords, the best first."""
        return (await self.catalogue(actor)).search(text, limit=limit)

    async def get(self, actor: "Actor", code: str) -> FieldView:
        """Return one.

        Raises:
            MissingError: there is none of this code.
        """
        catalogue = await self.catalogue(actor)
        if code not in catalogue:
            raise MissingError
        number = await self.number(code)
        rules = catalogue.rules(code)
        is_as_measured = rules == shipped().rules(code)
        return FieldView(
            field=catalogue.get(code),
            number=number,
            path=catalogue.path(code),
            below=catalogue.below(code),
            a_week=self.volumes.a_week(code) if is_as_measured else None,
            profile=profile_of(catalogue, code) if len(rules) <= MAX_RULES else None,
            namesakes=catalogue.namesakes(code),
        )

    async def preview(self, actor: "Actor", code: str, *, weeks: int = 4, examples: int = 5) -> "Preview":
        """Return what the last weeks would have brought.

        Raises:
            MissingError: there is no such field.
            ConflictError: it is too wide to be one profile.
            RetryLaterError: stored publications are still being read in.
        """
        view = await self.get(actor, code)
        if view.profile is None:
            raise too_wide()
        return await advice_of(self._around).preview(view.profile, weeks=weeks, examples=examples)

    async def current(self) -> Catalogue:
        """Return the catalogue as it counts now; for who has been let in."""
        changed = {
            one.id: applied(shipped().get(one.id), one.current.content) for one in await self._all() if one.current
        }
        if changed != self._made[0]:
            self._made = (changed, shipped().with_changed(changed))
        return self._made[1]

    async def edited(self) -> list[str]:
        """Return the codes of all fields of which a version was ever published here."""
        return [one.id for one in await self._all() if one.current]

    async def number(self, code: str) -> int:
        """Return the number of a field's version that counts; 0: the shipped one."""
        filed = await self._curated.get(code)
        return filed.document.current.number if filed and filed.document.current else 0

    async def _all(self) -> list[CuratedField]:
        filed = [one.document async for one in walk(self._around.store, CURATED_FIELDS, "")]
        return [one for one in filed if one.id in shipped()]


def profile_of(catalogue: Catalogue, code: str) -> Profile:
    """Return a field as a profile that is not saved yet."""
    return Profile(id=code, name=catalogue.get(code).zh, rules=catalogue.rules(code))


def too_wide() -> ConflictError:
    """Return the refusal to make one profile of too much."""
    return ConflictError(
        "field-too-wide",
        Text(
            "这一级范围太大，一次订阅会收到过多提醒。请进入下一级，选择具体的领域。",
            "This level is too wide for one subscription; choose a field further down.",
        ),
    )
