"""Apps in WeCom through which an organisation may reach people, and those people."""

from typing import TYPE_CHECKING

from services.portal.desk.actor import Permission
from shared.filing.organisations import CENTRE_ID
from shared.filing.wecom_corps import WECOM_CORPS
from shared.filing.wecom_members import WECOM_MEMBERS

if TYPE_CHECKING:
    from services.portal.desk.actor import Actor
    from shared.filing.wecom_corps import WecomCorp
    from shared.runtime.role import Surroundings

MOST_APPS = 20
MOST_MEMBERS = 200
"""That are offered to tick; an enterprise with more names the others by their accounts."""


async def apps_of(around: "Surroundings", actor: "Actor") -> "list[WecomCorp]":
    """Return the organisation's own apps and the centre's, the oldest first."""
    actor.need(Permission.READ)
    shelf = around.store.shelf(WECOM_CORPS)
    owners = dict.fromkeys((actor.organisation_id, CENTRE_ID))
    return [filed.document for owner in owners for filed in await shelf.page(owner, limit=MOST_APPS)]


async def members_of(around: "Surroundings", actor: "Actor") -> list[tuple[str, str]]:
    """Return (user id, name) of the people of the organisation's own apps; those of others' apps are nobody's business."""
    actor.need(Permission.READ)
    shelf = around.store.shelf(WECOM_MEMBERS)
    corps = [
        filed.document for filed in await around.store.shelf(WECOM_CORPS).page(actor.organisation_id, limit=MOST_APPS)
    ]
    found = [filed.document for corp in corps for filed in await shelf.page(corp.id, limit=MOST_MEMBERS)]
    return [(one.user_id, one.name or one.user_id) for one in found if one.listed][:MOST_MEMBERS]
