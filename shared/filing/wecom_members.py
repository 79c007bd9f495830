"""People of a connected enterprise, as far as its app may see them, and where their chat with it stands."""

from datetime import datetime

import msgspec

from shared.store.filed import Kind


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """What a member was asked and has not answered yet.

    Attributes:
        command: what is done when the answer is yes, as the member would write it.
        until: when the question is forgotten.
    """

    command: str
    until: datetime


class WecomMember(msgspec.Struct, frozen=True, kw_only=True):
    """One member. Personal: never logged.

    Attributes:
        id: a keyed hash of connection and user id, as `shared.filing.lookups.Lookups.wecom` makes it; by it an account is tied to
            the member, too. Of the connection, not of the enterprise: whoever connects another app of it is somebody else.
        connection_id: of the `WecomCorp`.
        user_id: as the vendor writes it.
        name: from the directory, ``""`` while it was not read.
        departments: the vendor's numbers.
        listed: whether the directory named it when it was last read.
        destination_id: where alerts that it asked for in the chat go, ``""`` before it asked for any.
        pending: a question that is open.
    """

    id: str
    connection_id: str
    user_id: str
    name: str = ""
    departments: tuple[int, ...] = ()
    listed: bool = False
    destination_id: str = ""
    pending: Pending | None = None

    def __repr__(self) -> str:
        return f"WecomMember(connection_id={self.connection_id!r}, listed={self.listed!r})"


WECOM_MEMBERS: Kind[WecomMember] = Kind(
    name="wecom_members",
    title="企业微信成员",
    document=WecomMember,
    owner=lambda member: member.connection_id,
    sealed=True,
)
