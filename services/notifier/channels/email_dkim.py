"""DKIM: a signature over a mail's body and over the headers that receivers act on.

Source: RFC 6376 (relaxed/relaxed, rsa-sha256), RFC 8301 (key lengths), RFC 8058 §4 (both list headers must be signed). The
arithmetic is `cryptography`'s: the signing libraries of the field do it in pure Python, which takes 15 ms a mail.
"""

import base64
import hashlib
import re
from textwrap import wrap
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from services.notifier.templates.mail_sender import ascii_domain, parse_sender
from shared.errors import ChannelMisconfiguredError, Reason

if TYPE_CHECKING:
    from shared.settings import Settings

LEAST_BITS = 1024
"""Receivers ignore signatures by shorter keys (RFC 8301 §3.2)."""

SIGNED = (
    b"from",
    b"to",
    b"subject",
    b"date",
    b"message-id",
    b"mime-version",
    b"content-type",
    b"content-transfer-encoding",
    b"auto-submitted",
    b"precedence",
    b"feedback-id",
    b"list-id",
    b"list-unsubscribe",
    b"list-unsubscribe-post",
)
_BLANKS = re.compile(rb"[ \t]+")
_END = re.compile(rb"(?:\r\n)* ?\Z")
_FOLD = re.compile(rb"\r\n(?=[ \t])")


class DkimSigner:
    """Signs mails for one domain.

    Args:
        domain: that answers for the mails; receivers that keep to DMARC want the sender's.
        selector: under which the domain publishes the public key.
        key: the private one.
    """

    def __init__(self, domain: str, selector: str, key: rsa.RSAPrivateKey) -> None:
        self.domain = domain
        self.selector = selector
        self._key = key

    def __repr__(self) -> str:
        return f"DkimSigner({self.published_at})"

    @property
    def published_at(self) -> str:
        """The name whose TXT record holds the public key."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def bits(self) -> int:
        """How long the key is."""
        return self._key.key_size

    @property
    def public_key(self) -> str:
        """What belongs behind ``p=`` in the domain's record: base64 of the SubjectPublicKeyInfo."""
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return base64.b64encode(self._key.public_key().public_bytes(serialization.Encoding.DER, form)).decode("ascii")

    def sign(self, raw: bytes) -> bytes:
        r"""Return the mail with a signature before it; the same mail is always given the same one.

        Args:
            raw: the mail as it goes over the wire, with ``\r\n``.
        """
        head, _, body = raw.partition(b"\r\n\r\n")
        present = dict(_relaxed(line) for line in _FOLD.sub(b"", head).split(b"\r\n"))
        signed = [name for name in SIGNED if name in present]
        # "from" once more than there are: one that somebody adds breaks the signature (RFC 6376 §8.15).
        names = b":".join([*signed, b"from"]).decode("ascii")
        tags = [
            "v=1; a=rsa-sha256; c=relaxed/relaxed;",
            f"d={self.domain}; s={self.selector};",
            *(f"{line}{'' if line.endswith(':') else ';'}" for line in _folded_names(f"h={names}")),
            f"bh={base64.b64encode(hashlib.sha256(_relaxed_body(body)).digest()).decode('ascii')};",
            "b=",
        ]
        unsigned = "\r\n ".join(tags).encode("ascii")
        said = b"".join(name + b":" + present[name] + b"\r\n" for name in signed)
        said += b"dkim-signature:" + _relaxed(b"x:" + _FOLD.sub(b"", unsigned))[1]
        signature = self._key.sign(said, padding.PKCS1v15(), hashes.SHA256())
        lines = "\r\n  ".join(wrap(base64.b64encode(signature).decode("ascii"), 72))
        return b"DKIM-Signature: " + unsigned + lines.encode("ascii") + b"\r\n" + raw


def load_signer(settings: "Settings") -> DkimSigner | None:
    """Return what signs mails, ``None`` where no key is set.

    Raises:
        ChannelMisconfiguredError: the key cannot be used, and its text is not told; or there is no domain to sign for.
    """
    if settings.dkim_key is None:
        return None
    try:
        key = serialization.load_pem_private_key(settings.dkim_key.get_secret_value().encode(), password=None)
    except (ValueError, TypeError):  # not PEM, of no known form, or locked with a password
        raise _unusable("不是没有口令的 PEM 私钥") from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise _unusable("不是 RSA 私钥，多数收件服务器只认 RSA")
    if key.key_size < LEAST_BITS:
        raise _unusable(f"只有 {key.key_size} 位，收件服务器不认")
    return DkimSigner(_domain(settings), settings.dkim_selector, key)


def _domain(settings: "Settings") -> str:
    if not settings.dkim_domain:
        return parse_sender(settings.mail_from).domain
    try:
        return ascii_domain(settings.dkim_domain)
    except UnicodeError:
        raise ChannelMisconfiguredError(
            f"ZHITUI_DKIM_DOMAIN 写的“{settings.dkim_domain}”不是域名，邮件没有发出。请写成 example.cn，或不设置：那就是发件人的域名。",
            reason=Reason.CONFIGURATION,
        ) from None


def _unusable(what: str) -> ChannelMisconfiguredError:
    return ChannelMisconfiguredError(
        f"ZHITUI_DKIM_KEY {what}，邮件没有发出。请用 openssl genrsa -out dkim.pem 2048 生成，"
        "并让 ZHITUI_DKIM_KEY_FILE 指向它；不想签名就不要设置。",
        reason=Reason.CONFIGURATION,
    )


def _relaxed(line: bytes) -> tuple[bytes, bytes]:
    name, _, value = line.partition(b":")
    return name.strip().lower(), _BLANKS.sub(b" ", value).strip()


def _relaxed_body(body: bytes) -> bytes:
    lines = _BLANKS.sub(b" ", body).replace(b" \r\n", b"\r\n")
    kept = _END.sub(b"", lines)
    return kept + b"\r\n" if kept else b""


def _folded_names(tag: str) -> list[str]:
    return [line.replace(" ", "") for line in wrap(tag.replace(":", ": "), 76, break_on_hyphens=False)]
