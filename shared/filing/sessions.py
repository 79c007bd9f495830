"""Where somebody is signed in."""

from datetime import datetime

import msgspec

from shared.filing.orders import by_moment
from shared.store.filed import Kind


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One browser of one member.

    Attributes:
        id: names it in the list of sessions; opens nothing.
        token_key: hash of what the cookie holds.
        epoch: of the account when it was made; another one since: it is over.
        address, device: where it was last seen, for its owner's list.
        expires_at: when it ends, unless it is seen before.
        ends_at: when it ends in any case.
    """

    id: str
    token_key: str
    account_id: str
    organisation_id: str
    epoch: int
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    ends_at: datetime
    address: str = ""
    device: str = ""

    def __repr__(self) -> str:
        return f"Session(id={self.id!r}, account_id={self.account_id!r})"


SESSIONS: Kind[Session] = Kind(
    name="sessions",
    title="登录",
    document=Session,
    owner=lambda session: session.account_id,
    lookups=lambda session: (session.token_key,),
    order=lambda session: by_moment(session.created_at),
    expires_at=lambda session: session.expires_at,
    sealed=True,
)
