"""Looks into the sender's mailbox now and then; of several processes one does."""

import asyncio
from typing import TYPE_CHECKING

from services.notifier.bounces.imap import ImapMailbox
from services.notifier.bounces.reading import read_bounce
from shared.errors import ChannelMisconfiguredError, RetryLaterError
from shared.logs import get_logger

if TYPE_CHECKING:
    from services.notifier.bounces.reading import Bounce
    from services.notifier.bounces.settling import Settler
    from services.notifier.channels.email_proof import Proof
    from shared.runtime.ownership import Ownership
    from shared.runtime.patience import Patience
    from shared.settings import Settings

MAILS_A_LOOK = 500

_log = get_logger("notifier")


class BounceWatch:
    """Reads reports of mails that did not arrive.

    A mail is marked as seen when what it reports is stored, so a crash in between reads it again. Every other mail is left
    as it is: the mailbox may be a person's, too.

    Attributes:
        problem: why the mailbox cannot be read, for the operator.
    """

    def __init__(
        self, settings: "Settings", proof: "Proof", settler: "Settler", ownership: "Ownership", patience: "Patience"
    ) -> None:
        self.problem: str | None = None
        self._settings = settings
        self._proof = proof
        self._settler = settler
        self._ownership = ownership
        self._patience = patience
        self._looked_at = (0, 0)

    async def run(self) -> None:
        """Look every ``bounce_every_seconds`` until the process is to stop; return at once where no mailbox is set."""
        if self._settings.bounce_imap_host is not None:
            await self._ownership.keep(self._name, self._watch)

    async def look(self) -> int:
        """Read what came since the last look; return how many reports were acted on.

        Raises:
            ChannelMisconfiguredError: the mailbox refuses us.
            RetryLaterError: it, or the store, does not answer.
        """
        mailbox = await asyncio.to_thread(ImapMailbox(self._settings).__enter__)
        try:
            return await self._read(mailbox)
        finally:
            await asyncio.to_thread(mailbox.__exit__)

    async def _read(self, mailbox: ImapMailbox) -> int:
        validity, last = self._looked_at
        if validity != mailbox.validity:
            last = 0
        acted = 0
        for uid in (await asyncio.to_thread(mailbox.unseen, last))[:MAILS_A_LOOK]:
            bounce = self._bounce(await asyncio.to_thread(mailbox.fetch, uid), uid)
            if bounce is not None and await self._settler.settle(bounce):
                await asyncio.to_thread(mailbox.mark_seen, uid)
                acted += 1
            self._looked_at = (mailbox.validity, uid)
        return acted

    def _bounce(self, raw: bytes, uid: int) -> "Bounce | None":
        try:
            return read_bounce(raw, self._proof)
        except Exception:  # noqa: BLE001 - whatever somebody mailed, pushing goes on
            _log.exception("mail_unreadable", uid=uid)
            return None

    async def _watch(self) -> None:
        while not self._patience.stop.is_set():
            try:
                await self.look()
                self.problem = None
            except (ChannelMisconfiguredError, RetryLaterError) as error:
                self.problem = str(error)
                _log.warning("bounces_unread", detail=self.problem)
            await self._patience.pause(self._settings.bounce_every_seconds)

    async def _name(self) -> str:
        return "bounces"
