"""Which roles there are where, and which of them somebody must always have."""

from services.portal.desk.actor import Actor, Role
from services.portal.desk.refusals import Fault, InvalidError, Text
from shared.filing.organisations import CENTRE_ID

_COMPANY = (Role.OWNER, Role.EDITOR, Role.VIEWER)
_CENTRE = (Role.OPERATOR, Role.CURATOR, Role.EDITOR, Role.VIEWER)


def roles_in(organisation_id: str) -> tuple[Role, ...]:
    """Return the roles that members of an organisation can have, the mightiest first."""
    return _CENTRE if organisation_id == CENTRE_ID else _COMPANY


def chief_of(organisation_id: str) -> Role:
    """Return the role without which nobody could manage the organisation any more."""
    return roles_in(organisation_id)[0]


def need_role_in(actor: Actor, role: Role) -> None:
    """Refuse a role that there is not in the actor's organisation.

    Raises:
        InvalidError: it is for other organisations.
    """
    if role not in roles_in(actor.organisation_id):
        raise InvalidError(Fault("/role", Text("本单位没有这种角色。", "There is no such role in this organisation.")))
