"""``email``: one mail a delivery, over SMTP.

Source: RFC 5321, 5322, 2047, 2369, 2919, 3834, 8058. A mail that goes out twice carries the same Message-ID, by which
receivers recognise it.
"""

import ssl
from collections.abc import Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from functools import cached_property
from typing import TYPE_CHECKING

import aiosmtplib
from email_validator import EmailNotValidError, validate_email

from services.notifier.channels.email_dkim import load_signer
from services.notifier.channels.email_proof import Proof
from services.notifier.channels.email_replies import hide_address, judge_reply
from services.notifier.channels.no_options import check_no_options
from services.notifier.channels.smtp_envelope import envelope_options
from services.notifier.channels.smtp_pool import SmtpPool
from services.notifier.channels.smtp_tls import own_ca
from services.notifier.templates import mail
from services.notifier.templates.mail_sender import parse_sender
from shared.errors import (
    ChannelMisconfiguredError,
    InvalidInputError,
    Reason,
    RetryLaterError,
)
from shared.settings import SmtpSecurity
from shared.wire.subscription import Channel

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from services.notifier.channels.email_dkim import DkimSigner
    from services.notifier.channels.port import Frame, Means, Message
    from shared.store.records import Alert
    from shared.wire.subscription import Destination

MAX_ITEMS = 100


class EmailChannel:
    """Sends through the mail server of the settings; connections are used again.

    Args:
        means: the settings of the server, the sender and the key to sign with; without secrets there is no proof by which
            bounces are believed.
    """

    name = Channel.EMAIL
    idempotent = True
    asks_first = True
    shuns_round_minutes = False
    rate = None

    def __init__(self, means: "Means") -> None:
        self._settings = means.settings
        self._clock = means.clock
        self._proof = None if means.secrets is None else Proof(means.secrets)
        self._pool = SmtpPool(self._connect, most=means.settings.smtp_connections)

    def lane(self, destination: "Destination") -> str:
        """Return the destination's id: nothing is counted by."""
        return destination.id

    def check(self, address: str, options: Mapping[str, str]) -> str:
        """Return the address as it goes over the wire: the domain in ASCII, in lower case."""
        check_no_options(self.name, options)
        try:
            checked = validate_email(address.strip(), check_deliverability=False, test_environment=True)
        except EmailNotValidError as error:
            raise InvalidInputError(f"邮箱地址写得不对（{error}）。请写成 name@example.cn。") from error
        return f"{checked.local_part}@{checked.ascii_domain}"

    def paginate(
        self,
        destination: "Destination",  # noqa: ARG002 - the port's
        frame: "Frame",
        alerts: "Sequence[Alert]",
    ) -> "list[tuple[Alert, ...]]":
        """Cut at `MAX_ITEMS`, and where a mail would grow beyond what clients show whole."""
        return mail.paginate(frame, alerts, max_items=MAX_ITEMS)

    async def send(self, message: "Message") -> None:
        """Send one mail."""
        proof = self._proven(message)
        envelope_id = f"{message.id}.{proof}" if proof else message.id
        raw = mail.compose(message, mail_from=self._settings.mail_from, proof=proof)
        await self._submit(raw, message.destination.address, envelope_id)

    def shown(self, message: "Message") -> bytes:
        """Return the mail, not yet signed."""
        return mail.compose(message, mail_from=self._settings.mail_from, proof=self._proven(message))

    async def send_test(self, destination: "Destination", now: "datetime") -> None:
        """Send a mail that says that it works."""
        raw = mail.compose_test(destination.address, mail_from=self._settings.mail_from, now=now)
        await self._submit(raw, destination.address, None)

    async def say(self, destination: "Destination", sentence: str) -> None:
        """Send one sentence as a mail; raises as `send` does."""
        now = self._clock.now()
        raw = mail.compose_note(destination.address, sentence, mail_from=self._settings.mail_from, now=now)
        await self._submit(raw, destination.address, None)

    async def write(self, address: str, subject: str, text: str, *, letter_id: str) -> None:
        """Send a letter; raises as `send` does."""
        now = self._clock.now()
        raw = mail.compose_letter(
            address, subject, text, mail_from=self._settings.mail_from, letter_id=letter_id, now=now
        )
        await self._submit(raw, address, None)

    async def close(self) -> None:
        """Close connections."""
        await self._pool.close()

    def _proven(self, message: "Message") -> str:
        return self._proof.of(message.id) if self._proof else ""

    @cached_property
    def _signer(self) -> "DkimSigner | None":
        return load_signer(self._settings)

    async def _submit(self, raw: bytes, address: str, envelope_id: str | None) -> None:
        signed = raw if self._signer is None else self._signer.sign(raw)
        sender = parse_sender(self._settings.mail_from).address
        async with self._pool.connection() as smtp:
            envelope = envelope_options(smtp, address, envelope_id)
            handed_over = False
            try:
                async with _translated(address, stage="MAIL"):
                    await smtp.mail(sender, options=envelope.mail, encoding="utf-8")
                async with _translated(address, stage="RCPT"):
                    await smtp.rcpt(address, options=envelope.rcpt, encoding="utf-8")
                handed_over = True
                async with _translated(address, stage="DATA", ambiguous=True):
                    await smtp.data(signed)
            except BaseException:
                if not handed_over and smtp.is_connected:
                    await _reset(smtp)
                raise

    async def _connect(self) -> aiosmtplib.SMTP:
        settings = self._settings
        if settings.smtp_host is None:
            raise ChannelMisconfiguredError(
                "没有设置邮件服务器，邮件发不出去。请设置 ZHITUI_SMTP_HOST、ZHITUI_SMTP_PORT 和 ZHITUI_SMTP_SECURITY。",
                reason=Reason.CONFIGURATION,
            )
        smtp = aiosmtplib.SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            use_tls=settings.smtp_security is SmtpSecurity.TLS,
            # True, not None: None would go on in the clear when the server, or somebody between, offers no TLS.
            start_tls=settings.smtp_security is SmtpSecurity.STARTTLS,
            tls_context=own_ca(settings),
            timeout=settings.send_timeout_seconds,
            local_hostname=parse_sender(settings.mail_from).domain,
        )
        async with _translated("", stage="CONNECT"):
            await smtp.connect()
        if settings.smtp_username:
            password = settings.smtp_password.get_secret_value() if settings.smtp_password else ""
            async with _translated("", stage="AUTH"):
                await smtp.login(settings.smtp_username, password)
        if smtp.is_ehlo_or_helo_needed:
            async with _translated("", stage="CONNECT"):
                with suppress(aiosmtplib.SMTPHeloError):  # so old a server is greeted with HELO by the first mail
                    await smtp.ehlo()
        return smtp


@asynccontextmanager
async def _translated(address: str, *, stage: str, ambiguous: bool = False) -> "AsyncIterator[None]":
    # The library's errors stay here. None is chained: their texts carry addresses, and a login's answer its user.
    try:
        yield
    except aiosmtplib.SMTPResponseException as error:
        raise judge_reply(error.code, hide_address(error.message, address), stage) from None
    except aiosmtplib.SMTPRecipientsRefused as error:
        first = error.recipients[0]
        raise judge_reply(first.code, hide_address(first.message, address), stage) from None
    except aiosmtplib.SMTPTimeoutError:
        raise RetryLaterError("邮件服务器没有在时限内回答", reason=Reason.TIMEOUT, ambiguous=ambiguous) from None
    except OSError as error:
        tls = next((e for e in (error, error.__cause__, error.__context__) if isinstance(e, ssl.SSLError)), None)
        if tls is not None:
            raise ChannelMisconfiguredError(
                f"与邮件服务器的加密连接失败（{tls.reason or 'TLS'}）。请检查 ZHITUI_SMTP_SECURITY、端口和服务器证书；"
                "证书由自建 CA 签发时，请设置 ZHITUI_SMTP_CA_FILE。",
                reason=Reason.CONFIGURATION,
            ) from None
        name = type(error).__name__
        raise RetryLaterError(
            f"与邮件服务器的连接断了或连不上（{name}）", reason=Reason.UNREACHABLE, ambiguous=ambiguous
        ) from None
    except (aiosmtplib.SMTPException, ValueError):
        # What is left is a server without the extension that the settings ask for.
        raise ChannelMisconfiguredError(
            "邮件服务器不支持设置里的加密或登录方式。请检查 ZHITUI_SMTP_SECURITY、ZHITUI_SMTP_USERNAME 和端口。",
            reason=Reason.CONFIGURATION,
        ) from None


async def _reset(smtp: aiosmtplib.SMTP) -> None:
    try:
        await smtp.rset()
    except (aiosmtplib.SMTPException, OSError):
        smtp.close()
