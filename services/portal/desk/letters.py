"""Mails of the portal itself. It sends none: it files an errand, and the notifier, which has the mail server's login, sends it."""

from datetime import timedelta
from typing import TYPE_CHECKING

from services.portal.desk.refusals import ConflictError, Text
from shared.filing.errands import ERRANDS, Errand, ErrandState, Task
from shared.ids import fresh_id

if TYPE_CHECKING:
    from shared.runtime.role import Surroundings

VALID = timedelta(minutes=30)
"""A mail that could not be sent by then is forgotten: its code is too old anyway, and links can be asked for again."""


class Letters:
    """Mails to people."""

    def __init__(self, around: "Surroundings") -> None:
        self._shelf = around.store.shelf(ERRANDS)
        self._clock = around.clock
        self._settings = around.settings

    @property
    def possible(self) -> bool:
        """Whether this installation has a mail server."""
        return self._settings.smtp_host is not None

    def need(self) -> None:
        """Refuse what cannot be done without mails.

        Raises:
            ConflictError: there is no mail server.
        """
        if not self.possible:
            raise ConflictError(
                "no-mail",
                Text(
                    "本系统还没有设置邮件服务器，发不出邮件。请联系信息中心的管理员开通账号。",
                    "No mail server is set up here, so no mail can be sent. Ask the centre's operator for an account.",
                ),
            )

    def link(self, path: str) -> str:
        """Return the address of a page, for a mail.

        Raises:
            ConflictError: nobody outside reaches this server.
        """
        front_page = self._settings.front_page
        if front_page is None:
            raise ConflictError(
                "no-address",
                Text(
                    "没有设置 ZHITUI_PUBLIC_URL，邮件里写不出链接。请联系信息中心的管理员。",
                    "ZHITUI_PUBLIC_URL is not set, so a mail cannot name a link. Ask the centre's operator.",
                ),
            )
        return front_page + path

    async def send(self, address: str, subject: Text, text: Text, *, language: str, really: bool = True) -> None:
        """File a mail.

        Args:
            address: of the receiver.
            subject: of the mail.
            text: of the mail, one paragraph.
            language: of its reader.
            really: false files it as sent already. Who watches how long an answer takes does not learn from it whether
                there is an account.
        """
        now = self._clock.now()
        errand = Errand(
            id=fresh_id("e"),
            task=Task.MAIL,
            address=address,
            subject=subject.in_language(language),
            text=text.in_language(language),
            state=ErrandState.WAITING if really else ErrandState.DONE,
            created_at=now,
            expires_at=now + VALID,
        )
        await self._shelf.add([errand])
