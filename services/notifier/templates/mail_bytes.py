r"""A mail as bytes, put together from its headers and its parts.

The standard library's `EmailMessage` takes apart every header that it is given and folds it anew, 2 ms a mail, and turns a
long address in ``List-Unsubscribe`` into an encoded word, which no client follows. Here only what is not ASCII is encoded,
and nothing that machines read is folded. Source: RFC 5322, 2045-2047, 6532.
"""

import binascii
import re
from email.header import Header
from email.utils import formataddr
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LINE_BYTES = 998
"""Longest line that mail servers must take (RFC 5322 §2.1.1)."""

_LINES = re.compile(rb".{1,76}")


def assemble(headers: "Sequence[tuple[str, str]]", text: str, html: str | None = None, *, boundary: str = "") -> bytes:
    r"""Return a mail with ``\r\n`` at every line's end.

    Args:
        headers: names and values as they go over the wire, see `words` and `mailbox`.
        text: the plain text.
        html: the same as HTML; with it the mail is ``multipart/alternative``.
        boundary: between the parts; stands in neither of them, as they go in base64.

    Raises:
        ValueError: a header would begin another one, or is longer than a line may be.
    """
    head = [_line(name, value) for name, value in (*headers, ("MIME-Version", "1.0"))]
    if html is None:
        return b"".join([*head, _part("plain", text)])
    return b"".join(
        [
            *head,
            _line("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
            b"\r\n",
            *(b"--%b\r\n%b" % (boundary.encode("ascii"), _part(*part)) for part in (("plain", text), ("html", html))),
            b"--%b--\r\n" % boundary.encode("ascii"),
        ]
    )


@lru_cache(maxsize=4096)
def words(name: str, text: str) -> str:
    """Return the value of a header that people read: encoded words of at most 75 characters, where it is not ASCII."""
    return text if text.isascii() else Header(text, "utf-8", header_name=name).encode(linesep="\r\n")


@lru_cache(maxsize=64)
def mailbox(header: str, name: str, address: str) -> str:
    """Return a mailbox with its name for people, as the value of a header."""
    return formataddr((name, address)) if name.isascii() else f"{words(header, name)} <{address}>"


def _line(name: str, value: str) -> bytes:
    lines = value.split("\r\n ")
    if any("\r" in line or "\n" in line or len(line.encode()) > LINE_BYTES - len(name) - 2 for line in lines):
        raise ValueError(f"{name} does not fit into a header")
    return f"{name}: {value}\r\n".encode()


def _part(subtype: str, content: str) -> bytes:
    # 76 characters a line, as RFC 2045 §6.8 wants.
    body = b"".join(b"%b\r\n" % line for line in _LINES.findall(binascii.b2a_base64(content.encode(), newline=False)))
    kind = _line("Content-Type", f'text/{subtype}; charset="utf-8"')
    return kind + b"Content-Transfer-Encoding: base64\r\n\r\n" + body
