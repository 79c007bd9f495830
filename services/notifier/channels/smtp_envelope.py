"""What a mail's envelope says beside its two addresses, as far as the server takes it.

Source: RFC 3461 (notifications of failed deliveries), RFC 6531 and 6533 (addresses that are not ASCII).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.errors import DestinationGoneError, Reason

if TYPE_CHECKING:
    import aiosmtplib

_SPECIAL = "+=\x7f"


@dataclass(frozen=True, slots=True)
class Envelope:
    """Parameters of ``MAIL FROM`` and ``RCPT TO``."""

    mail: tuple[str, ...]
    rcpt: tuple[str, ...]


def envelope_options(smtp: "aiosmtplib.SMTP", address: str, envelope_id: str | None) -> Envelope:
    """Return the parameters of a mail on a connection that is greeted.

    Args:
        smtp: says what its server offers.
        address: of the receiver.
        envelope_id: comes back in a notification of failure; ``None``: none is asked for.

    Raises:
        DestinationGoneError: the address is not ASCII and the server does not take such ones.
    """
    mail: list[str] = []
    rcpt: list[str] = []
    if not address.isascii():
        if not smtp.supports_extension("smtputf8"):
            raise DestinationGoneError(
                "邮件服务器不支持 @ 前面有中文的邮箱地址（SMTPUTF8）。请改用全英文的邮箱地址，或换一个支持它的邮件服务器。",
                reason=Reason.REJECTED,
            )
        mail += ["BODY=8BITMIME", "SMTPUTF8"]
    if envelope_id is not None and smtp.supports_extension("dsn"):
        mail += ["RET=HDRS", f"ENVID={xtext(envelope_id)}"]
        rcpt += ["NOTIFY=FAILURE", f"ORCPT={_typed(address)}"]
    return Envelope(tuple(mail), tuple(rcpt))


def xtext(text: str) -> str:
    """Write a text as RFC 3461 §4 wants it in a parameter: ``+``, ``=``, blanks and controls in hexadecimal."""
    return "".join(c if c >= "!" and c not in _SPECIAL else f"+{ord(c):02X}" for c in text)


def _typed(address: str) -> str:
    if address.isascii():
        return f"rfc822;{xtext(address)}"
    # RFC 6533 §3, in its form that passes servers which know only ASCII.
    return "utf-8;" + "".join(
        c if "!" <= c <= "~" and c not in _SPECIAL + "\\" else f"\\x{{{ord(c):02X}}}" for c in address
    )
