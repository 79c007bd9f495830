"""Who was asked to join an organisation and has not answered yet."""

from datetime import datetime

import msgspec

from shared.filing.orders import by_moment
from shared.store.filed import Kind


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation by mail; whoever follows its link joins.

    Attributes:
        token_key: hash of what the link holds.
        invited_by: the account that asked.
    """

    id: str
    organisation_id: str
    email: str
    role: str
    token_key: str
    invited_by: str
    created_at: datetime
    expires_at: datetime

    def __repr__(self) -> str:
        return f"Invitation(id={self.id!r}, organisation_id={self.organisation_id!r}, role={self.role!r})"


INVITATIONS: Kind[Invitation] = Kind(
    name="invitations",
    title="邀请",
    document=Invitation,
    owner=lambda invitation: invitation.organisation_id,
    lookups=lambda invitation: (invitation.token_key,),
    order=lambda invitation: by_moment(invitation.created_at),
    expires_at=lambda invitation: invitation.expires_at,
    sealed=True,
)
