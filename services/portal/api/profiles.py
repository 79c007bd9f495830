"""Endpoints of profiles."""

from functools import partial
from typing import Annotated

import msgspec
from msgspec import Meta

from services.portal.api.endpoint import Ask, endpoint
from services.portal.api.paging import Page, Paged
from services.portal.api.views import ProfileView, VersionView
from services.portal.desk.actor import Permission
from services.portal.desk.drafts import Name
from services.portal.desk.refusals import Fault, InvalidError, Text
from shared.wire.profile import TEXT_FIELDS, Fuzziness, Profile, Rule
from shared.wording.faults import explain_invalid

NO_ID = "-"
"""Stands for the id of a profile that is not saved."""


class ProfileDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A profile as it is asked for; its attributes are those of a profile (docs/matching.md), without an id."""

    name: Name = ""
    rules: Annotated[tuple[Rule, ...], Meta(min_length=1, max_length=200)]
    fields: Annotated[tuple[str, ...], Meta(min_length=1, max_length=3)] = TEXT_FIELDS
    fuzziness: Fuzziness = Fuzziness.OFF
    min_score: Annotated[float, Meta(ge=0.0, le=1.0)] = 0.0
    rings: bool = True

    def profile(self, under: str = "") -> Profile:
        """Return it as a profile without an id of its own.

        Raises:
            InvalidError: its parts are right, but not together.
        """
        said = {name: getattr(self, name) for name in self.__struct_fields__}
        try:
            return Profile(id=NO_ID, **said)
        except ValueError as error:
            text = Text(explain_invalid(str(error)) + "。", f"{error}.")
            raise InvalidError(Fault(under, text)) from error


@endpoint("GET", "/profiles", needs=Permission.READ)
async def list_profiles(ask: Ask, query: Paged) -> Page[ProfileView]:
    """Return the organisation's profiles, the oldest first."""
    return await ask.page("profiles", query, partial(ask.desk.profiles.page, ask.actor), ProfileView.of)


@endpoint("POST", "/profiles", needs=Permission.WRITE_PROFILES, status=201)
async def make_profile(ask: Ask, body: ProfileDraft) -> ProfileView:
    """Make a profile; when this is answered it is in force for every publication that comes later."""
    return ProfileView.of(await ask.desk.profiles.make(ask.actor, body.profile()))


@endpoint("GET", "/profiles/{profile_id}", needs=Permission.READ)
async def read_profile(ask: Ask, profile_id: str) -> ProfileView:
    """Return a profile."""
    return ProfileView.of(await ask.desk.profiles.get(ask.actor, profile_id))


@endpoint("PUT", "/profiles/{profile_id}", needs=Permission.WRITE_PROFILES, edits=True)
async def replace_profile(ask: Ask, profile_id: str, body: ProfileDraft) -> ProfileView:
    """Put another content in the place of a profile's."""
    return ProfileView.of(await ask.desk.profiles.replace(ask.actor, profile_id, body.profile(), revision=ask.revision))


@endpoint("DELETE", "/profiles/{profile_id}", needs=Permission.WRITE_PROFILES, edits=True)
async def remove_profile(ask: Ask, profile_id: str) -> None:
    """Remove a profile that no subscription tells."""
    await ask.desk.profiles.remove(ask.actor, profile_id, revision=ask.revision)


@endpoint("GET", "/profiles/{profile_id}/history", needs=Permission.READ)
async def list_versions(ask: Ask, profile_id: str, query: Paged) -> Page[VersionView]:
    """Return the versions of a profile, the newest first."""
    found = partial(ask.desk.profiles.history, ask.actor, profile_id)
    return await ask.page(f"history {profile_id}", query, found, VersionView.of)


class Restoring(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which version is put back."""

    version: Annotated[int, Meta(ge=1, le=99_999_999)]


@endpoint("POST", "/profiles/{profile_id}/restore", needs=Permission.WRITE_PROFILES, edits=True)
async def restore_profile(ask: Ask, profile_id: str, body: Restoring) -> ProfileView:
    """Put an earlier version of a profile back, as a new one."""
    return ProfileView.of(await ask.desk.profiles.restore(ask.actor, profile_id, body.version, revision=ask.revision))
