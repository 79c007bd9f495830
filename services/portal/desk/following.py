"""Profiles made of a technical field: in one tap, and kept up with the field when curators change it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from services.portal.catalogue.catalogue import MAX_RULES
from services.portal.desk.actor import Actor, Permission, Role, Way
from services.portal.desk.belongings import walk
from services.portal.desk.fields import profile_of, too_wide
from services.portal.desk.holdings import MOST_PROFILES
from services.portal.desk.refusals import ConflictError, MissingError, RefusalError, StaleError, Text
from shared.errors import RetryLaterError
from shared.filing.changing import with_fields
from shared.filing.field_followings import FIELD_FOLLOWINGS, FieldFollowing

if TYPE_CHECKING:
    from services.portal.catalogue.catalogue import Catalogue
    from services.portal.catalogue.field import Field
    from services.portal.desk.audit import Audit
    from services.portal.desk.fields import Fields
    from services.portal.desk.profiles import OwnProfile, Profiles
    from shared.runtime.role import Surroundings
    from shared.wire.profile import Rule

AT_ONCE = 500
"""So many profiles take a new version while its curator waits; the others within the hour."""

_NOTHING_NEW = Text("这个画像已经是领域的最新版本。", "The profile has the field's newest version already.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """An organisation's profile that follows a field.

    Attributes:
        offer: the field's new version, ``None``: the profile has it.
    """

    own: "OwnProfile"
    following: FieldFollowing
    offer: "Offer | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A field that changed since a profile took it.

    Attributes:
        is_own: the profile was changed by its people meanwhile; taking the offer puts the field's rules in place of theirs.
    """

    field: "Field"
    following: FieldFollowing
    rules: "tuple[Rule, ...]"
    is_own: bool


class Following:
    """What subscribers do with fields."""

    def __init__(self, around: "Surroundings", audit: "Audit", fields: "Fields", profiles: "Profiles") -> None:
        self._clock = around.clock
        self._store = around.store
        self._shelf = around.store.shelf(FIELD_FOLLOWINGS)
        self._audit = audit
        self._fields = fields
        self._profiles = profiles

    async def subscribe(self, actor: "Actor", code: str, *, automatic: bool = False) -> "OwnProfile":
        """Make a profile of a field that remembers it.

        Raises:
            MissingError: there is no such field.
            ConflictError: it is too wide, or the organisation has as many profiles as it may have.
        """
        actor.need(Permission.WRITE_PROFILES)
        catalogue = await self._known(actor, code)
        if len(catalogue.rules(code)) > MAX_RULES:
            raise too_wide()
        own = await self._profiles.make(actor, profile_of(catalogue, code))
        await self._shelf.add(
            [
                FieldFollowing(
                    id=own.profile.id,
                    organisation_id=actor.organisation_id,
                    code=code,
                    number=await self._fields.number(code),
                    rules=own.profile.rules,
                    automatic=automatic,
                    made_by=actor.account_id,
                    made_at=self._clock.now(),
                )
            ]
        )
        await self._audit.record(actor, "field.followed", code, profile=own.profile.id)
        return own

    async def mine(self, actor: "Actor") -> list[Followed]:
        """Return the organisation's profiles that follow a field, the oldest first, each with what is offered to it."""
        owned = {own.profile.id: own for own in (await self._profiles.page(actor, limit=MOST_PROFILES)).items}
        found = await self._shelf.many(list(owned))
        catalogue = await self._fields.current()
        return [
            Followed(own=own, following=filed.document, offer=_offer(catalogue, own, filed.document))
            for profile_id, own in owned.items()
            if (filed := found.get(profile_id)) is not None
        ]

    async def followed(self, actor: "Actor", profile_id: str) -> Followed | None:
        """Return what a profile follows, with what is offered to it; ``None``: it follows no field.

        Raises:
            MissingError: there is no such profile, or it is another organisation's.
        """
        own = await self._profiles.get(actor, profile_id)
        filed = await self._shelf.get(profile_id)
        if filed is None:
            return None
        catalogue = await self._fields.current()
        return Followed(own=own, following=filed.document, offer=_offer(catalogue, own, filed.document))

    async def take(self, actor: "Actor", profile_id: str, *, revision: int) -> "OwnProfile":
        """Give a profile the field's newest rules.

        Raises:
            MissingError: there is no such profile.
            ConflictError: there is nothing new.
            StaleError: somebody changed the profile meanwhile.
        """
        actor.need(Permission.WRITE_PROFILES)
        followed = await self.followed(actor, profile_id)
        if followed is None or followed.offer is None:
            raise ConflictError("nothing-new", _NOTHING_NEW)
        if followed.own.revision != revision:
            raise StaleError
        return await self._take(actor, followed.own, followed.offer, automatic=False)

    async def _take(self, actor: "Actor", own: "OwnProfile", offer: Offer, *, automatic: bool) -> "OwnProfile":
        profile_id, code = own.profile.id, offer.following.code
        taken = msgspec.structs.replace(own.profile, rules=offer.rules)
        changed = await self._profiles.replace(actor, profile_id, taken, revision=own.revision)
        number = await self._fields.number(code)
        await self._note(profile_id, number=number, rules=offer.rules)
        told = {"field": code, "version": str(number), "automatic": str(automatic).lower()}
        await self._audit.record(actor, "field.taken", profile_id, **told)
        return changed

    async def choose(self, actor: "Actor", profile_id: str, *, automatic: bool) -> None:
        """Choose whether a profile takes new versions by itself.

        Raises:
            MissingError: the profile is not the organisation's, or follows no field.
        """
        actor.need(Permission.WRITE_PROFILES)
        await self._profiles.get(actor, profile_id)
        if await self._shelf.get(profile_id) is None:
            raise MissingError
        await self._note(profile_id, automatic=automatic)
        await self._audit.record(actor, "field.following-changed", profile_id, automatic=str(automatic).lower())

    async def spread(self, code: str) -> int:
        """Bring a published field to the profiles that take new versions by themselves and were not changed by their people.

        Returns:
            How many took it: at most `AT_ONCE`. For the others, and for one that cannot just now, see `catch_up`.
        """
        catalogue = await self._fields.current()
        taken = 0
        for above in (*catalogue.path(code), catalogue.get(code)):
            taken += await self._bring(above.code, catalogue.rules(above.code), most=AT_ONCE - taken)
        return taken

    async def catch_up(self) -> int:
        """Finish what `spread` left over, for all fields that were ever edited here; return how many profiles took one."""
        catalogue = await self._fields.current()
        edited = await self._fields.edited()
        codes = {above.code for code in edited for above in (*catalogue.path(code), catalogue.get(code))}
        return sum([await self._bring(code, catalogue.rules(code)) for code in sorted(codes)])

    async def _bring(self, code: str, rules: "tuple[Rule, ...]", *, most: int | None = None) -> int:
        taken = 0
        async for one in walk(self._store, FIELD_FOLLOWINGS, code):
            if most is not None and taken >= most:
                break
            taken += await self._brought(one.document, rules)
        return taken

    async def _brought(self, following: FieldFollowing, rules: "tuple[Rule, ...]") -> bool:
        if not following.automatic or following.rules == rules:
            return False
        standing = Actor(
            account_id=following.made_by,
            organisation_id=following.organisation_id,
            role=Role.EDITOR,
            way=Way.SESSION,
        )
        try:
            followed = await self.followed(standing, following.id)
            if followed is None or followed.offer is None or followed.offer.is_own:
                return False
            await self._take(standing, followed.own, followed.offer, automatic=True)
        except (RefusalError, RetryLaterError):
            return False
        return True

    async def _note(self, profile_id: str, **changes: object) -> None:
        """Change what is remembered of a profile; whoever comes second writes over it again."""
        await with_fields(self._shelf, profile_id, **changes)

    async def _known(self, actor: "Actor", code: str) -> "Catalogue":
        catalogue = await self._fields.catalogue(actor)
        if code not in catalogue:
            raise MissingError
        return catalogue


def _offer(catalogue: "Catalogue", own: "OwnProfile", following: FieldFollowing) -> Offer | None:
    if following.code not in catalogue:
        return None
    rules = catalogue.rules(following.code)
    if rules == following.rules:
        return None
    field = catalogue.get(following.code)
    return Offer(field=field, following=following, rules=rules, is_own=own.profile.rules != following.rules)
