"""Apps in WeCom through which an organisation may reach people, and those people: its own, and nobody else's."""

from typing import TYPE_CHECKING

from services.portal.desk.actor import Permission
from services.portal.desk.wecom import MOST
from shared.filing.wecom_corps import WECOM_CORPS
from shared.filing.wecom_members import WECOM_MEMBERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.portal.desk.actor import Actor
    from shared.filing.wecom_corps import WecomCorp
    from shared.runtime.role import Surroundings

MOST_MEMBERS = 200
"""That are offered to tick; an enterprise with more names the others by their accounts."""


async def apps_of(around: "Surroundings", actor: "Actor") -> "list[WecomCorp]":
    """Return the organisation's own apps, the oldest first; by any other nothing could be sent."""
    actor.need(Permission.READ)
    filed = await around.store.shelf(WECOM_CORPS).page(actor.organisation_id, limit=MOST)
    return [one.document for one in filed]


async def members_of(around: "Surroundings", apps: "Sequence[WecomCorp]") -> list[tuple[str, str]]:
    """Return (user id, name) of the people of the organisation's own apps."""
    shelf = around.store.shelf(WECOM_MEMBERS)
    found = [filed.document for app in apps for filed in await shelf.page(app.id, limit=MOST_MEMBERS)]
    return [(one.user_id, one.name or one.user_id) for one in found if one.listed][:MOST_MEMBERS]
