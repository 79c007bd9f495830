"""The beginning of a quarantined content as a person can read it on a terminal, and nobody is harmed by reading it."""

import codecs
import re
import unicodedata

from services.ingest.formats.lines import encoding_of
from shared.logs import HIDDEN, redact

SHOWN_CHARACTERS = 1000
SHOWN_BYTES = 256
"""Of what is no text."""

_PER_LINE = 16
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MOST_BINARY_SHARE = 0.05
_NAMED_SECRET = re.compile(
    r"(?P<name>(?:authorization|(?:set-)?cookie|api[_-]?key|(?:access|refresh)[_-]?token|token|client[_-]?secret|secret|passw(?:or)?d)"
    r"[\"']?\s*[:=]\s*[\"']?(?:basic\s+)?)[^\s\"'&,;<>]{6,}",
    re.IGNORECASE,
)


def excerpt(head: bytes, *, is_whole: bool = True) -> str:
    """Return the beginning as text: its encoding guessed, control characters escaped, secrets hidden; bytes in hexadecimal where it is no text.

    Args:
        head: the first bytes.
        is_whole: whether they are all.
    """
    if _is_binary(head):
        shown, cut = _dump(head[:SHOWN_BYTES]), len(head) > SHOWN_BYTES
    else:
        text = _decoded(head).replace("\r\n", "\n")
        shown, cut = readable(text[:SHOWN_CHARACTERS]), len(text) > SHOWN_CHARACTERS
    return shown if is_whole and not cut else f"{shown}……"


def readable(text: str) -> str:
    """Return text that does to a terminal nothing but be shown, without the secrets that can be told from their names."""
    hidden = _NAMED_SECRET.sub(rf"\g<name>{HIDDEN}", str(redact(text)))
    return "".join(map(_escaped, hidden))


def _escaped(character: str) -> str:
    """Escape what moves the cursor, turns the direction of writing or cannot be seen."""
    if character in "\n\t" or unicodedata.category(character) not in {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}:
        return character
    return character.encode("unicode_escape").decode("ascii")


def _decoded(head: bytes) -> str:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return head.removeprefix(mark).decode(encoding, "backslashreplace")
    return head.decode(encoding_of(head), "backslashreplace")


def _is_binary(head: bytes) -> bool:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return False
    return len(_BINARY.findall(head)) > len(head) * _MOST_BINARY_SHARE


def _dump(head: bytes) -> str:
    lines = []
    for start in range(0, len(head), _PER_LINE):
        piece = head[start : start + _PER_LINE]
        shown = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in piece)  # noqa: PLR2004 - printable ASCII
        lines.append(f"{start:06x}  {piece.hex(' '):<{3 * _PER_LINE}} {shown}")
    return "\n".join(lines)
