"""Endpoints of the members of the organisation."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from services.portal.api.endpoint import Ask, endpoint
from services.portal.api.same_names import view_of
from services.portal.desk.actor import Permission, Role
from shared.filing.accounts import mask_email

if TYPE_CHECKING:
    from shared.filing.accounts import Account
    from shared.filing.invitations import Invitation


class MemberView(msgspec.Struct, frozen=True, kw_only=True):
    """A member; ``email`` with what tells whose it is left out, ``locked_at``: since when it gets in no more."""

    id: str
    name: str
    email: str
    role: Role
    language: str
    created_at: datetime
    locked_at: datetime | None

    @classmethod
    def of(cls, account: "Account") -> "MemberView":
        """Tell of an account."""
        return view_of(cls, account, email=account.masked_email, role=Role(account.role))


class Members(msgspec.Struct, frozen=True, kw_only=True):
    """All members."""

    items: tuple[MemberView, ...]


class MemberChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What can be changed of a member; what is left out stays."""

    role: Role | None = None
    locked: bool | None = None


class InvitationView(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation that waits."""

    id: str
    email: str
    role: Role
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, invitation: "Invitation") -> "InvitationView":
        """Tell of an invitation."""
        return view_of(cls, invitation, email=mask_email(invitation.email), role=Role(invitation.role))


class Invitations(msgspec.Struct, frozen=True, kw_only=True):
    """All invitations that wait."""

    items: tuple[InvitationView, ...]


class Invited(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is to be invited."""

    email: Annotated[str, Meta(min_length=3, max_length=254)]
    role: Role


@endpoint("GET", "/members", needs=Permission.READ)
async def list_members(ask: Ask) -> Members:
    """Return the members, the oldest first."""
    return Members(items=tuple(map(MemberView.of, await ask.desk.people.all(ask.actor))))


@endpoint("GET", "/members/{member_id}", needs=Permission.READ)
async def read_member(ask: Ask, member_id: str) -> MemberView:
    """Return a member."""
    return MemberView.of(await ask.desk.people.get(ask.actor, member_id))


@endpoint("PATCH", "/members/{member_id}", needs=Permission.MANAGE_MEMBERS)
async def change_member(ask: Ask, member_id: str, body: MemberChange) -> MemberView:
    """Give a member another role, or lock it out."""
    people = ask.desk.people
    account = await people.get(ask.actor, member_id)
    if body.role is not None:
        account = await people.change_role(ask.actor, member_id, body.role)
    if body.locked is not None:
        account = await people.lock(ask.actor, member_id, locked=body.locked)
    return MemberView.of(account)


@endpoint("DELETE", "/members/{member_id}", needs=Permission.MANAGE_MEMBERS)
async def remove_member(ask: Ask, member_id: str) -> None:
    """Remove a member, with its sessions and tokens."""
    await ask.desk.people.remove(ask.actor, member_id)


@endpoint("GET", "/invitations", needs=Permission.MANAGE_MEMBERS)
async def list_invitations(ask: Ask) -> Invitations:
    """Return the invitations that wait, the newest first."""
    return Invitations(items=tuple(map(InvitationView.of, await ask.desk.inviting.waiting(ask.actor))))


@endpoint("POST", "/invitations", needs=Permission.MANAGE_MEMBERS)
async def invite_member(ask: Ask, body: Invited) -> InvitationView:
    """Mail somebody a link by which to join."""
    return InvitationView.of(await ask.desk.inviting.invite(ask.actor, body.email, body.role))


@endpoint("DELETE", "/invitations/{invitation_id}", needs=Permission.MANAGE_MEMBERS)
async def take_back_invitation(ask: Ask, invitation_id: str) -> None:
    """Let an invitation be good no more."""
    await ask.desk.inviting.take_back(ask.actor, invitation_id)
