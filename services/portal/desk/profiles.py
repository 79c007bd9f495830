"""Profiles of an organisation: made, changed, looked at as they were, put back, removed."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from services.portal.desk.actor import Permission
from services.portal.desk.advising import advice_of, faults_in
from services.portal.desk.belongings import OF_PROFILES, remove_all
from services.portal.desk.cards import Slice, made_before, position
from services.portal.desk.drafts import refuse_bad_name
from services.portal.desk.refusals import InvalidError, MissingError, StaleError
from shared.errors import RetryLaterError
from shared.filing.field_followings import FIELD_FOLLOWINGS
from shared.filing.profile_versions import PROFILE_VERSIONS, ProfileVersion, version_id
from shared.profile_edits import forget, save

if TYPE_CHECKING:
    from services.portal.desk.actor import Actor
    from services.portal.desk.audit import Audit
    from services.portal.desk.holdings import Holdings
    from shared.filing.profile_cards import ProfileCard
    from shared.runtime.role import Surroundings
    from shared.store.filed import Filed, Position
    from shared.wire.profile import Profile

PATIENCE_SECONDS = 2.0
"""How long a profile that is to be saved waits for its check."""


@dataclass(frozen=True, slots=True)
class OwnProfile:
    """A profile with its card; ``revision`` is the card's."""

    profile: "Profile"
    card: "ProfileCard"
    revision: int


class Profiles:
    """What can be done with an organisation's profiles."""

    def __init__(self, around: "Surroundings", audit: "Audit", holdings: "Holdings") -> None:
        self._around = around
        self._audit = audit
        self._holdings = holdings
        self._cards = holdings.profiles
        self._versions = around.store.shelf(PROFILE_VERSIONS)
        self._followings = around.store.shelf(FIELD_FOLLOWINGS)

    async def make(self, actor: "Actor", profile: "Profile") -> OwnProfile:
        """Make a profile and bring it into force; it gets an id, whatever its own was.

        Raises:
            InvalidError: it can never match, or is wrong otherwise.
            ConflictError: the organisation has as many as it may have.
        """
        actor.need(Permission.WRITE_PROFILES)
        refuse_bad_name(profile.name)
        made = msgspec.structs.replace(profile, id=actor.id_for("pf"))
        if known := await made_before(actor, made.id, self._whole):
            return known
        await self._refuse_wrong(made)
        async with self._cards.filing(
            actor, made.id, made.name, undo=lambda: self._taken_out_of_force(made.id)
        ) as filed:
            await self._bring_into_force(filed.document, made)
        await self._audit.record(actor, "profile.made", made.id)
        return OwnProfile(made, filed.document, filed.revision)

    async def get(self, actor: "Actor", profile_id: str) -> OwnProfile:
        """Return one, as it is in force.

        Raises:
            MissingError: there is none, or it is another organisation's.
        """
        actor.need(Permission.READ)
        return await self._whole(actor, profile_id)

    async def _whole(self, actor: "Actor", profile_id: str) -> OwnProfile:
        filed = await self._cards.own(actor, profile_id)
        profile = await self._around.store.profiles.get(profile_id)
        if profile is None:
            raise MissingError
        return OwnProfile(profile, filed.document, filed.revision)

    async def page(self, actor: "Actor", *, after: "Position | None" = None, limit: int = 50) -> Slice[OwnProfile]:
        """Return the organisation's, the oldest first."""
        actor.need(Permission.READ)
        cards = await self._cards.page(actor, after=after, limit=limit)
        found = await self._around.store.profiles.many([filed.document.id for filed in cards.items])
        return self._cards.with_things(cards, found, OwnProfile)

    async def names(self, actor: "Actor") -> dict[str, str]:
        """Return what all of the organisation's are called, by id, the oldest first."""
        actor.need(Permission.READ)
        cards = await self._cards.all(actor)
        return {filed.document.id: filed.document.name or filed.document.id for filed in cards}

    async def replace(
        self, actor: "Actor", profile_id: str, profile: "Profile", *, revision: int, restores: int | None = None
    ) -> OwnProfile:
        """Put another content in the place of a profile that is still at this revision.

        Raises:
            MissingError: there is none, or it is another organisation's.
            StaleError: somebody else changed it meanwhile.
            InvalidError: the new content is wrong.
        """
        actor.need(Permission.WRITE_PROFILES)
        before = await self._cards.own(actor, profile_id)
        if before.revision != revision:
            raise StaleError
        refuse_bad_name(profile.name)
        changed = msgspec.structs.replace(profile, id=profile_id)
        await self._refuse_wrong(changed)
        await self._file_what_is_in_force(before.document)
        filed = await self._cards.change(
            actor, before.document, revision=revision, name=changed.name, version=before.document.version + 1
        )
        await self._bring_into_force(filed.document, changed, restores=restores)
        await self._audit.record(actor, "profile.replaced", profile_id, version=str(filed.document.version))
        return OwnProfile(changed, filed.document, filed.revision)

    async def history(
        self, actor: "Actor", profile_id: str, *, after: "Position | None" = None, limit: int = 50
    ) -> "Slice[ProfileVersion]":
        """Return the versions of a profile, the newest first."""
        actor.need(Permission.READ)
        await self._cards.own(actor, profile_id)
        found = await self._versions.page(profile_id, after=after, limit=limit + 1, newest_first=True)
        shown = [filed.document for filed in found[:limit]]
        return Slice(shown, position(PROFILE_VERSIONS, shown[-1]) if len(found) > limit else None)

    async def version(self, actor: "Actor", profile_id: str, number: int) -> ProfileVersion:
        """Return a profile as it was.

        Raises:
            MissingError: there is no such profile or version.
        """
        actor.need(Permission.READ)
        await self._cards.own(actor, profile_id)
        return (await self._version(profile_id, number)).document

    async def restore(self, actor: "Actor", profile_id: str, number: int, *, revision: int) -> OwnProfile:
        """Put an earlier version back, as a new one; raises as `replace` and `version` do."""
        actor.need(Permission.WRITE_PROFILES)
        wanted = await self.version(actor, profile_id, number)
        return await self.replace(actor, profile_id, wanted.profile, revision=revision, restores=number)

    async def remove(self, actor: "Actor", profile_id: str, *, revision: int | None = None) -> None:
        """Take a profile out of force and forget it with its history.

        Raises:
            MissingError: there is none, or it is another organisation's.
            StaleError: it is not at this revision any more.
            ConflictError: a subscription tells it.
        """
        actor.need(Permission.WRITE_PROFILES)
        await self._cards.own(actor, profile_id, leaving=True)
        await self._holdings.refuse_used(actor, profile_id)
        await self._cards.take_leave(actor, profile_id, revision=revision)
        await self._taken_out_of_force(profile_id)
        await self._followings.remove(profile_id)
        await self._cards.forget(profile_id)
        await self._audit.record(actor, "profile.removed", profile_id)

    async def _refuse_wrong(self, profile: "Profile") -> None:
        """Refuse what can never match; who checks may be starting, or busy, and is not waited for long: it is no harm.

        Raises:
            InvalidError: it can never match.
        """
        advice = advice_of(self._around)
        try:
            remarks = await asyncio.wait_for(advice.check(profile), PATIENCE_SECONDS)
        except (TimeoutError, RetryLaterError):
            return
        if faults := faults_in(remarks):
            raise InvalidError(*faults)

    async def _bring_into_force(self, card: "ProfileCard", profile: "Profile", *, restores: int | None = None) -> None:
        await save(self._around, [profile])
        await self._file(card, profile, restores=restores)

    async def _taken_out_of_force(self, profile_id: str) -> None:
        await forget(self._around, profile_id)
        await remove_all(self._around.store, OF_PROFILES, profile_id)

    async def _file_what_is_in_force(self, card: "ProfileCard") -> None:
        """File a version that a process which died did not come to file."""
        profile = await self._around.store.profiles.get(card.id)
        if profile is not None:
            await self._file(card, profile, restores=None)

    async def _file(self, card: "ProfileCard", profile: "Profile", *, restores: int | None) -> None:
        version = ProfileVersion(
            id=version_id(card.id, card.version),
            organisation_id=card.organisation_id,
            profile_id=card.id,
            number=card.version,
            profile=profile,
            changed_by=card.changed_by,
            changed_at=card.changed_at,
            restores=restores,
        )
        await self._versions.add([version])  # false when it is filed already

    async def _version(self, profile_id: str, number: int) -> "Filed[ProfileVersion]":
        filed = await self._versions.get(version_id(profile_id, number))
        if filed is None:
            raise MissingError
        return filed
