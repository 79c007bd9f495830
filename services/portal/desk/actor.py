"""Who asks, and what that may do."""

from dataclasses import dataclass
from enum import StrEnum

from services.portal.desk.refusals import ForbiddenError, MissingError
from shared.ids import fresh_id, stable_id


class Role(StrEnum):
    """What a member is in an organisation; the last two are for people of the information centre alone."""

    OWNER = "owner"
    EDITOR = "editor"
    VIEWER = "viewer"
    OPERATOR = "operator"
    CURATOR = "curator"


class Permission(StrEnum):
    """What can be allowed; also the scopes of API tokens."""

    READ = "read"
    WRITE_PROFILES = "profiles:write"
    WRITE_DESTINATIONS = "destinations:write"
    WRITE_SUBSCRIPTIONS = "subscriptions:write"
    WRITE_FEEDBACK = "feedback:write"
    RETRY_DELIVERIES = "deliveries:retry"
    EXPORT = "export"
    MANAGE_MEMBERS = "members:manage"
    MANAGE_ORGANISATION = "organisation:manage"
    MANAGE_TOKENS = "tokens:manage"
    CURATE_FIELDS = "fields:curate"
    OPERATE = "operate"


_EDITS = frozenset(
    {
        Permission.READ,
        Permission.WRITE_PROFILES,
        Permission.WRITE_DESTINATIONS,
        Permission.WRITE_SUBSCRIPTIONS,
        Permission.WRITE_FEEDBACK,
        Permission.RETRY_DELIVERIES,
        Permission.EXPORT,
    }
)
_OWNS = _EDITS | {Permission.MANAGE_MEMBERS, Permission.MANAGE_ORGANISATION, Permission.MANAGE_TOKENS}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: frozenset({Permission.READ, Permission.WRITE_FEEDBACK, Permission.EXPORT}),
    Role.EDITOR: _EDITS,
    Role.OWNER: _OWNS,
    Role.CURATOR: _EDITS | {Permission.CURATE_FIELDS},
    Role.OPERATOR: _OWNS | {Permission.CURATE_FIELDS, Permission.OPERATE},
}


class Way(StrEnum):
    """By what somebody came."""

    SESSION = "session"
    TOKEN = "token"  # noqa: S105 - a word
    WECOM = "wecom"
    COMMAND_LINE = "command-line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody who asks for something: a member of one organisation, or a program with a token of one.

    Attributes:
        account_id: of the member; of a token, of the member who made it.
        scopes: what a token is narrowed to; ``None``: all that the role may.
        address: where the request came from, for the audit log.
        language: ``zh`` or ``en``.
        request: names what is asked, the same when it is asked again; ``""``: it has no name.
    """

    account_id: str
    organisation_id: str
    role: Role
    way: Way
    scopes: frozenset[Permission] | None = None
    address: str = ""
    language: str = "zh"
    request: str = ""

    def id_for(self, prefix: str) -> str:
        """Return the id of what a request makes, one of a kind: asked again, it makes the same."""
        return stable_id(prefix, self.request) if self.request else fresh_id(prefix)

    def may(self, permission: Permission) -> bool:
        """Whether it is allowed."""
        return permission in PERMISSIONS[self.role] and (self.scopes is None or permission in self.scopes)

    def need(self, permission: Permission) -> None:
        """Refuse what is not allowed.

        Raises:
            ForbiddenError: it is not.
        """
        if not self.may(permission):
            raise ForbiddenError

    def owns(self, organisation_id: str) -> None:
        """Refuse what is another organisation's as if it were not there.

        Raises:
            MissingError: it is another's.
        """
        if organisation_id != self.organisation_id:
            raise MissingError
