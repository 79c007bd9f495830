"""Endpoints of who asks: the token, its member, the organisation."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from services.portal.api.endpoint import Ask, endpoint
from services.portal.api.same_names import view_of
from services.portal.desk.actor import Permission, Role, Way
from services.portal.desk.organisations import Particulars
from shared.filing.organisations import Organisation, OrganisationKind
from shared.store.filed import Filed


class MeView(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, and what it may.

    Attributes:
        way: ``token`` or ``session``.
        scopes: what is allowed, in words as ``profiles:write``.
    """

    account_id: str
    organisation_id: str
    role: Role
    way: Way
    scopes: tuple[Permission, ...]


class OrganisationView(msgspec.Struct, frozen=True, kw_only=True):
    """An organisation.

    Attributes:
        region: six digits of GB/T 2260, or empty.
        applicants: the names under which it files patents.
        revision: for ``If-Match``; also the ``ETag``.
    """

    id: str
    revision: int
    name: str
    kind: OrganisationKind
    region: str
    applicants: tuple[str, ...]
    created_at: datetime

    @classmethod
    def of(cls, filed: Filed[Organisation]) -> "OrganisationView":
        """Tell of an organisation."""
        return view_of(cls, filed.document, revision=filed.revision)


class OrganisationChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an organisation says of itself."""

    name: Annotated[str, Meta(min_length=1, max_length=120)]
    region: Annotated[str, Meta(max_length=6)] = ""
    applicants: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=120)], ...], Meta(max_length=50)] = ()


@endpoint("GET", "/me")
async def read_me(ask: Ask) -> MeView:
    """Return who the token speaks for, and what it may."""
    actor = ask.actor
    return MeView(
        account_id=actor.account_id,
        organisation_id=actor.organisation_id,
        role=actor.role,
        way=actor.way,
        scopes=tuple(one for one in Permission if actor.may(one)),
    )


@endpoint("GET", "/organisation", needs=Permission.READ)
async def read_organisation(ask: Ask) -> OrganisationView:
    """Return the organisation."""
    return OrganisationView.of(await ask.desk.organisations.mine(ask.actor))


@endpoint("PUT", "/organisation", needs=Permission.MANAGE_ORGANISATION, edits=True)
async def change_organisation(ask: Ask, body: OrganisationChange) -> OrganisationView:
    """Change what the organisation says of itself."""
    said = Particulars(name=body.name, region=body.region, applicants=body.applicants)
    return OrganisationView.of(await ask.desk.organisations.edit(ask.actor, said, revision=ask.revision))
