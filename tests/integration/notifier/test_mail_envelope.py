"""What goes over the wire beside the mail: notifications of failure asked for, addresses that are not ASCII, the signature."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import dkim
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from services.notifier.channels.email import EmailChannel
from services.notifier.channels.email_proof import Proof
from services.notifier.channels.port import Means
from shared.errors import ChannelMisconfiguredError, DestinationGoneError
from shared.secret_box import SecretBox
from shared.settings import Settings
from shared.testing.clock import ManualClock
from shared.testing.mailbox import serving
from tests.golden.notifier.examples import message
from tests.unit.notifier.making import mailbox
from tests.unit.notifier.test_mail_signatures import KEY, pem, signing

SECRETS = SecretBox("A" * 43 + "=")
ID = "d-0123456789abcdef01234567"


class Server(SMTP):
    """Keeps the parameters of DSN where its handler offers it."""

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        await super().smtp_MAIL(self._kept(arg, "RET=", "ENVID="))

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        await super().smtp_RCPT(self._kept(arg, "NOTIFY=", "ORCPT="))

    def _kept(self, arg: str | None, *ours: str) -> str | None:
        if arg is None or not self.event_handler.dsn:
            return arg
        words = arg.split()
        self.event_handler.asked += [word for word in words if word.startswith(ours)]
        return " ".join(word for word in words if not word.startswith(ours))


class Taken:
    """Keeps what came through."""

    def __init__(self) -> None:
        self.mails: list[Envelope] = []
        self.asked: list[str] = []
        self.dsn = True

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [responses[0], *(["250-DSN"] if self.dsn else []), *responses[1:]]

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.mails.append(envelope)
        return "250 OK"


@asynccontextmanager
async def server(*, dsn: bool = True, utf8: bool = True) -> AsyncIterator[tuple[int, Taken]]:
    taken = Taken()
    taken.dsn = dsn
    loop = asyncio.get_running_loop()
    async with serving(lambda: Server(taken, hostname="mail.test", loop=loop, enable_SMTPUTF8=utf8)) as port:
        yield port, taken


async def send(port: int, address: str = "wang@example.com", **more: object) -> None:
    values = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none", "send_timeout_seconds": 5, **more}
    settings = Settings(**values)  # type: ignore[arg-type]
    channel = EmailChannel(Means(settings=settings, clock=ManualClock(), secrets=SECRETS))
    try:
        await channel.send(message(mailbox(address=channel.check(address, {}))))
    finally:
        await channel.close()


async def test_a_server_that_can_is_asked_to_tell_of_failures_by_our_name() -> None:
    async with server() as (port, taken):
        await send(port, "wang+patents@example.com")
    named = f"{ID}.{Proof(SECRETS).of(ID)}"
    expected = ["RET=HDRS", f"ENVID={named}", "NOTIFY=FAILURE", "ORCPT=rfc822;wang+2Bpatents@example.com"]
    assert taken.asked == expected
    assert f"Message-ID: <{named}@localhost>".encode() in (taken.mails[0].original_content or b"")


async def test_a_server_that_cannot_is_not_asked() -> None:
    async with server(dsn=False) as (port, taken):
        await send(port)
    assert taken.asked == []
    assert len(taken.mails) == 1


async def test_a_chinese_name_before_the_at_sign_goes_as_utf8() -> None:
    async with server() as (port, taken):
        await send(port, "张三@例子.中国")
    (mail,) = taken.mails
    assert mail.rcpt_tos == ["张三@xn--fsqu00a.xn--fiqs8s"]
    assert {"SMTPUTF8", "BODY=8BITMIME"} <= set(mail.mail_options)
    assert "To: 张三@xn--fsqu00a.xn--fiqs8s\r\n".encode() in (mail.original_content or b"")
    assert r"ORCPT=utf-8;\x{5F20}\x{4E09}@xn--fsqu00a.xn--fiqs8s" in taken.asked


async def test_a_server_that_takes_only_ascii_is_not_sent_such_a_name_and_others_still_go() -> None:
    async with server(utf8=False) as (port, taken):
        with pytest.raises(DestinationGoneError, match="SMTPUTF8"):
            await send(port, "张三@example.cn")
        await send(port)
    assert [mail.rcpt_tos for mail in taken.mails] == [["wang@example.com"]]


async def test_a_domain_in_chinese_characters_is_a_senders_too() -> None:
    async with server() as (port, taken):
        await send(port, mail_from="知推 <zhitui@例子.中国>")
    assert taken.mails[0].mail_from == "zhitui@xn--fsqu00a.xn--fiqs8s"
    assert b"<zhitui@xn--fsqu00a.xn--fiqs8s>" in (taken.mails[0].original_content or b"")


@pytest.mark.parametrize("mail_from", ["知推", "知推 <知推@example.cn>", "zhitui@"])
async def test_a_sender_that_no_server_takes_is_told_with_its_setting(mail_from: str) -> None:
    async with server() as (port, taken):
        with pytest.raises(ChannelMisconfiguredError, match="ZHITUI_MAIL_FROM"):
            await send(port, mail_from=mail_from)
    assert taken.mails == []


async def test_what_arrives_is_signed() -> None:
    async with server() as (port, taken):
        await send(port, mail_from="知推 <zhitui@example.cn>", dkim_key=pem(KEY))
    arrived = taken.mails[0].original_content
    assert arrived is not None
    assert arrived.startswith(b"DKIM-Signature: v=1;")
    verifier = dkim.DKIM(arrived)
    signer = signing(mail_from="zhitui@example.cn")
    record = f"v=DKIM1; p={signer.public_key}".encode()
    assert verifier.verify(dnsfunc=lambda name, timeout=5: record)
    assert {b"list-unsubscribe", b"list-unsubscribe-post"} <= {name for name, _ in verifier.signed_headers}
