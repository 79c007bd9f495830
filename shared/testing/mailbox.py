"""A stand-in for a mail server: takes every mail, keeps it raw, and can be told to refuse."""

import asyncio
import ssl
from collections import deque
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Self

from aiosmtpd.smtp import SMTP, Envelope, Session

from shared.testing.found import publication_numbers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from email.message import EmailMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail that was taken, as it came over the wire."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    @property
    def message(self) -> "EmailMessage":
        """The mail, parsed."""
        return message_from_bytes(self.raw, policy=policy.SMTP)

    def body(self, kind: str) -> str:
        """Return the ``plain`` or ``html`` part, ``""`` when there is none."""
        part = self.message.get_body((kind,))
        return "" if part is None else str(part.get_content())

    @property
    def numbers(self) -> tuple[str, ...]:
        """The publication numbers in its plain text."""
        return publication_numbers(self.body("plain"))

    @property
    def delivery_id(self) -> str:
        """What its ``X-Zhitui-Delivery`` says."""
        return str(self.message["X-Zhitui-Delivery"] or "")


class Mailbox:
    """The server; use it as an async context, its event loop is the caller's.

    Attributes:
        mails: what was taken, in order.
        mail_replies, rcpt_replies, data_replies: replies given instead of ``250``, one each, before normal service is resumed.
        drop_after_data: so many mails are taken and then the connection is closed without a word.
    """

    def __init__(
        self, *, port: int = 0, on_mail: "Callable[[Mail], None] | None" = None, answer_seconds: float = 0.0
    ) -> None:
        self.mails: list[Mail] = []
        self.mail_replies: deque[str] = deque()
        self.rcpt_replies: deque[str] = deque()
        self.data_replies: deque[str] = deque()
        self.drop_after_data = 0
        self._port = port
        self._on_mail = on_mail
        self._answer_seconds = answer_seconds
        self._open = AsyncExitStack()
        self._serves_at: int | None = None
        self._connections: list[SMTP] = []

    @property
    def connections(self) -> int:
        """How many connections were made."""
        return len(self._connections)

    @property
    def port(self) -> int:
        """The loopback port it listens on."""
        assert self._serves_at is not None, "the mailbox is not open"  # noqa: S101 - misuse by a test
        return self._serves_at

    async def __aenter__(self) -> Self:
        self._serves_at = await self._open.enter_async_context(serving(self._greet, port=self._port))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    def _greet(self) -> SMTP:
        # A hostname of its own: looking up the machine's full name may take seconds.
        connection = SMTP(self, hostname="mailbox.test", loop=asyncio.get_running_loop())
        self._connections.append(connection)
        return connection

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take the sender, or give the scripted reply."""
        if self.mail_replies:
            return self.mail_replies.popleft()
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take the recipient, or give the scripted reply."""
        if self.rcpt_replies:
            return self.rcpt_replies.popleft()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Take the mail, or give the scripted reply."""
        if self.data_replies:
            return self.data_replies.popleft()
        raw = envelope.content
        assert isinstance(raw, bytes)  # noqa: S101 - decode_data is off
        mail = Mail(sender=str(envelope.mail_from), recipients=tuple(envelope.rcpt_tos), raw=raw)
        if self._on_mail is not None:
            self._on_mail(mail)
        self.mails.append(mail)
        if self.drop_after_data:
            self.drop_after_data -= 1
            _cut(server)
        await asyncio.sleep(self._answer_seconds)
        return "250 OK"


@asynccontextmanager
async def serving(
    greet: "Callable[[], SMTP]", *, port: int = 0, context: ssl.SSLContext | None = None
) -> "AsyncIterator[int]":
    """Serve mail on loopback; at the end every connection is cut.

    Args:
        greet: makes the conversation of a connection.
        port: 0 for a free one.
        context: what it speaks TLS with from the first byte; ``None``: it does not.

    Yields:
        The port.
    """
    connections: list[SMTP] = []

    def greeted() -> SMTP:
        connections.append(greet())
        return connections[-1]

    server = await asyncio.get_running_loop().create_server(greeted, "127.0.0.1", port, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for connection in connections:
            _cut(connection)
        await server.wait_closed()
        await asyncio.sleep(0.01)  # lets the aborted connections end


def _cut(connection: SMTP) -> None:
    if isinstance(connection.transport, asyncio.Transport):
        connection.transport.abort()
