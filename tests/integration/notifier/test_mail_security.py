"""The way to the mail server is protected as the settings say, or no mail goes."""

import asyncio
import logging
import ssl
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services.cli.checks.remote import outside
from services.notifier.channels.email import EmailChannel
from services.notifier.channels.port import Means
from services.portal.findings import Level
from shared.errors import ChannelMisconfiguredError
from shared.settings import Settings
from shared.testing.clock import ManualClock
from shared.testing.mailbox import serving
from shared.wire.subscription import Channel
from tests.unit.notifier.making import NOW, mailbox

PASSWORD = "correct-horse-battery"
WRONG = "hunter2hunter2"


class Taken:
    """Keeps what came through."""

    def __init__(self) -> None:
        self.mails: list[Envelope] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        self.mails.append(envelope)
        return "250 OK"


def make_ca(folder: Path, name: str) -> Path:
    """Write ``name.pem``, a CA, and ``name-server.pem``, key and certificate for 127.0.0.1; return the first."""
    ca_key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Test CA {name}")])
    now = datetime.now(UTC)

    def certificate(subject: x509.Name, key: ec.EllipticCurvePrivateKey, *, ca: bool) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(ca_name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(hours=1))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )

    root = certificate(ca_name, ca_key, ca=True).sign(ca_key, hashes.SHA256())
    server_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    server = (
        certificate(server_name, server_key, ca=False)
        .add_extension(alternative, critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = server_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / f"{name}-server.pem").write_bytes(private + server.public_bytes(pem))
    (folder / f"{name}.pem").write_bytes(root.public_bytes(pem))
    return folder / f"{name}.pem"


@pytest.fixture(scope="module")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ca")
    make_ca(folder, "right")
    make_ca(folder, "other")
    return folder


def check_login(_server: object, _session: object, _envelope: object, _mechanism: str, data: object) -> AuthResult:
    assert isinstance(data, LoginPassword)
    return AuthResult(success=data.password == PASSWORD.encode(), handled=False)


@asynccontextmanager
async def mail_server(authorities: Path, security: str, *, login: bool = False) -> AsyncIterator[tuple[int, Taken]]:
    """Serve over ``tls``, ``starttls`` or ``none``; give its port and what it took."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(authorities / "right-server.pem")
    taken = Taken()
    loop = asyncio.get_running_loop()

    def greet() -> SMTP:
        return SMTP(
            taken,
            hostname="mail.test",
            loop=loop,
            tls_context=context if security == "starttls" else None,
            require_starttls=security == "starttls",
            authenticator=check_login if login else None,
            auth_required=login,
            auth_require_tls=security == "starttls",
        )

    async with serving(greet, context=context if security == "tls" else None) as port:
        yield port, taken


def to_server(port: int, security: str, **more: object) -> Settings:
    values: dict[str, object] = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": security}
    return Settings(**{**values, "send_timeout_seconds": 5, **more})  # type: ignore[arg-type]


async def send(settings: Settings) -> None:
    channel = EmailChannel(Means(settings=settings, clock=ManualClock()))
    try:
        await channel.send_test(mailbox(), NOW)
    finally:
        await channel.close()


async def verdict(settings: Settings) -> tuple[Level, str]:
    """What the doctor says of the mail server."""
    findings = [finding async for finding in outside(settings, [Channel.EMAIL])]
    return findings[0].level, f"{findings[0].what} {findings[0].remedy}"


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_a_server_of_the_named_ca_gets_the_mail(authorities: Path, security: str) -> None:
    async with mail_server(authorities, security) as (port, taken):
        settings = to_server(port, security, smtp_ca_file=authorities / "right.pem")
        await send(settings)
        assert (await verdict(settings))[0] is Level.OK
    assert len(taken.mails) == 1


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize("ca", ["other.pem", None], ids=["another CA", "the system's"])
async def test_a_server_of_another_ca_gets_nothing_and_the_setting_is_named(
    authorities: Path, security: str, ca: str | None
) -> None:
    async with mail_server(authorities, security) as (port, taken):
        settings = to_server(port, security, smtp_ca_file=authorities / ca if ca else None)
        with pytest.raises(ChannelMisconfiguredError, match=r"加密连接失败.*服务器证书.*ZHITUI_SMTP_CA_FILE"):
            await send(settings)
        assert (await verdict(settings))[0] is Level.FAILED
    assert taken.mails == []


@pytest.mark.parametrize("content", [None, "no certificate"])
async def test_a_ca_file_that_cannot_be_used_is_named(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "ca.pem").write_text(content)
    settings = to_server(1, "tls", smtp_ca_file=tmp_path / "ca.pem")
    with pytest.raises(ChannelMisconfiguredError, match=r"ZHITUI_SMTP_CA_FILE.*ca\.pem"):
        await send(settings)
    level, said = await verdict(settings)
    assert level is Level.FAILED
    assert "ZHITUI_SMTP_CA_FILE" in said


async def test_starttls_that_is_not_offered_is_refused_and_nothing_goes_in_the_clear(authorities: Path) -> None:
    async with mail_server(authorities, "none") as (port, taken):
        settings = to_server(port, "starttls", smtp_ca_file=authorities / "right.pem")
        with pytest.raises(ChannelMisconfiguredError, match="ZHITUI_SMTP_SECURITY"):
            await send(settings)
        assert (await verdict(settings))[0] is Level.FAILED
    assert taken.mails == []


async def test_the_right_password_sends(authorities: Path) -> None:
    async with mail_server(authorities, "starttls", login=True) as (port, taken):
        ca = authorities / "right.pem"
        settings = to_server(port, "starttls", smtp_ca_file=ca, smtp_username="zhitui", smtp_password=PASSWORD)
        await send(settings)
        assert (await verdict(settings))[0] is Level.OK
    assert len(taken.mails) == 1


async def test_a_wrong_password_sends_nothing_and_is_told_nowhere(
    authorities: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    async with mail_server(authorities, "starttls", login=True) as (port, taken):
        ca = authorities / "right.pem"
        settings = to_server(port, "starttls", smtp_ca_file=ca, smtp_username="zhitui", smtp_password=WRONG)
        with pytest.raises(ChannelMisconfiguredError, match="ZHITUI_SMTP_PASSWORD") as caught:
            await send(settings)
        level, said = await verdict(settings)
    assert level is Level.FAILED
    assert taken.mails == []
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("mail.log")]
    captured = capfd.readouterr()
    told = [*traceback.format_exception(caught.value), repr(caught.value), repr(settings), said, *ours]
    assert WRONG not in "".join(told) + captured.out + captured.err
