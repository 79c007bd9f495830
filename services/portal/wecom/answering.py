"""What a member says or does, handed to who deals with it."""

from typing import TYPE_CHECKING

from services.portal.desk.turns import seconds_to_wait
from services.portal.wecom.chat import replies
from services.portal.wecom.incoming import Came, Chose, Directory, Incoming, Said, Sent, Touched
from shared.errors import ZhituiError
from shared.logs import get_logger

if TYPE_CHECKING:
    from services.portal.wecom.chat.conversation import Conversation
    from services.portal.wecom.corps import Corps
    from services.portal.wecom.directory import DirectoryReader
    from services.portal.wecom.members import Members
    from services.portal.wecom.touches import Touches
    from shared.filing.wecom_corps import WecomCorp
    from shared.store.coordination import Lanes

SAID, SAID_SECONDS = 20, 60.0
"""How much one member may say in a minute; what is more is not answered."""

READ_SECONDS = 600.0
"""How often the directory is read at most when its changes are told."""

SEND_PATH = "/cgi-bin/message/send"

_log = get_logger("wecom")


class Answering:
    """Deals with what comes by callbacks."""

    def __init__(
        self,
        lanes: "Lanes",
        corps: "Corps",
        members: "Members",
        *,
        conversation: "Conversation",
        touches: "Touches",
        directory: "DirectoryReader",
    ) -> None:
        self._lanes = lanes
        self._corps = corps
        self._members = members
        self._conversation = conversation
        self._touches = touches
        self._directory = directory

    async def answer(self, corp: "WecomCorp", incoming: Incoming) -> str:
        """Do what is asked for, and return what its sender is told, ``""`` for nothing.

        Raises:
            RetryLaterError: not now; nothing was promised.
        """
        if not corp.proved_at:
            return ""  # whoever entered it only says whose enterprise it is
        if isinstance(incoming, Directory):
            await self._read(corp)
            return ""
        lane = f"wecom-chat:{self._members.id_of(corp, incoming.user_id)}"
        if await seconds_to_wait(self._lanes, lane, calls=SAID, window_seconds=SAID_SECONDS):
            return ""
        return await self._heard(corp, incoming)

    async def _heard(self, corp: "WecomCorp", incoming: Incoming) -> str:
        match incoming:
            case Said(text=text) | Chose(entry=text):
                return await self._conversation.answer(corp, incoming.user_id, text)
            case Touched():
                await self._touches.take(corp, incoming)
                return ""
            case Came():
                return replies.WELCOME
            case Sent():
                return replies.NOT_TEXT
            case _:
                return ""

    async def send(self, corp: "WecomCorp", user_id: str, text: str) -> None:
        """Tell a member something by a message of the app.

        Raises:
            ZhituiError: as the vendor's answer means.
        """
        body = {"touser": user_id, "msgtype": "text", "agentid": corp.agent_id, "text": {"content": text}}
        await self._corps.account(corp).call(SEND_PATH, body)

    async def _read(self, corp: "WecomCorp") -> None:
        if await seconds_to_wait(self._lanes, f"wecom-directory:{corp.id}", calls=1, window_seconds=READ_SECONDS):
            return
        try:
            await self._directory.read(corp)
        except ZhituiError as error:  # it is read again when its administrator asks, or its next change is told
            _log.warning("wecom_directory_not_read", connection=corp.id, error=str(error))
