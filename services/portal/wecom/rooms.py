"""WeCom's side of the portal, wired: what it is called at, and what the desk and the pages ask of it."""

from typing import TYPE_CHECKING

from services.portal.desk.wecom import WecomDesk
from services.portal.desk.wecom_people import WecomPeople
from services.portal.wecom.answering import Answering
from services.portal.wecom.callback import Callbacks
from services.portal.wecom.chat.conversation import Conversation
from services.portal.wecom.corps import Corps
from services.portal.wecom.directory import DirectoryReader
from services.portal.wecom.members import Members
from services.portal.wecom.touches import Touches

if TYPE_CHECKING:
    from aiohttp import web

    from services.portal.desk.desk import Desk


class WecomRooms:
    """All of it.

    Attributes:
        connections, people: what organisations do with their enterprises.
    """

    def __init__(self, desk: "Desk") -> None:
        around = desk.around
        self.corps = Corps(around)
        self.members = Members(desk)
        self.directory = DirectoryReader(around, self.corps, self.members)
        self.answering = Answering(
            around.store.lanes,
            self.corps,
            self.members,
            conversation=Conversation(desk, self.members),
            touches=Touches(desk, self.corps, self.members),
            directory=self.directory,
        )
        self.connections = WecomDesk(around, desk.audit, self.corps)
        self.people = WecomPeople(
            around,
            desk.audit,
            self.connections,
            corps=self.corps,
            members=self.members,
            directory=self.directory,
        )
        self._callbacks = Callbacks(around, self.corps, self.answering.answer, self.answering.send)

    def routes(self) -> "list[web.RouteDef]":
        """Return what the vendor calls."""
        return self._callbacks.routes()

    async def close(self) -> None:
        """Let go of what is under way, and of connections."""
        await self._callbacks.close()
        await self.corps.close()
