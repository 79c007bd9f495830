"""What an XML document is: the name of its root, told from its first bytes without parsing them."""

import re

from services.ingest.formats.lines import UTF8_BOM

_PROLOG = re.compile(rb"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL)
_START = re.compile(rb"<(?:[^\s<>/:]+:)?([A-Za-z_][\w.\-]*)")
_UTF16 = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))


def root_name(head: bytes) -> str:
    """Return the local name of the root element of a document that begins so; ``""`` when it does not begin as XML."""
    head = _utf8(head)
    start = _START.match(head, prolog_end(head))
    return start[1].decode("ascii", "replace") if start else ""


def prolog_end(head: bytes) -> int:
    """Return where the root begins: behind declarations, comments and white space; there must be no byte order mark."""
    at = 0
    while prolog := _PROLOG.match(head, at):
        at = prolog.end()
    return at


def _utf8(head: bytes) -> bytes:
    """Return the beginning of a document in UTF-16 as UTF-8, others as they are; without byte order mark."""
    for mark, encoding in _UTF16:
        if head.startswith(mark):
            head = head[: len(head) & ~1].decode(encoding, "ignore").encode("utf-8", "ignore")
            break
    return head.removeprefix(UTF8_BOM)
