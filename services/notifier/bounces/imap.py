"""The mailbox that reports arrive in, over IMAP (RFC 3501). Calls block: they belong into a thread."""

import imaplib
import ssl
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Self

from services.notifier.channels.smtp_tls import own_ca
from shared.errors import ChannelMisconfiguredError, Reason, RetryLaterError
from shared.settings import SmtpSecurity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.settings import Settings

MAIL_LIMIT_BYTES = 262_144
"""Of a larger mail only the beginning is read: the report stands before what it quotes."""


class ImapMailbox:
    """A connection, logged in, with the folder open; use it as a context.

    Attributes:
        validity: the folder's UIDVALIDITY; when it changes, all numbers mean other mails.
    """

    def __init__(self, settings: "Settings") -> None:
        self._settings = settings
        self.validity = 0

    def __enter__(self) -> Self:
        """Connect.

        Raises:
            ChannelMisconfiguredError: the login, the folder or the certificate is refused.
            RetryLaterError: the server does not answer.
        """
        settings = self._settings
        with _translated():
            self._imap = self._connect()
        try:
            with _translated(
                "登录",
                "ZHITUI_BOUNCE_IMAP_USERNAME、ZHITUI_BOUNCE_IMAP_PASSWORD（多数邮箱要用授权码，并先在网页上开启 IMAP）",
            ):
                secret = settings.bounce_imap_password or settings.smtp_password
                name = settings.bounce_imap_username or settings.smtp_username or ""
                self._imap.login(name, secret.get_secret_value() if secret else "")
                if (
                    "ID" in self._imap.capabilities
                ):  # 163 opens no folder to a client that has not said its name (RFC 2971)
                    self._imap.xatom("ID", '("name" "zhitui")')
            with _translated("打开文件夹", "ZHITUI_BOUNCE_IMAP_FOLDER"):
                folder = settings.bounce_imap_folder.replace("\\", r"\\").replace('"', r"\"")
                _ok(self._imap.select(f'"{folder}"'))
                _, validity = self._imap.response("UIDVALIDITY")
                self.validity = int(validity[0] or 0)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Say goodbye, as far as anybody listens."""
        with suppress(imaplib.IMAP4.error, OSError):
            self._imap.logout()
        with suppress(OSError):
            self._imap.shutdown()  # where the goodbye failed

    def unseen(self, after: int) -> list[int]:
        """Return the UIDs of mails that nobody has seen yet, above this one, in order."""
        with _translated():
            (found,) = _ok(self._imap.uid("SEARCH", "UNSEEN", "UID", f"{after + 1}:*"))
        return sorted(
            uid for uid in map(int, (found or b"").split()) if uid > after
        )  # "n:*" names the last mail always

    def fetch(self, uid: int) -> bytes:
        """Return a mail, or its first `MAIL_LIMIT_BYTES`, and leave it unseen; ``b""`` when it is gone."""
        with _translated():
            status, parts = self._imap.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{MAIL_LIMIT_BYTES}>)")
        if status != "OK":
            return b""  # so some servers say that somebody deleted it meanwhile (RFC 2180 §4.1)
        return next((bytes(part[1]) for part in parts if isinstance(part, tuple)), b"")

    def mark_seen(self, uid: int) -> None:
        """Mark a mail as seen."""
        with _translated():
            _ok(self._imap.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)"))

    def _connect(self) -> imaplib.IMAP4:
        settings = self._settings
        host, port, timeout = settings.bounce_imap_host or "", settings.bounce_imap_port, settings.send_timeout_seconds
        if settings.bounce_imap_security is SmtpSecurity.NONE:
            return imaplib.IMAP4(host, port, timeout=timeout)
        context = own_ca(settings) or ssl.create_default_context()
        if settings.bounce_imap_security is SmtpSecurity.TLS:
            return imaplib.IMAP4_SSL(host, port, ssl_context=context, timeout=timeout)
        imap = imaplib.IMAP4(host, port, timeout=timeout)
        try:
            imap.starttls(context)
        except BaseException:
            imap.shutdown()
            raise
        return imap


def _ok(answer: tuple[str, list[Any]]) -> list[Any]:
    status, data = answer
    if status != "OK":
        raise imaplib.IMAP4.error(status)
    return data


@contextmanager
def _translated(doing: str = "", setting: str = "") -> "Iterator[None]":
    # None is chained: what the server says may quote the login.
    try:
        yield
    except ssl.SSLError as error:
        raise ChannelMisconfiguredError(
            f"与退信邮箱的加密连接失败（{error.reason or 'TLS'}）。请检查 ZHITUI_BOUNCE_IMAP_SECURITY、端口和服务器证书。",
            reason=Reason.CONFIGURATION,
        ) from None
    except (imaplib.IMAP4.abort, OSError) as error:
        raise RetryLaterError(
            f"与退信邮箱的连接断了或连不上（{type(error).__name__}）", reason=Reason.UNREACHABLE
        ) from None
    except (imaplib.IMAP4.error, UnicodeError, ValueError):
        if not setting:
            raise RetryLaterError("退信邮箱的回答看不懂或是拒绝", reason=Reason.GARBAGE) from None
        raise ChannelMisconfiguredError(
            f"退信邮箱不让{doing}。请检查 {setting}。", reason=Reason.CONFIGURATION
        ) from None
